import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { linkOriginals, OriginalsWatch } from "../../s3/originals";
import { freedAfterEach } from "../support/freed";
import { BUCKET, startStorage } from "./storage-helper";

describe("watched originals", () => {
  const free = freedAfterEach();
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "originals-"));
    free(() => rm(root, { recursive: true }));
  });
  const write = async (file: string) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), `bytes of ${file}`);
  };

  /** A watch of the originals that has not started yet, and what it has told; `hears` waits until it has told all these. */
  async function open() {
    const { storage } = await startStorage(free);
    const objects = storage.objects(BUCKET);
    await linkOriginals(objects, root);
    const watch = new OriginalsWatch(objects, root);
    free(() => {
      watch.close();
    });
    const told: string[] = [];
    let heard: (() => void) | undefined;
    storage.listenToChanges(({ reason, key }) => {
      told.push(`${reason} ${key}`);
      heard?.();
    });
    const hears = (...changes: readonly string[]) =>
      new Promise<void>((resolve) => {
        heard = () => {
          if (changes.every((change) => told.includes(change))) resolve();
        };
        heard();
      });
    return { watch, told, hears };
  }

  it("report a renamed folder by the old keys and the new ones, and later files in it", async () => {
    for (const file of ["p_1/deep/a.jpg", "p_1/b.jpg", "p_10/c.jpg"]) await write(file);
    const { watch, told, hears } = await open();
    await watch.start();
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
    const { watch, hears } = await open();
    await watch.start();
    await rename(path.join(root, "p_1"), path.join(root, "p_2"));
    await rename(path.join(root, "other"), path.join(root, "p_1"));
    await hears("DeleteObject p_1/deep/a.jpg", "PutObject p_1/deep/b.jpg", "DeleteObject other/deep/b.jpg");
    await rm(path.join(root, "p_1"), { recursive: true });
    await hears("DeleteObject p_1/deep/b.jpg");
  });

  it("report nothing once closed, even during the start", async () => {
    for (const file of ["a.jpg", "p_1/a.jpg", "p_1/deep/a.jpg"]) await write(file);
    const closed = await open();
    const starting = closed.watch.start();
    closed.watch.close();
    await starting;
    const other = await open();
    await other.watch.start();
    for (const file of ["b.jpg", "p_1/b.jpg", "p_1/deep/b.jpg"]) {
      await write(file);
      await other.hears(`PutObject ${file}`);
    }
    assert.deepEqual(closed.told, []);
  });
});
