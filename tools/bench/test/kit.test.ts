import assert from "node:assert/strict";
import { compact, count, dollars, percent, spreadText, table } from "../kit/markdown";
import { median, quantile, spread } from "../kit/statistics";
import { barChart, lineChart } from "../kit/svg-chart";
import { pairedRatios, type Sample, summarise } from "../resize/summary";

describe("the statistics of a bench", () => {
  it("are quantiles between the two nearest numbers, whatever their order", () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(quantile([0, 10], 0.95), 9.5);
    assert.deepEqual(spread([3, 1, 2]), { median: 2, low: 1, high: 3 });
  });

  const sample = (contender: string, pass: number, photograph: string, ms: number): Sample => ({
    contender,
    pass,
    photograph,
    spec: "640w",
    wallMs: 2 * ms,
    cpuMs: ms,
    s3Calls: contender === "handler" ? { GetObject: 1 } : {},
  });
  // The second pass is three times as slow for both, as on a machine that is busy for a while.
  const samples = [
    ...[sample("floor", 1, "a", 10), sample("floor", 1, "b", 30), sample("handler", 1, "a", 20)],
    ...[sample("handler", 1, "b", 30), sample("floor", 2, "a", 30), sample("floor", 2, "b", 90)],
    ...[sample("handler", 2, "a", 60), sample("handler", 2, "b", 90)],
  ];
  const pictures = [
    { contender: "floor", spec: "640w", bytes: 100, ssim: 0.9 },
    { contender: "handler", spec: "640w", bytes: 150, ssim: 0.96 },
  ];

  it("make a row for each contender and size", () => {
    assert.deepEqual(summarise(samples, pictures)[1], {
      contender: "handler",
      spec: "640w",
      wallMs: { median: 90, p95: quantile([40, 60, 120, 180], 0.95) },
      cpuMs: { median: 45, p95: quantile([20, 30, 60, 90], 0.95) },
      bytes: 150,
      ssim: 0.96,
      s3Calls: { GetObject: 1 },
    });
  });

  it("pair a contender with the floor in the same pass, so that a slow pass changes nothing", () => {
    const [ofSize, ofAll] = pairedRatios(samples, summarise(samples, pictures), "floor");
    const same = { median: 1.25, low: 1.25, high: 1.25 };
    const expected = { contender: "handler", against: "floor", wall: same, cpu: same, bytes: 1.5 };
    assert.deepEqual(ofSize, { ...expected, spec: "640w" });
    assert.deepEqual(ofAll, { ...expected, spec: "all" });
  });
});

describe("the plots", () => {
  const chart = {
    title: "a < b & c",
    xLabel: "views",
    yLabel: "dollars",
    xScale: "log",
    yScale: "log",
    series: [
      { name: "lazy", points: [[1, 1] as const, [100, 10] as const] },
      { name: "seen", points: [[10, 1] as const], dots: true },
    ],
  } as const;

  it("draw each line from edge to edge of the plot, and dots apart", () => {
    const svg = lineChart(chart);
    assert.match(svg, /<polyline [^>]*points="76,368 570,44"\/>/);
    assert.equal(svg.match(/<circle /g)?.length, 2);
  });

  it("escape what they are given, and have no size of their own but a box", () => {
    const svg = lineChart(chart);
    assert.ok(svg.includes("a &#60; b &#38; c"));
    assert.match(svg, /^<svg xmlns="[^"]+" viewBox="0 0 760 420" /);
  });

  it("draw bars in proportion, with their values", () => {
    const bars = [
      { name: "one", value: 1 },
      { name: "half", value: 0.5 },
    ];
    const svg = barChart({ title: "t", bars, text: (value) => `${value} s` });
    assert.deepEqual(
      [...svg.matchAll(/<rect x="330" y="\d+" width="([\d.]+)"/g)].map((match) => Number(match[1])),
      [340, 170],
    );
    assert.ok(svg.includes(">0.5 s</text>"));
  });

  it("have ticks at round numbers on a linear axis", () => {
    const svg = lineChart({
      title: "t",
      xLabel: "x",
      yLabel: "y",
      series: [
        {
          name: "s",
          points: [
            [0, 0],
            [23, 7],
          ],
        },
      ],
    });
    for (const tick of [">20</text>", ">25</text>", ">2</text>", ">8</text>"]) assert.ok(svg.includes(tick), tick);
  });
});

describe("the words of a report", () => {
  it("say numbers as people do", () => {
    assert.equal(dollars(0.001), "< $0.01");
    assert.equal(dollars(12.345), "$12.35");
    assert.equal(dollars(61_492.4), "$61,492");
    assert.equal(count(300_000), "300,000");
    assert.equal(count(7_200_000), "7.2 million");
    assert.equal(count(1e9), "1 billion");
    assert.equal(compact(10_000_000), "10M");
    assert.equal(percent(0.3215), "32.1 %");
    assert.equal(percent(0.0107), "1.07 %");
    assert.equal(spreadText({ median: 1.25, low: 1.2, high: 1.311 }), "1.25 (1.20 to 1.31)");
  });

  it("make a table with its numbers to the right", () => {
    assert.equal(table(["", "b"], [["x", "1"]]), "|  | b |\n| --- | ---: |\n| x | 1 |");
  });
});
