import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { runProgram } from "@image-resizer/lib/program";
import { checkConfig } from "../../infra/config";
import { nameStack, problems, SIZES } from "../support/config-problems";
import { configDocs, readDoc } from "../support/config-docs";

const CONCURRENCY = "an integer from 1 to 1000 variants at once, or unreserved for the account's limit";
const ORIGINS = "a list of origins such as https://shop.example.com, without a path or a trailing slash, or [*]";
const HEADER = "a Cache-Control header of RFC 9111's response directives, such as public, max-age=31536000, immutable";
const ZONE = "Z0123456789";

describe("the config", () => {
  before(() => nameStack("image-resizer", "dev"));

  it("has a default for everything but the sizes", () => {
    const { config } = checkConfig({ sizes: SIZES });
    assert.ok(config);
    assert.deepEqual(config.image.quality, { jpeg: 81, webp: 86, avif: 71 });
    assert.deepEqual(config.bucket, {
      adopt: false,
      protect: true,
      forceDestroy: false,
      purgeOnChange: false,
      auditTrail: false,
    });
    assert.deepEqual(config.allowList, { sizes: SIZES, formats: [], maxDimension: 4096 });
  });

  it("has an allow-list of any size where unlisted ones are allowed", () => {
    const { config, problems: none } = checkConfig({ image: { allowUnlistedSizes: true, maxDimension: 100 } });
    assert.deepEqual(none, []);
    assert.deepEqual(config?.allowList, { sizes: "any", formats: [], maxDimension: 100 });
  });

  it("reads values as the CLI writes them, and secrets, which arrive as text", () => {
    const { config, problems: none } = checkConfig({
      sizes: SIZES,
      resizer: { memorySize: "1769" },
      bucket: { protect: "false" },
      operations: { logRetentionDays: "7" },
      // `pulumi config set --path tags.Project 4711` writes a number.
      tags: { CostCentre: 4711, Shared: true },
    });
    assert.deepEqual(none, []);
    assert.ok(config);
    assert.equal(config.resizer.memorySize, 1769);
    assert.equal(config.bucket.protect, false);
    assert.equal(config.operations.logRetentionDays, 7);
    assert.deepEqual(config.tags, { CostCentre: "4711", Shared: "true" });
  });

  for (const [key, value, allowed] of [
    ["image.maxDimension", 0, "an integer from 1 to 16383 pixels (WebP has no longer side)"],
    ["image.quality.jpeg", 101, "an integer from 1 to 100"],
    ["image.quality.webp", "best", "an integer from 1 to 100"],
    ["image.quality.avif", 12.5, "an integer from 1 to 100"],
    ["image.effort.webp", 7, "an integer from 0 to 6"],
    ["image.effort.avif", -1, "an integer from 0 to 9"],
    ["image.fit", "crop", "one of cover, contain, fill, inside, outside"],
    ["image.allowUnlistedSizes", 1, "true or false"],
    ["image.maxInputBytes", -1, "an integer from 1 to 5368709120 bytes"],
    ["image.maxInputPixels", "1e6", "an integer from 1 to 268402689 pixels (sharp's own limit)"],
    ["image.quality", 80, "an object with jpeg, webp, avif"],
    ["bucket.name", "My_Bucket", "3 to 63 lower-case letters, digits and hyphens, as S3 allows them"],
    ["bucket.name", "", "3 to 63 lower-case letters, digits and hyphens, as S3 allows them"],
    ["bucket.protect", "yes", "true or false"],
    ["bucket.variantExpiryDays", 0, "an integer from 1 to 3650 days"],
    ["resizer.memorySize", 127, "an integer from 128 to 10240 MB"],
    ["resizer.timeout", 30, "an integer from 3 to 29 seconds (the HTTP API waits for 30)"],
    ["resizer.architecture", "arm", "one of arm64, x86_64"],
    ["resizer.reservedConcurrency", 0, CONCURRENCY],
    ["resizer.reservedConcurrency", "none", CONCURRENCY],
    ["cdn.delivery", "proxy", "one of redirect, failover"],
    ["cdn.priceClass", "PriceClass_300", "one of PriceClass_100, PriceClass_200, PriceClass_All"],
    ["cdn.domain.name", "https://images.example.com", "a host name such as images.example.com"],
    ["cdn.corsOrigins", "https://shop.example.com", ORIGINS],
    ["operations.alarmEmail", "nobody", "an address such as images@example.com"],
    ["operations.monthlyBudgetUsd", 1.5, "an integer from 1 to 1000000 US dollars"],
    ["formats", "webp", "a list of formats: jpeg, png, webp, avif"],
    ["sizes", "640w", "a list of sizes such as 360x270, 640w or 480h"],
    ["sizes", { a: 1 }, "a list of sizes such as 360x270, 640w or 480h"],
  ] as const) {
    it(`names ${key} when it is ${JSON.stringify(value)}`, () => {
      const text = typeof value === "string" && value !== "" ? value : JSON.stringify(value);
      assert.deepEqual(problems({ [key]: value }), [`${key} is ${text}: allowed is ${allowed}`]);
    });
  }

  it("rejects a malformed Cache-Control header", () => {
    const malformed = [
      "",
      "public\nset-cookie: a",
      "public=1",
      "public max-age=60",
      "public,, max-age=60",
      "maxage=60",
    ];
    const wrongArguments = [
      "max-age",
      "max-age=1h",
      "max-age=-1",
      'max-age="60"',
      "max-age=60, max-age=90",
      "private=a",
    ];
    for (const header of [...malformed, ...wrongArguments]) {
      const sentence = `cdn.cacheControl is ${header || '""'}: allowed is ${HEADER}`;
      assert.deepEqual(problems({ "cdn.cacheControl": header }), [sentence]);
    }
  });

  it("accepts the directives of a Cache-Control header in any case, with arguments of their own", () => {
    const header = 'Public, Max-Age=60, s-maxage=86400, stale-while-revalidate=30, no-cache="set-cookie, x-a"';
    assert.deepEqual(problems({ "cdn.cacheControl": header }), []);
  });

  it("names items of lists and tags that are wrong, each with what is allowed", () => {
    assert.deepEqual(problems({ sizes: ["0x100", "640", "12e3w", "640w", "640w", "4097w"] }), [
      "sizes has 0x100: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 640: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 12e3w: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 4097w: allowed is a side of 1 to 4096 (image.maxDimension)",
      "sizes has 640w more than once: allowed is each once",
    ]);
    assert.deepEqual(problems({ sizes: [5, null] }), [
      "sizes has 5: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has null: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
    ]);
    assert.deepEqual(problems({ formats: ["jpg", "webp", "webp"] }), [
      "formats has jpg: allowed is one of jpeg, png, webp, avif",
      "formats has webp more than once: allowed is each once",
    ]);
    assert.deepEqual(problems({ "cdn.corsOrigins": ["https://shop.example.com/"] }), [
      `cdn.corsOrigins has https://shop.example.com/: allowed is ${ORIGINS}`,
    ]);
    const tags = "an object of tags: names of 1 to 128 characters that do not start with aws:, values of up to 256";
    assert.deepEqual(problems({ tags: { "aws:x": "y" } }), [`tags has {"aws:x":"y"}: allowed is ${tags}`]);
    assert.deepEqual(problems({ tags: ["x"] }), [`tags is ["x"]: allowed is ${tags}`]);
  });

  it("names keys that it does not know, and the nearest that it knows", () => {
    assert.deepEqual(problems({ "resizer.memmorySize": 2048 }), [
      "resizer.memmorySize is not a key: did you mean resizer.memorySize?",
    ]);
    for (const key of ["cdn.memorySize", "memorySize"]) {
      assert.deepEqual(problems({ [key]: 2048 }), [`${key} is not a key: allowed is resizer.memorySize`]);
    }
    assert.deepEqual(problems({ freshVariants: true, domain: "img.example.com" }), [
      "freshVariants is not a key: allowed is bucket.purgeOnChange",
      "domain is not a key: did you mean cdn.domain?",
    ]);
    assert.deepEqual(problems({ reziser: {} }), ["reziser is not a key: did you mean resizer?"]);
    assert.match(
      problems({ unheardOf: 1 }).join(),
      /^unheardOf is not a key: allowed are sizes, retiredSizes, formats, tags, image\./,
    );
    assert.deepEqual(
      checkConfig({ sizes: SIZES, "cdn.delivery": "failover" }).problems[0],
      "cdn.delivery is one name with dots: allowed is a path, as pulumi config set --path writes it",
    );
  });

  it("rejects an empty list of sizes unless unlisted ones are allowed", () => {
    assert.deepEqual(problems({ sizes: [] }), [
      "sizes is []: allowed is a list of at least one size such as 360x270, 640w or 480h, or image.allowUnlistedSizes: true",
    ]);
    assert.deepEqual(problems({ sizes: [], "image.allowUnlistedSizes": true }), []);
  });

  it("rejects an allow-list whose role policy IAM would not accept, before AWS does", () => {
    const sizes = Array.from({ length: 60 }, (_, index) => `${index + 100}w`);
    const [problem, ...others] = problems({ sizes, formats: ["webp", "avif"] });
    assert.deepEqual(others, []);
    assert.match(
      problem ?? "",
      /^sizes has 60 sizes in 3 formats, a role policy of \d{5} characters: allowed is 10240 \(IAM's limit\), so fewer sizes, retiredSizes or formats, or a shorter bucket\.name$/,
    );
    assert.deepEqual(problems({ sizes: sizes.slice(0, 30), formats: ["webp"] }), []);
  });

  it("reports every problem at once, those of single keys and those between keys that are right", () => {
    const found = problems({
      sizes: ["640", "5000w"],
      typo: 1,
      "resizer.memorySize": "much",
      "bucket.adopt": true,
      "bucket.typo": 1,
      "bucket.forceDestroy": "maybe",
      "cdn.domain.hostedZoneId": ZONE,
      "cdn.domain.name": "x",
      "operations.monthlyBudgetUsd": 5,
    });
    assert.deepEqual(
      found.map((sentence) => sentence.split(/[:,]| and /)[0]),
      [
        "sizes has 640",
        "bucket.forceDestroy is maybe",
        "bucket.typo is not a key",
        "resizer.memorySize is much",
        "cdn.domain.name is x",
        "typo is not a key",
        "sizes has 5000w",
        "bucket.adopt is true",
        "operations.monthlyBudgetUsd is 5",
      ],
    );
  });

  it("says nothing of rules about a key that is wrong by itself", () => {
    assert.deepEqual(problems({ "bucket.adopt": true, "bucket.name": "No" }).length, 1);
    for (const group of [null, 5, [], "x"]) {
      for (const key of ["image", "bucket", "resizer", "cdn", "operations"]) {
        assert.deepEqual(problems({ [key]: group }).length, 1, key);
      }
    }
    assert.deepEqual(problems({ sizes: ["640"] }).length, 1);
  });

  it("stops the program before anything is registered, without a stack trace, and names the region, too", async () => {
    const config = { "image.quality.jpeg": 101, "aws:region": "us-est-1", sizes: ["640"] };
    const error: unknown = await runProgram({ stack: "dev", config }).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && pulumi.RunError.isInstance(error));
    assert.deepEqual(error.message.split("\n  - "), [
      "The config of stack dev cannot be deployed:",
      "aws:region is us-est-1: allowed is a region that the AWS provider knows, such as us-east-1",
      "image-resizer:sizes has 640: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "image-resizer:image.quality.jpeg is 101: allowed is an integer from 1 to 100",
    ]);
  });

  for (const [file, text] of Object.entries(configDocs())) {
    it(`is what ${file} says (npm run config-docs)`, () => {
      assert.equal(readDoc(file), text);
    });
  }
});
