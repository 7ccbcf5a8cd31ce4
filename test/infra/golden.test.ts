import assert from "node:assert/strict";
import { describeRun, describeUpdates, GOLDEN_RUNS, readGolden } from "../support/golden";

describe("golden files of what each stack registers", () => {
  for (const [name, options] of Object.entries(GOLDEN_RUNS)) {
    it(`${name} registers what test/golden/${name}.json says`, async () => {
      assert.equal(await describeRun(options), readGolden(name));
    });
  }

  it("a change of the config takes the steps of test/golden/updates.json, in an order in which nothing fails", async () => {
    assert.equal(await describeUpdates(), readGolden("updates"));
  });
});
