import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeProgress, duration, Rate } from "../progress";

describe("the progress of a run", () => {
  const counts = { made: 1150, there: 40, failed: 10 };

  it("says how many, how fast, how much longer, and with what success", () => {
    assert.equal(
      describeProgress({ ...counts, total: 2000 }, 80),
      "1,200 of 2,000 variants | 80.0/s | 10 s left | 1,150 made, 40 there already, 10 failed",
    );
  });

  it("says so where the end is not known", () => {
    assert.equal(
      describeProgress({ ...counts, total: undefined }, 80),
      "1,200 variants | 80.0/s | counting | 1,150 made, 40 there already, 10 failed",
    );
    assert.equal(
      describeProgress({ made: 0, there: 0, failed: 0, total: 2000 }, 0),
      "0 of 2,000 variants | 0.0/s | waiting | 0 made, 0 there already, 0 failed",
    );
  });

  it("names times as people do", () => {
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

  it("has the rate of the last half minute", () => {
    const rate = new Rate();
    assert.equal(rate.perSecond(), 0);
    rate.add(0, 0);
    assert.equal(rate.perSecond(), 0);
    rate.add(100, 1000);
    assert.equal(rate.perSecond(), 100);
    // What was before does not count any more.
    rate.add(400, 31_000);
    assert.equal(rate.perSecond(), 10);
  });
});
