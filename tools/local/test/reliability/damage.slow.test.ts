import assert from "node:assert/strict";
import { serves } from "./support/damage-rules";
import { confusionOf, damagedCorpus, STATES } from "./support/damaged-corpus";

/** Shares of the files that are to be served at least, and at most. */
const LEAST = { whole: 0.98, "almost whole": 0.6, damaged: 0 };
const MOST = { whole: 1, "almost whole": 1, damaged: 0.35 };

describe("the resizer, with files that are damaged, or only unusual", () => {
  it("serves what is whole or almost, and rejects most of what is damaged", async () => {
    const counts = await confusionOf(await damagedCorpus(1), serves);
    for (const state of STATES) {
      const { served, all } = counts[state];
      const found = `${state}: ${served} of ${all}`;
      assert.ok(all > 100, found);
      assert.ok(served >= LEAST[state] * all && served <= MOST[state] * all, found);
    }
  });
});
