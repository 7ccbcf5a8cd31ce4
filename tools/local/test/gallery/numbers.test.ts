import assert from "node:assert/strict";
import * as format from "../../gallery/page/format";
import { count, NO_NUMBERS, percentile, percentiles } from "../../gallery/page/numbers";
import type { Hop } from "../../trace";

describe("the numbers", () => {
  const hop = (part: Hop["part"], what: string, more: Partial<Hop> = {}): Hop => {
    return { requestId: "1", part, what, status: 200, startedAt: 0, ms: 1, ...more };
  };
  const cdn = (cache: string, more: Partial<Hop> = {}) =>
    hop("cdn", "GET /640w/a.jpg", { entry: true, responseHeaders: { "x-cache": `${cache} from cloudfront` }, ...more });

  const countAll = (hops: readonly (readonly [hop: Hop, originalBytes?: number])[]) =>
    hops.reduce((numbers, [one, originalBytes]) => count(numbers, one, originalBytes), NO_NUMBERS);

  it("count hits among all answers of the CDN to clients", () => {
    const numbers = countAll([
      [cdn("Miss"), 1],
      [cdn("Hit"), 1],
      [cdn("RefreshHit"), 1],
      [cdn("Error", { status: 404 }), 1],
      [hop("website", "GET /640w/a.jpg", { entry: true })],
    ]);
    assert.deepEqual([numbers.hits, numbers.requests], [2, 4]);
    assert.deepEqual(numbers.ratios, [0, 1 / 2, 2 / 3, 1 / 2]);
  });

  it("count variants by their spec when the function writes them, and no other writes", () => {
    const { created } = countAll([
      [hop("s3", "PutObject 640w/a.jpg")],
      [hop("s3", "PutObject p 1/x/640w.webp/a b.jpg")],
      [hop("s3", "PutObject p_1/640w/b.jpg")],
      [hop("s3", "PutObject p_1/640w/b.jpg", { status: 412 })],
      [hop("s3", "PutObject p_1/c.jpg", { entry: true })],
    ]);
    assert.deepEqual(
      [...created],
      [
        ["640w", 2],
        ["640w.webp", 1],
      ],
    );
  });

  it("weigh delivered variants against their originals", () => {
    const numbers = countAll([
      [cdn("Hit", { bytes: 10 }), 100],
      [cdn("Miss", { bytes: 20 }), 200],
      [cdn("Hit", { bytes: 7 })],
      [cdn("Hit", { bytes: 0, what: "HEAD /640w/a.jpg" }), 100],
      [cdn("Error", { bytes: 5, status: 404 }), 100],
    ]);
    assert.deepEqual([numbers.deliveredBytes, numbers.originalBytes], [30, 300]);
  });

  it("take percentiles by hop, of the latest answers", () => {
    const times = Array.from({ length: 1100 }, (_, index) => [hop("api", "GET /", { ms: index + 1 })] as const);
    const numbers = countAll([...times, [hop("s3", "GetObject a.jpg", { ms: 3 })]]);
    assert.deepEqual(percentiles(numbers), [
      { part: "api", count: 1000, p50: 600, p95: 1050 },
      { part: "s3", count: 1, p50: 3, p95: 3 },
    ]);
    assert.deepEqual([percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4], 0.95), percentile([], 0.5)], [2, 4, 0]);
  });

  it("are written for people", () => {
    assert.deepEqual([999, 1000, 24_400, 999_499, 999_500, 3_440_000, 2e9].map(format.bytes), [
      "999 B",
      "1.0 KB",
      "24 KB",
      "999 KB",
      "1.0 MB",
      "3.4 MB",
      "2.0 GB",
    ]);
    assert.deepEqual([0.44, 84.4, 1240].map(format.milliseconds), ["0.4 ms", "84 ms", "1.2 s"]);
    assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(format.percent), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
    assert.deepEqual(
      [format.saving(3, 100), format.saving(112, 100), format.saving(100, 100)],
      ["97 % smaller", "12 % larger", "same size"],
    );
  });
});
