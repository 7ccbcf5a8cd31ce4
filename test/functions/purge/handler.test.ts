import assert from "node:assert/strict";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Store } from "../../../functions/resizer/store";
import { BLUE, imageOf, PurgeBench, RED } from "./purge-bench";
import { changed, message } from "./support";

describe("the purge function's handler, against a real S3 endpoint with the declared role", () => {
  let test: PurgeBench;
  before(async () => {
    test = await PurgeBench.open();
  });
  beforeEach(() => {
    test.invalidated = [];
    test.failingCdn = undefined;
  });
  after(() => test.close());

  it("deletes every variant of a replaced original, and no other", async () => {
    await test.put("re/a.jpg", await imageOf(RED));
    await test.put("re/b.jpg", await imageOf(RED));
    for (const key of ["re/640w/a.jpg", "re/640w.webp/a.jpg", "re/200x150/a.jpg", "re/640w/b.jpg"])
      await test.make(key);
    await test.put("re/a.jpg", await imageOf(BLUE));
    assert.deepEqual((await test.tell(changed("re/a.jpg"))).failed, []);
    assert.deepEqual(await test.keysBelow("re/"), ["re/640w/b.jpg", "re/a.jpg", "re/b.jpg"]);
    assert.deepEqual(test.invalidated, [["re/200x150/a.jpg", "re/640w/a.jpg", "re/640w.webp/a.jpg"]]);
    await test.make("re/640w/a.jpg");
    assert.equal(await test.colourOf("re/640w/a.jpg"), "blue");
  });

  it("deletes every variant of a deleted original", async () => {
    await test.put("gone/a.jpg", await imageOf(RED));
    await test.make("gone/640w/a.jpg");
    await test.remove("gone/a.jpg");
    assert.deepEqual((await test.tell(changed("gone/a.jpg"))).failed, []);
    assert.deepEqual(await test.keysBelow("gone/"), []);
    assert.deepEqual(test.invalidated, [["gone/640w/a.jpg"]]);
  });

  it("deletes the variants of a size that was listed once, and creates none", async () => {
    await test.put("once/a.jpg", await imageOf(RED));
    const Metadata = { "original-etag": "of-other-bytes" };
    for (const Key of ["once/480h/a.jpg", "once/480h.webp/a.jpg"]) {
      await test.administrator.send(new PutObjectCommand({ Bucket: test.bucket, Key, Body: "variant", Metadata }));
    }
    assert.deepEqual((await test.tell(changed("once/a.jpg"))).failed, []);
    assert.deepEqual(await test.keysBelow("once/"), ["once/a.jpg"]);
    assert.deepEqual(test.invalidated, [["once/480h/a.jpg", "once/480h.webp/a.jpg"]]);
    assert.equal(await test.make("once/480h/a.jpg"), 404);
  });

  it("does nothing for a new original, for the same bytes again, and for variants that are fresh", async () => {
    await test.put("new/a.jpg", await imageOf(RED));
    const deletes = test.storage.count("DeleteObjects");
    assert.deepEqual((await test.tell(changed("new/a.jpg"))).failed, []);
    await test.make("new/640w/a.jpg");
    await test.put("new/a.jpg", await imageOf(RED));
    assert.deepEqual((await test.tell(changed("new/a.jpg"))).failed, []);
    assert.deepEqual(test.invalidated, []);
    assert.equal(test.storage.count("DeleteObjects"), deletes);
    assert.deepEqual(await test.keysBelow("new/"), ["new/640w/a.jpg", "new/a.jpg"]);
  });

  it("never deletes an original in a folder that is called like a size", async () => {
    await test.put("640w/a.jpg", await imageOf(RED));
    await test.put("a.jpg", await imageOf(BLUE));
    assert.deepEqual((await test.tell(changed("a.jpg"))).failed, []);
    await test.remove("a.jpg");
    assert.deepEqual((await test.tell(changed("a.jpg"))).failed, []);
    assert.deepEqual(await test.keysBelow("640w/"), ["640w/a.jpg"]);
    assert.deepEqual(test.invalidated, []);
  });

  it("asks S3 nothing for a variant that the rule's pattern has let through", async () => {
    const heads = test.storage.count("HeadObject");
    assert.deepEqual(
      (await test.tell(changed("p_1/640w.webp/a.jpg"), changed("640w/a.jpg"), changed("480h/a.jpg"))).failed,
      [],
    );
    assert.equal(test.storage.count("HeadObject"), heads);
  });

  it("tells the CDN of a whole batch in one call, and an original that is named twice once", async () => {
    for (const file of ["a", "b"]) {
      await test.put(`batch/${file}.jpg`, await imageOf(RED));
      await test.make(`batch/640w/${file}.jpg`);
      await test.put(`batch/${file}.jpg`, await imageOf(BLUE));
    }
    await test.tell(
      changed("batch/a.jpg"),
      changed("batch/b.jpg"),
      message("again", { detail: { object: { key: "batch/a.jpg" } } }),
    );
    assert.deepEqual(test.invalidated, [["batch/640w/a.jpg", "batch/640w/b.jpg"]]);
  });

  it("leaves no stale variant of a resize that was under way while its original was replaced", async () => {
    await test.put("race/a.jpg", await imageOf(RED));
    const read = withResolvers();
    const write = withResolvers();
    const slow: Store = {
      has: (key, signal) => test.store.has(key, signal),
      readOriginal: async (key, signal) => {
        const original = await test.store.readOriginal(key, signal);
        read.resolve();
        return original;
      },
      writeVariant: async (...args) => {
        await write.promise;
        return test.store.writeVariant(...args);
      },
    };
    const resizing = test.make("race/640w/a.jpg", slow);
    await read.promise;
    await test.put("race/a.jpg", await imageOf(BLUE));
    // The first look, at once: there is nothing to delete yet.
    await test.tell(changed("race/a.jpg"));
    assert.deepEqual(test.invalidated, []);
    write.resolve();
    assert.equal(await resizing, 301);
    assert.equal(await test.colourOf("race/640w/a.jpg"), "red");

    // The second, when every resize of the old original has ended.
    await test.tell(changed("race/a.jpg"));
    assert.deepEqual(await test.keysBelow("race/640w/"), []);
    assert.deepEqual(test.invalidated, [["race/640w/a.jpg"]]);
    await test.make("race/640w/a.jpg");
    assert.equal(await test.colourOf("race/640w/a.jpg"), "blue");
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
