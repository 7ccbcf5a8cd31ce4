import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { openBench, type ResizerBench } from "./support/resizer-bench";
import { fuzzKeys } from "./support/key-fuzz";

const RUNS = 2000;

describe("the resizer, sent any key", () => {
  let bench: ResizerBench;

  before(async () => {
    bench = await openBench({ stack: "prod" });
  });

  after(() => bench.close());

  const seed = randomInt(2 ** 31);
  it(`keeps to the allow-list for ${RUNS} query strings (seed ${seed})`, async () => {
    const { statuses, variants } = await fuzzKeys(bench, seed, RUNS);
    // A run that serves nothing, or rejects nothing, would prove nothing.
    for (const status of ["301", "400 malformed-key", "404 size-not-allowed", "404 original-not-found"]) {
      assert.ok((statuses.get(status) ?? 0) > 10, `${status}: ${statuses.get(status) ?? 0}`);
    }
    assert.ok(variants > 10);
  });
});
