import assert from "node:assert/strict";
import { mock } from "node:test";
import sharp from "sharp";
import { createHandler } from "../../../functions/resizer/handler";
import type { Store } from "../../../functions/resizer/store";
import { quietly } from "../../support/quietly";
import { SETTINGS } from "./support/settings";

/** Less than the time that is kept back for the answer, so that it is due at once. */
const NO_TIME_MS = 900;

describe("the resizer's process", () => {
  it("ends after an answer that a decoder outlives, and after no other", async () => {
    const store: Store = {
      has: () => Promise.resolve(false),
      // An original that never comes.
      readOriginal: () => new Promise(() => undefined),
      writeVariant: () => Promise.resolve({ written: true }),
    };
    let ends = 0;
    const handler = createHandler(SETTINGS, store, () => ends++);
    const ask = async () => {
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => NO_TIME_MS };
      const { result } = await quietly(() => handler({ rawQueryString: "key=640w/a.jpg" }, context));
      return result.statusCode;
    };
    assert.deepEqual([await ask(), ends], [503, 0]);
    const counters = mock.method(sharp, "counters", () => ({ queue: 0, process: 1 }));
    assert.deepEqual([await ask(), ends], [503, 1]);
    counters.mock.restore();
    assert.deepEqual([await ask(), ends], [503, 1]);
  });
});
