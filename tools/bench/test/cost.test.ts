import assert from "node:assert/strict";
import { billOf, total } from "../cost/bill";
import { expectedTraffic, peakMissesPerMinute, quantileOfPoisson, type Traffic, zipf } from "../cost/closed-form";
import { costOf, GB } from "../cost/prices";
import { batch, everyMiss, lazy, type Month } from "../cost/usage";
import { meanOf, readMeasured, variantCost, viewShares } from "../cost/variants";
import { UserError } from "@image-resizer/lib/user-error";
import { sum } from "../lib/rounds";
import { assertAbout, CAPS } from "./support";

const VARIANT = { billedMs: 200, bytes: 100_000, apiRequests: 1 };
const MONTH: Month = {
  caps: CAPS,
  images: 1000,
  views: 1_000_000,
  specs: [{ ...VARIANT, share: 1 }],
  edge: false,
  traffic: { variantsAsked: [400], cdnMisses: [5000] },
  madeBefore: [],
};
const TRAFFIC: Traffic = {
  images: 2_000,
  views: 200_000,
  specShares: [0.5, 0.25, 0.125, 0.125],
  zipfExponent: 0.8,
  caches: 3,
  cacheDays: 1,
};

describe("Zipf's law", () => {
  it("has shares that add up to 1 and fall as a power of the rank", () => {
    const groups = zipf(1000, 0.8);
    assert.equal(sum(groups.map(({ count }) => count)), 1000);
    assertAbout(sum(groups.map(({ count, share }) => count * share)), 1, 1e-12);
    assertAbout((groups[0]?.share ?? 0) / (groups[9]?.share ?? 1), 10 ** 0.8);
  });

  it("is uniform with an exponent of 0", () => {
    assert.deepEqual(zipf(4, 0), Array(4).fill({ count: 1, share: 0.25 }));
  });

  it("is the same of groups of nearly the same popularity as of single originals", () => {
    const groups = zipf(100_000, 0.8);
    const all = sum(Array.from({ length: 100_000 }, (_, index) => (index + 1) ** -0.8));
    const single = Array.from({ length: 100_000 }, (_, index) => -Math.expm1(-(1e5 / all) * (index + 1) ** -0.8));
    assertAbout(sum(groups.map(({ count, share }) => -count * Math.expm1(-1e5 * share))), sum(single), 1e-6);
    assert.ok(groups.length < 2_000);
  });
});

describe("the closed form", () => {
  it("is Poisson's for one variant", () => {
    const one = { images: 1, views: 2, specShares: [1], zipfExponent: 0.8, caches: 1, cacheDays: 30 };
    const { variantsAsked, cdnMisses } = expectedTraffic(one);
    assert.deepEqual(variantsAsked, [1 - Math.exp(-2)]);
    assert.deepEqual(cdnMisses, [1 - Math.exp(-2)]);
  });

  it("has as many misses as views where a cache never has what is requested, and fewer the longer it keeps it", () => {
    const misses = (change: Partial<Traffic>) => sum(expectedTraffic({ ...TRAFFIC, ...change }).cdnMisses);
    assertAbout(misses({ views: 10, caches: 1000 }), 10, 0.001);
    assert.ok(misses({ cacheDays: 5 }) < misses({ cacheDays: 1 }));
    assert.ok(misses({ caches: 1 }) < misses({ caches: 3 }));
  });

  it("is what a simulation of the month had, variant by variant and cache by cache", () => {
    // Counted in 200,000 views with random arrivals.
    const simulated = { variantsAsked: [2000, 2000, 1981, 1975], cdnMisses: [37_423, 24_792, 15_033, 15_234] };
    const { variantsAsked, cdnMisses } = expectedTraffic(TRAFFIC);
    for (const [spec] of TRAFFIC.specShares.entries()) {
      assertAbout(variantsAsked[spec], simulated.variantsAsked[spec] ?? NaN, 0.02);
      assertAbout(cdnMisses[spec], simulated.cdnMisses[spec] ?? NaN, 0.02);
    }
  });

  it("has nothing left to make after many months of the same traffic", () => {
    assert.ok(sum(expectedTraffic({ ...TRAFFIC, views: 1e8 }, 11).variantsAsked) < 1e-3);
  });

  it("never makes more variants than there are, up to ten billion views", () => {
    assertAbout(sum(expectedTraffic({ ...TRAFFIC, views: 1e10 }).variantsAsked), TRAFFIC.images * 4, 1e-9);
  });
});

describe("the busiest minute", () => {
  it("is the views of a minute at noon where every view is a miss", () => {
    const views = 30 * 24 * 60 * 10;
    const peak = peakMissesPerMinute({ ...TRAFFIC, images: 200_000, zipfExponent: 0, views });
    // 1.6 times the mean of 10 a minute; hardly any variant is requested twice before noon.
    assert.equal(peak, quantileOfPoisson(16));
  });

  it("is the first one where nearly everything is made at once", () => {
    const peak = peakMissesPerMinute({ ...TRAFFIC, zipfExponent: 0, views: 30 * 24 * 60 * 1e6 });
    assert.equal(peak, quantileOfPoisson(TRAFFIC.images * 4));
  });
});

describe("prices", () => {
  it("are of the tier of each unit", () => {
    assertAbout(costOf("httpApiRequest", 1e6), 1);
    assertAbout(costOf("httpApiRequest", 300e6), 300);
    assertAbout(costOf("httpApiRequest", 400e6), 390);
    assertAbout(costOf("cloudFrontGb", 60 * 1024), 10240 * 0.085 + 40960 * 0.08 + 10240 * 0.06);
    assertAbout(costOf("lambdaArmGbSecond", 400_000), 5.33336);
    assert.equal(costOf("s3Put", 0), 0);
  });

  it("add up to a bill by item, with 0 for what is not used", () => {
    const bill = billOf({ s3Get: 1e6, s3Put: 1e6, edgeFunction: 1e6 });
    assertAbout(bill["S3 requests"], 5.4);
    assertAbout(bill["Edge function"], 0.1);
    assert.equal(bill.Lambda, 0);
    assertAbout(total(bill), 5.5);
  });
});

describe("a month's usage", () => {
  it("is two requests and three reads for a variant that is made lazily with redirects", () => {
    const usage = lazy(MONTH, "redirect");
    assert.equal(usage.lambdaRequest, 400);
    assert.equal(usage.httpApiRequest, 400);
    assert.equal(usage.s3Get, 5000 + 3 * 400);
    assert.equal(usage.s3Put, 400);
    assert.equal(usage.cloudFrontRequest, 1_000_400);
    assertAbout(usage.s3StorageGbMonth, (400 * 100_000) / GB);
    assert.equal(usage.edgeFunction, 0);
  });

  it("is one request with failover", () => {
    const usage = lazy({ ...MONTH, edge: true }, "failover");
    assert.equal(usage.s3Get, 5000 + 2 * 400);
    assert.equal(usage.cloudFrontRequest, 1_000_000);
    assert.equal(usage.edgeFunction, 1_000_000);
    assert.equal(usage.dataOutGb, 0);
  });

  it("is everything in the first month of a batch, and storage later", () => {
    const first = batch(MONTH);
    assert.equal(first.lambdaRequest, 1000);
    assert.equal(first.s3Put, 1000);
    assert.equal(first.s3Get, 5000 + 1000);
    assert.equal(first.httpApiRequest, undefined);
    const later = batch({ ...MONTH, madeBefore: [400] });
    assert.equal(later.lambdaRequest, 0);
    assert.equal(later.s3Put, 0);
    assertAbout(later.s3StorageGbMonth, (1000 * 100_000) / GB);
  });

  it("is every miss of the CDN without a store", () => {
    const usage = everyMiss(MONTH);
    assert.equal(usage.lambdaRequest, 5000);
    assert.equal(usage.httpApiRequest, 5000);
    assert.equal(usage.s3Get, 5000);
    assert.equal(usage.s3Put, undefined);
    assert.equal(usage.s3StorageGbMonth, undefined);
  });

  it("includes the storage of what was made in the months before", () => {
    const usage = lazy({ ...MONTH, madeBefore: [600] }, "redirect");
    assertAbout(usage.s3StorageGbMonth, (1000 * 100_000) / GB);
  });
});

describe("a variant's cost", () => {
  const measured = { cpuMs: 100, bytes: 600_000 };

  it("is longer with less than one vCPU, and metered by 512 KB", () => {
    assert.deepEqual(variantCost(measured, 1769), { billedMs: 150, bytes: 600_000, apiRequests: 2 });
    assertAbout(variantCost(measured, 1024).billedMs, 50 + (100 * 1769) / 1024);
    assert.equal(variantCost(measured, 3008).billedMs, 150);
  });

  it("is weighted in the mean", () => {
    const costs = [VARIANT, { billedMs: 400, bytes: 200_000, apiRequests: 1 }];
    assert.deepEqual(meanOf(costs, [3, 1]), { billedMs: 250, bytes: 125_000, apiRequests: 1 });
  });

  it("needs a result of a bench", () => {
    assert.throws(() => readMeasured("/nowhere/resize.json"), UserError);
  });
});

describe("the views' specs", () => {
  it("are the sizes alone in a stack without formats", () => {
    assert.deepEqual(
      [...viewShares(["360x270", "640w"], [])],
      [
        ["360x270", 0.5],
        ["640w", 0.5],
      ],
    );
  });

  it("are the best format that clients support, and add up to 1", () => {
    const shares = viewShares(["640w"], ["webp", "avif"]);
    assert.deepEqual([...shares.keys()], ["640w.avif", "640w.webp", "640w"]);
    assertAbout(shares.get("640w.avif"), 0.93);
    assertAbout(shares.get("640w.webp"), 0.05);
    assertAbout(sum([...shares.values()]), 1);
    assertAbout(viewShares(["640w"], ["webp"]).get("640w.webp"), 0.98);
  });
});
