import assert from "node:assert/strict";
import { formatBytes } from "../../format-bytes";
import type { Hop } from "../../gallery/contract";
import * as format from "../../gallery/page/format";
import { numbersOf } from "../../gallery/page/inspector/numbers";

describe("the numbers", () => {
  const hop = (part: Hop["part"], what: string, more: Partial<Hop> = {}): Hop => {
    return { requestId: "1", part, what, status: 200, startedAt: 0, ms: 1, ...more };
  };
  const cdn = (cache: string, more: Partial<Hop> = {}) =>
    hop("cdn", "GET /640w/a.jpg", { entry: true, responseHeaders: { "x-cache": `${cache} from cloudfront` }, ...more });

  it("count hits among all answers of the CDN to clients", () => {
    const website = hop("website", "GET /640w/a.jpg", { entry: true });
    const { hits, requests } = numbersOf([cdn("Miss"), cdn("Hit"), cdn("RefreshHit"), cdn("Error"), website]);
    assert.deepEqual([hits, requests], [2, 4]);
  });

  it("count variants by their spec when the function writes them, the most first, and no other writes", () => {
    const { created } = numbersOf([
      hop("s3", "PutObject p 1/x/640w.webp/a b.jpg"),
      hop("s3", "PutObject 640w/a.jpg"),
      hop("s3", "PutObject p_1/640w/b.jpg"),
      hop("s3", "PutObject p_1/640w/b.jpg", { status: 412 }),
      hop("s3", "PutObject p_1/c.jpg", { entry: true }),
    ]);
    assert.equal(created.join("; "), "640w,2; 640w.webp,1");
  });

  it("weigh delivered variants against their originals", () => {
    const { deliveredBytes, originalBytes } = numbersOf([
      cdn("Hit", { bytes: 10, originalBytes: 100 }),
      cdn("Miss", { bytes: 20, originalBytes: 200 }),
      cdn("Hit", { bytes: 7 }),
    ]);
    assert.deepEqual([deliveredBytes, originalBytes], [30, 300]);
  });

  it("take percentiles by hop, as a miss passes them", () => {
    const answers = Array.from({ length: 1000 }, (_, index) => hop("api", "GET /", { ms: 1000 - index }));
    assert.deepEqual(numbersOf([...answers, hop("cdn", "GET /", { ms: 3 })]).times, [
      { part: "cdn", p50: 3, p95: 3 },
      { part: "api", p50: 500, p95: 950 },
    ]);
    assert.deepEqual(numbersOf([]).times, []);
  });

  it("are written for people", () => {
    const counts = [999, 1000, 9_960, 24_400, 999_499, 999_500, 3_440_000, 2e9].map(formatBytes);
    assert.equal(counts.join(", "), "999 B, 1.0 KB, 10 KB, 24 KB, 999 KB, 1.0 MB, 3.4 MB, 2.0 GB");
    assert.deepEqual([0.44, 84.4, 1240].map(format.milliseconds), ["0.4 ms", "84 ms", "1.2 s"]);
    assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(format.percent), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
    const savings = [3, 112, 100].map((size) => format.saving(size, 100));
    assert.deepEqual(savings, ["97 % smaller", "12 % larger", "same size"]);
  });
});
