import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeCounts, duration } from "../progress";

describe("the progress of a run", () => {
  it("has counts", () => {
    const counts = { created: 1150, existing: 40, failed: 10 };
    assert.equal(describeCounts(counts), "1,150 created, 40 already there, 10 failed");
  });

  it("has durations in the units that people use", () => {
    const times: [number, string][] = [
      [0, "0 s"],
      [0.2, "1 s"],
      [59, "59 s"],
      [59.5, "1 min 0 s"],
      [200, "3 min 20 s"],
      [7500, "2 h 5 min"],
    ];
    for (const [seconds, text] of times) assert.equal(duration(seconds), text);
  });
});
