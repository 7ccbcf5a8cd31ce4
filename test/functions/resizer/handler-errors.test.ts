import assert from "node:assert/strict";
import { S3Client } from "@aws-sdk/client-s3";
import { createHandler } from "../../../functions/resizer/handler";
import { S3Store } from "../../../functions/resizer/store";
import { openHandler, type OpenHandler, jpegOf } from "./support/handler";

describe("the resizer's handler, where it delivers no variant", () => {
  let test: OpenHandler;
  before(async () => {
    test = await openHandler();
  });
  after(() => test.close());

  for (const [what, query, status, error, cacheControl] of [
    ["no key", "", 400, "malformed-key", "no-store"],
    ["an empty key", "key=", 400, "malformed-key", "no-store"],
    ["a broken encoding", "key=p_1/640w/%E0%A4%A.jpg", 400, "malformed-key", "no-store"],
    ["a key without a size", "key=p_1/a.jpg", 400, "malformed-key", "no-store"],
    ["a key with ..", "key=p_1/../640w/a.jpg", 400, "malformed-key", "no-store"],
    ["a chained key", "key=p_1/640w/320w/a.jpg", 400, "malformed-key", "no-store"],
    ["a chained key, encoded twice", "key=p_1%252F640w%252F320w%252Fa.jpg", 400, "malformed-key", "no-store"],
    ["an unlisted size", "key=p_1/641w/a.jpg", 404, "size-not-allowed", "public, max-age=60"],
    ["an unlisted format", "key=p_1/640w.png/a.jpg", 404, "format-not-allowed", "public, max-age=60"],
    ["a line break for the header", "key=640w/a.jpg%0d%0aset-cookie:%20x=y", 400, "malformed-key", "no-store"],
  ] as const) {
    it(`rejects ${what} without asking S3`, async () => {
      const calls = await test.callsOf(async () => {
        const answer = await test.ask(query);
        assert.equal(answer.statusCode, status);
        assert.equal(answer.headers?.["cache-control"], cacheControl);
        assert.equal(answer.headers["content-type"], "application/json");
        const body = JSON.parse(answer.body ?? "") as Record<string, string>;
        assert.deepEqual(Object.keys(body), ["error", "message", "requestId"]);
        assert.equal(body.error, error);
        assert.equal(body.requestId, "request-1");
      });
      assert.deepEqual(calls, {});
    });
  }

  for (const [what, bytes, status, error] of [
    ["an SVG called .jpg", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), 415, "not-an-image"],
    ["an empty file", Buffer.alloc(0), 415, "not-an-image"],
    [
      "a JPEG that ends after its header",
      Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"),
      422,
      "undecodable-image",
    ],
  ] as const) {
    it(`rejects ${what}, and stores nothing`, async () => {
      await test.put(`bad/${error}/${bytes.length}.jpg`, bytes);
      const answer = await test.ask(`key=bad/${error}/640w/${bytes.length}.jpg`);
      assert.equal(answer.statusCode, status);
      assert.equal((JSON.parse(answer.body ?? "") as { error: string }).error, error);
      assert.equal(answer.headers?.["cache-control"], "public, max-age=60");
      assert.deepEqual(await test.keysBelow(`bad/${error}/640w/`), []);
    });
  }

  it("answers 404 for a missing original, which S3 reports as AccessDenied, and logs a warning with the cause", async () => {
    const answer = await test.ask("key=p_1/640w/missing.jpg");
    assert.equal(answer.statusCode, 404);
    assert.deepEqual(JSON.parse(answer.body ?? ""), {
      error: "original-not-found",
      message: "There is no such original.",
      requestId: "request-1",
    });
    assert.equal(answer.log[0]?.level, "warn");
    assert.equal((answer.log[0].cause as { name: string }).name, "AccessDenied");
  });

  it("rejects more bytes than the stack accepts before reading them, and more pixels before decoding", async () => {
    const bytes = await jpegOf(800, 600);
    await test.put("big/a.jpg", bytes);
    const small = { ...test.settings, maxInputBytes: bytes.length - 1 };
    const tooManyBytes = await test.ask("key=big/640w/a.jpg", {
      with: createHandler(small, new S3Store(test.asRole, small)),
    });
    assert.equal(tooManyBytes.statusCode, 413);
    const few = { ...test.settings, maxInputPixels: 800 * 600 - 1 };
    const tooManyPixels = await test.ask("key=big/640w/a.jpg", {
      with: createHandler(few, new S3Store(test.asRole, few)),
    });
    assert.equal(tooManyPixels.statusCode, 413);
    assert.equal((JSON.parse(tooManyPixels.body ?? "") as { error: string }).error, "input-too-large");
    assert.deepEqual(await test.keysBelow("big/640w/"), []);
  });

  it("answers 503 with Retry-After when its time is up, and stores nothing", async () => {
    await test.put("late/a.jpg", await jpegOf(800, 600));
    const answer = await test.ask("key=late/640w/a.jpg", { remaining: 900 });
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.headers?.["retry-after"], "2");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.deepEqual(await test.keysBelow("late/640w/"), []);
  });

  it("answers 503 when S3 cannot be reached", async () => {
    const unreachable = new S3Client({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    const { statusCode, log } = await test.ask("key=p_1/640w/a.jpg", {
      with: createHandler(test.settings, new S3Store(unreachable, test.settings)),
    });
    assert.equal(statusCode, 503);
    assert.equal(log[0]?.level, "error");
    unreachable.destroy();
  });

  it("answers 500 without internals when it may not write, and logs why", async () => {
    const wider = { ...test.settings, allowList: { ...test.settings.allowList, sizes: ["641w"] } };
    const answer = await test.ask("key=p_1/641w/a.jpg", {
      with: createHandler(wider, new S3Store(test.asRole, wider)),
    });
    assert.equal(answer.statusCode, 500);
    assert.deepEqual(JSON.parse(answer.body ?? ""), {
      error: "internal-error",
      message: "The variant could not be created.",
      requestId: "request-1",
    });
    assert.equal((answer.log[0]?.cause as { name: string } | undefined)?.name, "AccessDenied");
  });
});
