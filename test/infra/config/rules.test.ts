import assert from "node:assert/strict";
import { nameStack, problems } from "../../support/config-problems";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

describe("the rules between keys of the config", () => {
  before(() => nameStack("image-resizer", "dev"));

  const MUTABLE = "public, max-age=300, s-maxage=31536000";
  for (const [what, keys, problem] of [
    [
      "a bucket to adopt without a name",
      { "bucket.adopt": true },
      "bucket.adopt is true and bucket.name is missing: allowed is the name of the bucket to adopt",
    ],
    [
      "deleting the images of an adopted bucket",
      { "bucket.adopt": true, "bucket.name": "images", "bucket.forceDestroy": true, "bucket.protect": false },
      "bucket.forceDestroy is true and bucket.adopt is true: allowed for an adopted bucket is false",
    ],
    [
      "deleting the images of a protected bucket",
      { "bucket.forceDestroy": true },
      "bucket.forceDestroy is true and bucket.protect is true: allowed is one of them",
    ],
    [
      "a size that is listed and retired",
      { sizes: ["640w", "480h"], retiredSizes: ["480h"] },
      "retiredSizes has 480h, and so has sizes: allowed is one of them",
    ],
    [
      "a certificate without a domain",
      { "cdn.domain.certificateArn": CERTIFICATE },
      "cdn.domain.name is missing: allowed is a host name such as images.example.com",
    ],
    [
      "a domain that nothing proves",
      { "cdn.domain.name": "images.example.com" },
      "cdn.domain has no hostedZoneId: allowed is one, which proves the certificate, or a certificateArn",
    ],
    [
      "a purge of any size",
      { "bucket.purgeOnChange": true, "image.allowUnlistedSizes": true, "cdn.cacheControl": "no-cache" },
      "bucket.purgeOnChange is true with image.allowUnlistedSizes: allowed is a list of sizes, which says what to delete",
    ],
    [
      "a purge of variants that browsers never ask for again",
      { "bucket.purgeOnChange": true },
      "cdn.cacheControl is public, max-age=31536000, immutable with bucket.purgeOnChange, and a browser never asks for an " +
        "immutable variant again: allowed is a header such as public, max-age=300, s-maxage=31536000",
    ],
    [
      "a purge of variants that expire and stay in the CDN",
      { "bucket.purgeOnChange": true, "cdn.cacheControl": MUTABLE, "bucket.variantExpiryDays": 30 },
      "cdn.cacheControl is public, max-age=300, s-maxage=31536000 with bucket.purgeOnChange and bucket.variantExpiryDays 30, " +
        "and a purge does not find the CDN's copy of an expired variant: allowed is an s-maxage of at most 86400, or no " +
        "bucket.variantExpiryDays",
    ],
    [
      "a budget whose alerts have no address",
      { "operations.monthlyBudgetUsd": 20 },
      "operations.monthlyBudgetUsd is 20 and operations.alarmEmail is missing: allowed is an address for its alerts",
    ],
    [
      "an address that nothing is sent to",
      { "operations.alarmEmail": "images@example.com" },
      "operations.alarmEmail is images@example.com and nothing is sent to it: allowed with operations.monitoring or " +
        "operations.monthlyBudgetUsd",
    ],
    [
      "every origin beside others",
      { "cdn.corsOrigins": ["*", "https://shop.example.com"] },
      "cdn.corsOrigins has * beside others: allowed is [*] alone, which is every origin, or a list without it",
    ],
    [
      "listed origins where misses are redirected",
      { "cdn.corsOrigins": ["https://shop.example.com"] },
      'cdn.corsOrigins is ["https://shop.example.com"] with cdn.delivery redirect, where browsers call the origin null from ' +
        "the second hop of a miss on: allowed is [*], or cdn.delivery failover with the list",
    ],
  ] as const) {
    it(`rejects ${what}`, () => {
      assert.deepEqual(problems(keys), [problem]);
    });
  }

  describe("of a project or stack with a long name", () => {
    after(() => nameStack("image-resizer", "dev"));

    it("is rejected where a bucket's name would be too long for S3", async () => {
      await nameStack("p".repeat(36), "s".repeat(13));
      assert.deepEqual(problems({}), []);
      const name = `${"p".repeat(36)}-${"s".repeat(13)}-trail-1a2b3c4`;
      assert.deepEqual(problems({ "bucket.auditTrail": true }), [
        `bucket.auditTrail is true and the bucket of its records would be named ${name}, which S3 does not allow: allowed are ` +
          "shorter project and stack names, or bucket.auditTrail: false",
      ]);
      await nameStack("Images", "dev");
      assert.deepEqual(problems({}), [
        "bucket.name is missing and S3 does not allow the default name Images-dev-123456789012: allowed is a bucket.name of your own",
      ]);
    });

    it("is rejected where a function's or a rule's name would be too long", async () => {
      await nameStack("image-resizer", "a.stack");
      assert.deepEqual(problems({ "bucket.name": "images" }), [
        "the function would be named image-resizer-a.stack-resizer: allowed are project and stack names that make it at " +
          "most 64 letters, digits, hyphens and underscores",
      ]);
    });
  });
});
