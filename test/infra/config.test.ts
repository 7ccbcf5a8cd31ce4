import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { nameProblems } from "../../infra/config-problems";
import { runProgram } from "@image-resizer/lib/program";

/** The problems that a stack is refused for, without the project's prefix. */
async function problems(config: Record<string, unknown>, stack = "dev"): Promise<string[]> {
  const error: unknown = await runProgram({ stack, config }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  assert.ok(error instanceof Error);
  assert.ok(pulumi.RunError.isInstance(error), "Pulumi would print a stack trace");
  const [title, ...lines] = error.message.split("\n  - ");
  assert.equal(title, `The config of stack ${stack} cannot be deployed:`);
  return lines.map((line) => line.replace("image-resizer:", ""));
}

const DOMAIN = '{name: "images.example.com", hostedZoneId: "Z0123456789"}, or {} for CloudFront\'s own name';
const ORIGINS = "a list of origins such as https://shop.example.com, without a path or a trailing slash, or [*]";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

describe("the config", () => {
  it("is accepted as the stack files have it", async () => {
    assert.deepEqual(await problems({}, "dev"), []);
    assert.deepEqual(await problems({}, "prod"), []);
  });

  for (const [key, value, allowed] of [
    ["maxDimension", 0, "an integer from 1 to 16383 pixels (WebP has no longer side)"],
    ["jpegQuality", 101, "an integer from 1 to 100"],
    ["webpQuality", "best", "an integer from 1 to 100"],
    ["avifQuality", 12.5, "an integer from 1 to 100"],
    ["webpEffort", 7, "an integer from 0 to 6"],
    ["avifEffort", -1, "an integer from 0 to 9"],
    ["delivery", "proxy", "one of redirect, failover"],
    ["edgeRefusals", "on", "true or false"],
    ["fit", "crop", "one of cover, contain, fill, inside, outside"],
    [
      "position",
      "middle",
      "one of centre, top, right top, right, right bottom, bottom, left bottom, left, left top, entropy, attention",
    ],
    [
      "bucketName",
      "My_Bucket",
      "3 to 63 lower-case letters, digits and hyphens as S3 takes them, or empty for the default name",
    ],
    ["protectBucket", "yes", "true or false"],
    ["allowUnlistedSizes", 1, "true or false"],
    ["memorySize", 127, "an integer from 128 to 10240 MB"],
    ["timeout", 30, "an integer from 3 to 29 seconds (the HTTP API waits for 30)"],
    ["architecture", "arm", "one of arm64, x86_64"],
    ["maxInputBytes", -1, "an integer from 1 to 5368709120 bytes"],
    ["maxInputPixels", "1e6", "an integer from 1 to 268402689 pixels (sharp's own limit)"],
    ["cacheControl", "", "a Cache-Control header"],
    ["cacheControl", "public\nset-cookie: a", "a Cache-Control header"],
    ["variantExpiryDays", -1, "an integer from 0 to 3650 days, 0 for never"],
    ["throttleRateLimit", 0, "an integer from 1 to 10000 requests a second"],
    ["throttleBurstLimit", 0, "an integer from 1 to 5000 requests"],
    ["priceClass", "PriceClass_300", "one of PriceClass_100, PriceClass_200, PriceClass_All"],
    ["formats", "webp", "a list of formats: jpeg, png, webp, avif"],
    ["sizes", "640w", "a list of sizes such as 360x270, 640w or 480h"],
    ["sizes", { a: 1 }, "a list of sizes such as 360x270, 640w or 480h"],
    ["adoptBucket", "bucket", "true or false"],
    ["onDestroy", "delete", "one of keep-photographs, delete-photographs"],
    ["domain", "images.example.com", DOMAIN],
    ["domain", { name: "https://images.example.com" }, DOMAIN],
    ["domain", { name: "images.example.com", hostedZoneId: "/hostedzone/Z1" }, DOMAIN],
    ["domain", { name: "images.example.com", zone: "Z1" }, DOMAIN],
    [
      "certificateArn",
      "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
      "the ARN of an ACM certificate in us-east-1 (CloudFront takes no others), or empty",
    ],
    ["freshVariants", "always", "true or false"],
    ["corsOrigins", ["https://shop.example.com/"], ORIGINS],
    ["corsOrigins", "https://shop.example.com", ORIGINS],
    ["monitoring", "on", "true or false"],
    ["alarmEmail", "nobody", "an address such as images@example.com, or empty for nobody"],
    ["tracing", "on", "true or false"],
    ["reservedConcurrency", -1, "an integer from 0 to 1000 variants at once, 0 for no limit but the account's"],
    ["monthlyBudgetUsd", 1.5, "an integer from 0 to 1000000 US dollars, 0 for no budget"],
    ["costAllocationTags", "on", "true or false"],
    ["auditTrail", "on", "true or false"],
  ] as const) {
    it(`names ${key} when it is ${JSON.stringify(value)}`, async () => {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      assert.deepEqual(await problems({ [key]: value }), [`${key} is ${text}: allowed is ${allowed}`]);
    });
  }

  it("names a log retention that CloudWatch does not know, and tags that AWS keeps for itself", async () => {
    assert.match(
      (await problems({ logRetentionDays: 8 })).join(),
      /^logRetentionDays is 8: allowed is one of 1, 3, 5, 7, /,
    );
    assert.match(
      (await problems({ tags: { "aws:x": "y" } })).join(),
      /^tags is {"aws:x":"y"}: allowed is an object of tags/,
    );
    assert.match((await problems({ tags: ["x"] })).join(), /^tags is \["x"\]: allowed is an object of tags/);
  });

  it("names every size that is wrong, with what is allowed", async () => {
    assert.deepEqual(await problems({ sizes: ["0x100", "640", "12e3w", "640w", "640w", "4097w"] }), [
      "sizes has 0x100: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 640: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 12e3w: allowed is WxH, Ww or Hh in whole pixels, without leading zeros",
      "sizes has 4097w: allowed is a side of 1 to 4096 (maxDimension)",
      "sizes has 640w more than once: allowed is each once",
    ]);
  });

  it("refuses an empty list of sizes unless unlisted ones are allowed", async () => {
    assert.deepEqual(await problems({ sizes: [] }), [
      "sizes is []: allowed is a list of at least one size such as 360x270, 640w or 480h, or allowUnlistedSizes: true",
    ]);
    assert.deepEqual(await problems({ sizes: [], allowUnlistedSizes: true }), []);
  });

  it("names formats that are unknown or repeated", async () => {
    assert.deepEqual(await problems({ formats: ["jpg", "webp", "webp"] }), [
      "formats has jpg: allowed is jpeg, png, webp, avif",
      "formats has webp more than once: allowed is each once",
    ]);
  });

  it("names a key that it does not know: a typo is not ignored", async () => {
    const [problem] = await problems({ memmorySize: 2048 });
    assert.match(problem ?? "", /^memmorySize is not a known key: allowed are sizes, allowUnlistedSizes, /);
  });

  it("lists every problem in one error", async () => {
    assert.deepEqual(
      (await problems({ memorySize: "much", fit: "crop", sizes: ["640"], typo: 1 })).map((line) => line.split(" ")[0]),
      ["typo", "fit", "memorySize", "sizes"],
    );
  });

  it("refuses an allow-list whose role policy IAM would not take, before AWS does", async () => {
    const sizes = Array.from({ length: 60 }, (_, index) => `${index + 100}w`);
    const [problem, ...others] = await problems({ sizes, formats: ["webp", "avif"] });
    assert.deepEqual(others, []);
    assert.match(
      problem ?? "",
      /^sizes has 60 sizes in 3 formats, a role policy of \d{5} characters: allowed is 10240 \(IAM's limit\), so fewer sizes or formats, or a shorter bucketName$/,
    );
    assert.deepEqual(await problems({ sizes: sizes.slice(0, 30), formats: ["webp"] }), []);
  });

  const MUTABLE = "public, max-age=300, s-maxage=31536000";
  for (const [what, config, problem] of [
    [
      "a bucket to adopt without a name",
      { adoptBucket: true },
      "adoptBucket is true and bucketName is empty: allowed is the name of the bucket to adopt",
    ],
    [
      "deleting the photographs of an adopted bucket",
      { adoptBucket: true, bucketName: "photographs", onDestroy: "delete-photographs" },
      "onDestroy is delete-photographs: allowed for an adopted bucket is keep-photographs",
    ],
    [
      "deleting the photographs of a protected bucket",
      { protectBucket: true, onDestroy: "delete-photographs" },
      "onDestroy is delete-photographs and protectBucket is true: allowed is one of them",
    ],
    [
      "a certificate without a domain",
      { certificateArn: CERTIFICATE },
      "certificateArn is set without a domain: allowed is domain: {name: ...} with it, the name that it is for",
    ],
    [
      "a domain that nothing proves",
      { domain: { name: "images.example.com" } },
      "domain has no hostedZoneId: allowed is one, to prove the certificate by, or a certificateArn",
    ],
    [
      "fresh variants of any size",
      { freshVariants: true, allowUnlistedSizes: true },
      "freshVariants is true with allowUnlistedSizes: allowed is a list of sizes, which says what to delete",
    ],
    [
      "fresh variants that browsers never ask for again",
      { freshVariants: true, variantExpiryDays: 0, cacheControl: "public, max-age=31536000, immutable" },
      "cacheControl is public, max-age=31536000, immutable with freshVariants, and nothing can call an immutable variant " +
        "back from a browser: allowed is one such as public, max-age=300, s-maxage=31536000",
    ],
    [
      "fresh variants that expire and stay in the CDN",
      { freshVariants: true, cacheControl: MUTABLE, variantExpiryDays: 30 },
      "cacheControl is public, max-age=300, s-maxage=31536000 with freshVariants and variantExpiryDays 30, and of a variant " +
        "that has expired only the CDN's copy is left, which is not found: allowed is an s-maxage of at most 86400, or " +
        "variantExpiryDays 0",
    ],
    [
      "a budget that nobody hears of",
      { monthlyBudgetUsd: 20 },
      "monthlyBudgetUsd is 20 and alarmEmail is empty: allowed is an address to tell",
    ],
    [
      "an address that nothing is told",
      { alarmEmail: "images@example.com" },
      "alarmEmail is images@example.com and nothing tells it anything: allowed with monitoring or a monthlyBudgetUsd",
    ],
    [
      "every origin beside others",
      { corsOrigins: ["*", "https://shop.example.com"] },
      "corsOrigins has * beside others: allowed is [*] alone, which is every origin, or a list without it",
    ],
    [
      "listed origins where misses are redirected",
      { corsOrigins: ["https://shop.example.com"] },
      'corsOrigins is ["https://shop.example.com"] with delivery redirect, where browsers call the origin null from the ' +
        "second hop of a miss on: allowed is [*], or delivery failover with the list",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await problems(config), [problem]);
    });
  }

  it("has a declaration with a description in Pulumi.yaml for every key, and a default for each", async () => {
    const project = parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Record<string, unknown>> };
    const [problem] = await problems({ typo: 1 });
    const known = /allowed are (.*)$/.exec(problem ?? "")?.[1]?.split(", ");
    assert.deepEqual(Object.keys(project.config), known);
    for (const [key, declaration] of Object.entries(project.config)) {
      assert.equal(typeof declaration.description, "string", key);
      assert.ok("default" in declaration || "value" in declaration, key);
    }
  });

  it("is refused where the bucket of the trail's records would have too long a name", async () => {
    const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(mocks, "p".repeat(36), "s".repeat(10));
    assert.deepEqual(nameProblems({ bucketName: "", auditTrail: false, freshVariants: false }), []);
    const name = `${"p".repeat(36)}-${"s".repeat(10)}-123456789012-trail`;
    assert.deepEqual(nameProblems({ bucketName: "", auditTrail: true, freshVariants: false }), [
      `auditTrail is true and the bucket of its records would be named ${name}, which S3 does not take: allowed are ` +
        "shorter project and stack names, or auditTrail: false",
    ]);
  });
});
