import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { StackFiles } from "../../terminal/stack-files";
import { freedAfterEach } from "../support/freed";

describe("the files of a stack", () => {
  const free = freedAfterEach();

  it("are noticed when their content changes, written in place or replaced", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "stack-files-"));
    free(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "Pulumi.dev.yaml");
    await writeFile(file, "a");
    let changed: () => void = () => undefined;
    let changes = 0;
    const files = new StackFiles(
      "dev",
      () => {
        changes++;
        changed();
      },
      folder,
    );
    free(() => {
      files.close();
    });
    const change = async (act: () => Promise<void>) => {
      const noticed = new Promise<void>((resolve) => (changed = resolve));
      await act();
      await noticed;
    };
    await writeFile(path.join(folder, "Pulumi.prod.yaml"), "other");
    await writeFile(file, "a");
    await change(() => writeFile(file, "b"));
    await writeFile(path.join(folder, "new"), "c");
    await change(() => rename(path.join(folder, "new"), file));
    assert.equal(changes, 2);
  });
});
