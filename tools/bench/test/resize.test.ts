import assert from "node:assert/strict";
import { quantile } from "../lib/rounds";
import { resized, specOf } from "../lib/resize";
import { findContenders } from "../resize/contenders";
import { ratiosOf, rowsOf, type Sample } from "../resize/report";
import { imageOf } from "./support";

describe("the summary of npm run bench", () => {
  const sample = (contender: string, round: number, ms: number): Sample => ({
    contender,
    round,
    spec: "640w",
    wallMs: 2 * ms,
    cpuMs: ms,
    s3Calls: contender === "handler" ? { GetObject: 1 } : {},
  });
  // Two images. The second pass is three times as slow for both, as on a machine that is busy for a while.
  const samples = [
    ...[sample("floor", 1, 10), sample("floor", 1, 30), sample("handler", 1, 20), sample("handler", 1, 30)],
    ...[sample("floor", 2, 30), sample("floor", 2, 90), sample("handler", 2, 60), sample("handler", 2, 90)],
  ];
  const looks = [
    { contender: "floor", spec: "640w", bytes: 100, ssim: 0.9 },
    { contender: "handler", spec: "640w", bytes: 150, ssim: 0.96 },
  ];

  it("has a row for each contender and size", () => {
    assert.deepEqual(rowsOf(samples, looks)[1], {
      contender: "handler",
      spec: "640w",
      wallMs: { median: 90, p95: quantile([40, 60, 120, 180], 0.95) },
      cpuMs: { median: 45, p95: quantile([20, 30, 60, 90], 0.95) },
      bytes: 150,
      ssim: 0.96,
      s3Calls: { GetObject: 1 },
    });
  });

  it("pairs a contender with the floor in the same pass, so that a slow pass changes nothing", () => {
    const [ofSize, ofAll] = ratiosOf(samples, looks, "floor");
    const same = { median: 1.25, low: 1.25, high: 1.25 };
    const expected = { contender: "handler", wall: same, cpu: same, bytes: 1.5 };
    assert.deepEqual(ofSize, { ...expected, spec: "640w" });
    assert.deepEqual(ofAll, { ...expected, spec: "all" });
  });
});

describe("the contenders of npm run bench", () => {
  it("are those that are installed, and the others with the reason", () => {
    const { contenders, skipped } = findContenders();
    const always = ["raw sharp", "raw sharp again", "handler", "handler in memory", "sharp defaults", "ipx"];
    const names = contenders.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 6), always);
    assert.deepEqual([...names.slice(6), ...skipped.map(({ name }) => name)].sort(), ["ImageMagick", "vipsthumbnail"]);
    for (const { reason } of skipped) assert.match(reason, / is not installed$/);
  });

  it("resize to a spec, and never enlarge", async () => {
    const sizeOf = async (spec: string) => {
      const { info } = await resized(imageOf(300, 200), specOf(spec)).toBuffer({ resolveWithObject: true });
      return [info.width, info.height];
    };
    assert.deepEqual(await sizeOf("64x64"), [64, 64]);
    assert.deepEqual(await sizeOf("150w"), [150, 100]);
    assert.deepEqual(await sizeOf("100h.webp"), [150, 100]);
    assert.deepEqual(await sizeOf("640w"), [300, 200]);
    assert.throws(() => specOf("640"), /640 is not a spec/);
  });
});
