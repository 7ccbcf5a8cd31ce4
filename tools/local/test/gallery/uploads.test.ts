import assert from "node:assert/strict";
import { Uploads } from "../../gallery/page/originals/uploads";
import { Unreachable } from "../../gallery/page/server";

describe("uploads", () => {
  const chosen = (path: string, bytes: number) => ({ path, file: new Blob(["x".repeat(bytes)]) });

  /** Uploads to a server that rejects some keys. */
  function uploadsTo(rejected: Readonly<Record<string, Error>> = {}) {
    const put: string[] = [];
    const progress: string[] = [];
    const uploads = new Uploads(1000, (key) => {
      progress.push(`${uploads.progress.value.done}/${uploads.progress.value.of}`);
      put.push(key);
      return rejected[key] ? Promise.reject(rejected[key]) : Promise.resolve();
    });
    return { uploads, put, progress };
  }

  it("go into the folder with their own folders, one after the other, without hidden files", async () => {
    const { uploads, put, progress } = uploadsTo();
    uploads.folder.value = "/p 1/";
    const hidden = [chosen("holidays/.DS_Store", 5), chosen(".git/x.jpg", 5)];
    await uploads.add([chosen("a.jpg", 10), ...hidden, chosen("holidays/b.jpg", 30)]);
    assert.deepEqual(put, ["p 1/a.jpg", "p 1/holidays/b.jpg"]);
    assert.deepEqual(progress, ["0/40", "10/40"]);
    assert.equal(uploads.status.value, "2 of 2 originals are uploaded.");
    assert.deepEqual([uploads.problems.value, uploads.progress.value], [[], { done: 0, of: 0 }]);
  });

  it("say which file is not uploaded, and go on", async () => {
    const { uploads, put } = uploadsTo({ "b.jpg": new Error("b.jpg is not uploaded: it is a poem.") });
    uploads.folder.value = "";
    await uploads.add([chosen("a.jpg", 2000), chosen("b.jpg", 1), chosen("c.jpg", 1000)]);
    assert.deepEqual(put, ["b.jpg", "c.jpg"]);
    assert.deepEqual(uploads.problems.value, [
      "a.jpg is not uploaded: it has 2.0 KB, and the stack reads at most 1.0 KB.",
      "b.jpg is not uploaded: it is a poem.",
    ]);
    assert.equal(uploads.status.value, "1 of 3 originals are uploaded.");
  });

  it("end with one sentence when the stack does not answer", async () => {
    const { uploads, put } = uploadsTo({ "uploads/a.jpg": new Unreachable() });
    await uploads.add([chosen("a.jpg", 1), chosen("b.jpg", 1)]);
    assert.deepEqual(put, ["uploads/a.jpg"]);
    assert.deepEqual(uploads.problems.value, ["The stack does not answer: start it again with npm start."]);
  });
});
