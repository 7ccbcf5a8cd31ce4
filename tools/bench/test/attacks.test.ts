import assert from "node:assert/strict";
import { type Attacked, attacks, everyVariant, failures, repeats, strangers, unlistedSizes } from "../cost/attacks";
import { billOf } from "../cost/bill";
import { GB } from "../cost/prices";
import { assertAbout, CAPS } from "./support";

const SECONDS = 730 * 3600;

describe("a month of attacks", () => {
  const attacked: Attacked = {
    caps: CAPS,
    mean: { billedMs: 200, bytes: 100_000, apiRequests: 1 },
    variants: 24_000,
    cdnRate: 1000,
    delivery: "redirect",
    edge: false,
  };

  it("ends at the edge function, with CloudFront's own price", () => {
    const bill = billOf(unlistedSizes({ ...attacked, edge: true }));
    const requests = 1000 * SECONDS;
    assertAbout(bill["CloudFront requests"], requests * 1e-6);
    assertAbout(bill["Edge function"], requests * 1e-7);
    for (const item of ["Lambda", "HTTP API", "S3 requests", "Logs"] as const) assert.equal(bill[item], 0);
  });

  it("reaches the function at the API's rate, and no faster, without one", () => {
    const usage = unlistedSizes(attacked);
    assert.equal(usage.httpApiRequest, 50 * SECONDS);
    assert.equal(usage.s3Get, 1000 * SECONDS);
    assert.equal(unlistedSizes({ ...attacked, cdnRate: 10 }).httpApiRequest, 10 * SECONDS);
  });

  it("makes nothing again: a variant that exists costs two requests to S3 and a redirect", () => {
    const { s3Get, s3Put, dataOutGb, lambdaLogGb } = repeats(attacked);
    const requests = 50 * SECONDS;
    assert.deepEqual([s3Get, s3Put], [2 * requests, undefined]);
    assertAbout(dataOutGb, (requests * 700) / GB);
    assertAbout(lambdaLogGb, (requests * 1400) / GB);
  });

  it("does not reach S3 past the CDN, with failover", () => {
    const { s3Get, httpApiRequest } = strangers({ ...attacked, delivery: "failover" });
    assert.deepEqual([s3Get, httpApiRequest], [undefined, 50 * SECONDS]);
  });

  it("is capped by the API's rate for quick failures, and by the concurrency for slow ones", () => {
    assert.equal(failures(attacked, 200).httpApiRequest, 50 * SECONDS);
    assert.equal(
      failures({ ...attacked, caps: { ...attacked.caps, concurrency: 20 } }, 10_000).httpApiRequest,
      2 * SECONDS,
    );
  });

  it("makes each variant once", () => {
    assert.equal(everyVariant(attacked, 24_000).s3Put, 24_000);
    assert.equal(everyVariant(attacked, 1e12).s3Put, 50 * SECONDS);
  });

  it("has every byte with downloads, of variants and of originals", () => {
    const downloads = (what: string) => attacks(attacked)[`downloads of ${what}, through the CDN`]?.cloudFrontGb;
    assertAbout(downloads("variants"), (1000 * SECONDS * 100_700) / GB);
    assertAbout(downloads("originals"), (1000 * SECONDS * 5_000_700) / GB);
  });
});
