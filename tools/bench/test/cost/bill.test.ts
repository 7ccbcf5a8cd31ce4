import assert from "node:assert/strict";
import { viewShares } from "../../cost/assumptions";
import { downloads, listedSizes, unlistedSizes } from "../../cost/attack";
import { billOf, total } from "../../cost/bill";
import { costOf } from "../../cost/prices";
import type { StackCaps } from "../../cost/stack";
import { batch, everyMiss, lazy, type Month } from "../../cost/strategies";

const CAPS: StackCaps = {
  stack: "test",
  sizes: ["640w"],
  formats: [],
  memorySize: 1024,
  timeout: 10,
  architecture: "arm64",
  rateLimit: 50,
  concurrency: 1000,
  concurrencyIsReserved: false,
};
const VARIANT = { billedMs: 200, bytes: 100_000, apiRequests: 1 };
const MONTH: Month = {
  caps: CAPS,
  images: 1000,
  views: 1_000_000,
  specShares: [1],
  costs: [VARIANT],
  edge: false,
  traffic: { variantsAsked: [400], cdnMisses: [5000] },
  isFirst: true,
  madeBefore: [],
};
const GB = 1024 ** 3;
const SECONDS = 730 * 3600;

function about(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual} ${expected}`);
}

describe("prices", () => {
  it("are of the tier that each unit lies in", () => {
    about(costOf("httpApiRequest", 1e6), 1);
    about(costOf("httpApiRequest", 300e6), 300);
    about(costOf("httpApiRequest", 400e6), 390);
    about(costOf("cloudFrontGb", 60 * 1024), 10240 * 0.085 + 40960 * 0.08 + 10240 * 0.06);
    about(costOf("lambdaArmGbSecond", 400_000), 5.33336);
    assert.equal(costOf("s3Put", 0), 0);
  });

  it("make a bill by item, with nothing for what is not used", () => {
    const bill = billOf({ s3Get: 1e6, s3Put: 1e6, edgeFunction: 1e6 });
    about(bill["S3 requests"], 5.4);
    about(bill["Edge function"], 0.1);
    assert.equal(bill.Lambda, 0);
    about(total(bill), 5.5);
  });
});

describe("the three ways to make variants", () => {
  it("lazily with redirects: a variant asked for costs the viewer two visits and the bucket three reads", () => {
    const usage = lazy(MONTH, "redirect");
    assert.equal(usage.lambdaRequest, 400);
    assert.equal(usage.httpApiRequest, 400);
    assert.equal(usage.s3Get, 5000 + 2 * 400);
    assert.equal(usage.s3Put, 400);
    assert.equal(usage.cloudFrontRequest, 1_000_400);
    about(usage.s3StorageGbMonth, (400 * 100_000) / GB);
    assert.equal(usage.edgeFunction, undefined);
  });

  it("lazily with failover: one visit", () => {
    const usage = lazy({ ...MONTH, edge: true }, "failover");
    assert.equal(usage.s3Get, 5000 + 400);
    assert.equal(usage.cloudFrontRequest, 1_000_000);
    assert.equal(usage.edgeFunction, 1_000_000);
    assert.equal(usage.dataOutGb, undefined);
  });

  it("as a batch: all of them in the first month, none later, all stored", () => {
    const first = batch(MONTH);
    assert.equal(first.lambdaRequest, 1000);
    assert.equal(first.s3Put, 1000);
    assert.equal(first.s3Get, 5000 + 1000);
    assert.equal(first.httpApiRequest, undefined);
    const later = batch({ ...MONTH, isFirst: false, madeBefore: [400] });
    assert.equal(later.lambdaRequest, 0);
    assert.equal(later.s3Put, 0);
    about(later.s3StorageGbMonth, (1000 * 100_000) / GB);
  });

  it("without a store: made at each miss of the CDN, and nothing kept", () => {
    const usage = everyMiss(MONTH);
    assert.equal(usage.lambdaRequest, 5000);
    assert.equal(usage.httpApiRequest, 5000);
    assert.equal(usage.s3Get, 5000);
    assert.equal(usage.s3Put, undefined);
    assert.equal(usage.s3StorageGbMonth, undefined);
  });

  it("keeps what was made in the months before", () => {
    const usage = lazy({ ...MONTH, isFirst: false, madeBefore: [600] }, "redirect");
    about(usage.s3StorageGbMonth, (1000 * 100_000) / GB);
  });
});

describe("an attacker's month", () => {
  const attacker = { caps: CAPS, mean: VARIANT, cdnRate: 1000 };

  it("stops at the edge function, which leaves CloudFront's own price", () => {
    const bill = unlistedSizes(attacker, "redirect", true);
    const requests = 1000 * SECONDS;
    about(bill["CloudFront requests"], requests * 1e-6);
    about(bill["Edge function"], requests * 1e-7);
    for (const item of ["Lambda", "HTTP API", "S3 requests", "Logs"] as const) assert.equal(bill[item], 0);
  });

  it("reaches the function at the API's rate, and no faster, where there is none", () => {
    const bill = unlistedSizes(attacker, "failover", false);
    about(bill["HTTP API"], 50 * SECONDS * 1e-6);
    about(bill["S3 requests"], 1000 * SECONDS * 0.4e-6);
    assert.deepEqual(unlistedSizes({ ...attacker, cdnRate: 10 }, "failover", false)["HTTP API"], 10 * SECONDS * 1e-6);
  });

  it("is capped by the API's rate while variants are quick, and by the concurrency when they are slow", () => {
    about(listedSizes(attacker, "failover", 200)["S3 requests"], 50 * SECONDS * 5.4e-6);
    const capped = { ...attacker, caps: { ...CAPS, concurrency: 20 } };
    about(listedSizes(capped, "failover", 10_000)["S3 requests"], 2 * SECONDS * 5.4e-6);
  });

  it("pays for the picture from the API to the internet with failover, and for a redirect with redirects", () => {
    const requests = 50 * SECONDS;
    const api = (answerBytes: number) => requests * 1e-6 + costOf("dataOutGb", (requests * answerBytes) / GB);
    about(listedSizes(attacker, "redirect", 200)["HTTP API"], api(700));
    about(listedSizes(attacker, "failover", 200)["HTTP API"], api(100_000));
  });

  it("downloads as much as it likes", () => {
    assert.ok(total(downloads({ ...attacker, cdnRate: 2000 }, false)) > 1.5 * total(downloads(attacker, false)));
  });
});

describe("the views' specs", () => {
  it("are the sizes alone where a stack makes no other formats", () => {
    assert.deepEqual(
      [...viewShares(["360x270", "640w"], [])],
      [
        ["360x270", 0.5],
        ["640w", 0.5],
      ],
    );
  });

  it("are the best format that viewers show, and add up to 1", () => {
    const shares = viewShares(["640w"], ["webp", "avif"]);
    assert.deepEqual([...shares.keys()], ["640w.avif", "640w.webp", "640w"]);
    about(
      [...shares.values()].reduce((all, share) => all + share, 0),
      1,
    );
    assert.deepEqual([...viewShares(["640w"], ["webp"]).keys()], ["640w.webp", "640w"]);
  });
});
