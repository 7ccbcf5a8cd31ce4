import assert from "node:assert/strict";
import { Deadline } from "../../../functions/resizer/deadline";
import { createHandler } from "../../../functions/resizer/handler";
import type { Original, Store } from "../../../functions/resizer/store";
import sharp from "sharp";
import { SETTINGS } from "./support/settings";

const NEVER = new Promise<never>(() => undefined);

describe("Deadline", () => {
  it("keeps a second back for the answer", () => {
    assert.ok(new Deadline(15_000).secondsLeft <= 14);
    assert.equal(new Deadline(1000).secondsLeft, 0);
  });

  it("waits for what is done in time, and for its failure", async () => {
    const deadline = new Deadline(15_000);
    assert.equal(await deadline.wait(Promise.resolve("done")), "done");
    await assert.rejects(deadline.wait(Promise.reject(new Error("failed"))), /^Error: failed$/);
  });

  it("does not wait longer, nor for anything once it is over", async () => {
    const deadline = new Deadline(1020);
    await assert.rejects(deadline.wait(NEVER), { code: "unavailable", status: 503 });
    assert.equal(deadline.signal.aborted, true);
    await assert.rejects(deadline.wait(NEVER), { code: "unavailable" });
  });
});

describe("a request for a variant whose making is stuck", () => {
  it("is answered in time, and the next one does not share the stuck work", async () => {
    const bytes = await sharp({ create: { width: 8, height: 6, channels: 3, background: "teal" } })
      .png()
      .toBuffer();
    const reads: Promise<Original>[] = [NEVER, Promise.resolve({ bytes, etag: "etag" })];
    let writes = 0;
    const store: Store = {
      has: () => Promise.resolve(false),
      readOriginal: () => reads.shift() ?? NEVER,
      writeVariant: () => Promise.resolve({ written: ++writes > 0 }),
    };
    const handler = createHandler(SETTINGS, store);
    const ask = async (remaining: number) => {
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => remaining };
      return (await handler({ rawQueryString: "key=640w/a.png" }, context)).statusCode;
    };
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = () => true;
    try {
      assert.deepEqual([await ask(1020), await ask(600_000)], [503, 301]);
    } finally {
      process.stdout.write = write;
    }
    assert.equal(writes, 1);
  });
});
