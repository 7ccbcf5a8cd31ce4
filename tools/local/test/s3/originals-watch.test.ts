import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BUCKET, startStorage, type TestStorage } from "./storage-helper";

/** A storage that watches a folder, and what it has told of it. */
interface Watching {
  readonly test: TestStorage;
  readonly told: string[];
  /** Resolves when it has told of all these. */
  readonly hears: (...changes: readonly string[]) => Promise<void>;
}

describe("watched originals", () => {
  let root: string;
  const opened: TestStorage[] = [];
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "originals-"));
  });
  afterEach(async () => {
    for (const test of opened.splice(0)) await test.close();
    await rm(root, { recursive: true });
  });
  const write = async (file: string) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), `bytes of ${file}`);
  };

  /** A storage with the originals, which reports their changes and does not watch them yet. */
  async function open(): Promise<Watching> {
    const test = await startStorage();
    opened.push(test);
    await test.storage.putOriginals(BUCKET, root);
    const told: string[] = [];
    let heard: (() => void) | undefined;
    test.storage.listenToChanges(({ reason, key }) => {
      told.push(`${reason} ${key}`);
      heard?.();
      return Promise.resolve();
    });
    const hears = (...changes: readonly string[]) =>
      new Promise<void>((resolve) => {
        heard = () => {
          if (changes.every((change) => told.includes(change))) resolve();
        };
        heard();
      });
    return { test, told, hears };
  }

  it("report a renamed folder by the old keys and the new ones, and later files in it", async () => {
    for (const file of ["p_1/deep/a.jpg", "p_1/b.jpg", "p_10/c.jpg"]) await write(file);
    const { test, told, hears } = await open();
    await test.storage.watchOriginals(BUCKET, root);
    await rename(path.join(root, "p_1"), path.join(root, "p_2"));
    await hears(
      "DeleteObject p_1/deep/a.jpg",
      "DeleteObject p_1/b.jpg",
      "PutObject p_2/deep/a.jpg",
      "PutObject p_2/b.jpg",
    );
    await write("p_2/deep/d.jpg");
    await hears("PutObject p_2/deep/d.jpg");
    assert.equal(told.length, 5, told.join());
  });

  it("report a removed folder, and one that replaces it at once", async () => {
    for (const file of ["p_1/deep/a.jpg", "other/deep/b.jpg"]) await write(file);
    const { test, hears } = await open();
    await test.storage.watchOriginals(BUCKET, root);
    await rename(path.join(root, "p_1"), path.join(root, "p_2"));
    await rename(path.join(root, "other"), path.join(root, "p_1"));
    await hears("DeleteObject p_1/deep/a.jpg", "PutObject p_1/deep/b.jpg", "DeleteObject other/deep/b.jpg");
    await rm(path.join(root, "p_1"), { recursive: true });
    await hears("DeleteObject p_1/deep/b.jpg");
  });

  it("report nothing once closed, even during the start", async () => {
    for (const file of ["a.jpg", "p_1/a.jpg", "p_1/deep/a.jpg"]) await write(file);
    const closed = await open();
    const starting = closed.test.storage.watchOriginals(BUCKET, root);
    await closed.test.storage.close();
    await starting;
    const other = await open();
    await other.test.storage.watchOriginals(BUCKET, root);
    for (const file of ["b.jpg", "p_1/b.jpg", "p_1/deep/b.jpg"]) {
      await write(file);
      await other.hears(`PutObject ${file}`);
    }
    assert.deepEqual(closed.told, []);
  });
});
