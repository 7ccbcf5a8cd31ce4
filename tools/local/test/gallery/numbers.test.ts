import assert from "node:assert/strict";
import * as format from "../../gallery/page/format";
import { Numbers, percentile } from "../../gallery/page/numbers";
import type { Hop } from "../../trace";

describe("the numbers", () => {
  const hop = (part: Hop["part"], what: string, more: Partial<Hop> = {}): Hop => {
    return { requestId: "1", part, what, status: 200, startedAt: 0, ms: 1, ...more };
  };
  const cdn = (cache: string, more: Partial<Hop> = {}) =>
    hop("cdn", "GET /640w/a.jpg", { entry: true, responseHeaders: { "x-cache": `${cache} from cloudfront` }, ...more });

  it("count hits among all answers of the CDN to viewers", () => {
    const numbers = new Numbers();
    assert.equal(numbers.hitRatio, undefined);
    for (const one of [cdn("Miss"), cdn("Hit"), cdn("RefreshHit"), cdn("Error", { status: 404 })]) numbers.add(one, 1);
    numbers.add(hop("website", "GET /640w/a.jpg", { entry: true }), undefined);
    assert.deepEqual([numbers.hits, numbers.requests, numbers.hitRatio], [2, 4, 0.5]);
    assert.deepEqual(numbers.ratios, [0, 1 / 2, 2 / 3, 1 / 2]);
  });

  it("count variants by their size when the function writes them, and no write of anybody else", () => {
    const numbers = new Numbers();
    numbers.add(hop("s3", "PutObject 640w/a.jpg"), undefined);
    numbers.add(hop("s3", "PutObject p 1/x/640w.webp/a b.jpg"), undefined);
    numbers.add(hop("s3", "PutObject p_1/640w/b.jpg"), undefined);
    numbers.add(hop("s3", "PutObject p_1/640w/b.jpg", { status: 412 }), undefined);
    numbers.add(hop("s3", "PutObject p_1/c.jpg", { entry: true }), undefined);
    assert.deepEqual(
      [...numbers.made],
      [
        ["640w", 2],
        ["640w.webp", 1],
      ],
    );
    assert.equal(numbers.variantsMade, 3);
  });

  it("weigh what was delivered against the originals", () => {
    const numbers = new Numbers();
    numbers.add(cdn("Hit", { bytes: 10 }), 100);
    numbers.add(cdn("Miss", { bytes: 20 }), 200);
    numbers.add(cdn("Hit", { bytes: 7 }), undefined);
    numbers.add(cdn("Hit", { bytes: 0, what: "HEAD /640w/a.jpg" }), 100);
    numbers.add(cdn("Error", { bytes: 5, status: 404 }), 100);
    assert.deepEqual([numbers.deliveredBytes, numbers.originalBytes], [30, 300]);
  });

  it("take percentiles by hop, of the latest answers", () => {
    const numbers = new Numbers();
    for (let ms = 1; ms <= 1100; ms += 1) numbers.add(hop("api", "GET /", { ms }), undefined);
    numbers.add(hop("s3", "GetObject a.jpg", { ms: 3 }), undefined);
    assert.deepEqual(numbers.times, [
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
