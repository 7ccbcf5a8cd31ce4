import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Subject } from "@image-resizer/policy-check/evaluate";
import { noRedirectLoop } from "../../policy/rules/no-redirect-loop";
import { changed, judge, resource } from "./judge";

const HOST = "a1b2c3.execute-api.us-east-1.amazonaws.com";
const MANAGED_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const MANAGED_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const BEHAVIOUR = { targetOriginId: "website", cachePolicyId: "policy-1", viewerProtocolPolicy: "redirect-to-https" };

/** A stack that is as it should be, by the names of its resources. */
const STACK = {
  bucket: resource("aws:s3/bucket:Bucket", { bucket: "photos" }, "bucket"),
  website: resource(
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
    {
      bucket: "photos",
      routingRules: [
        {
          condition: { httpErrorCodeReturnedEquals: "404" },
          redirect: {
            hostName: HOST,
            protocol: "https",
            httpRedirectCode: "307",
            replaceKeyPrefixWith: "prod/resizer?key=",
          },
        },
      ],
    },
    "website",
  ),
  api: resource("aws:apigatewayv2/api:Api", { apiEndpoint: `https://${HOST}` }, "api"),
  policy: resource(
    "aws:cloudfront/cachePolicy:CachePolicy",
    { id: "policy-1", minTtl: 0, defaultTtl: 0, maxTtl: 31536000 },
    "policy",
  ),
  cdn: resource(
    "aws:cloudfront/distribution:Distribution",
    {
      origins: [
        { originId: "website", domainName: "photos.s3-website-us-east-1.amazonaws.com" },
        { originId: "other", domainName: "example.com" },
      ],
      defaultCacheBehavior: BEHAVIOUR,
      orderedCacheBehaviors: [{ ...BEHAVIOUR, pathPattern: "*.jpg" }],
    },
    "cdn",
  ),
} satisfies Readonly<Record<string, Subject>>;

type Name = keyof typeof STACK;

/** What the rule says when one property of one resource is another. */
function withChange(name: Name, path: string, to: unknown): Promise<string[]> {
  const stack: Record<Name, Subject> = {
    ...STACK,
    [name]: { ...STACK[name], inputs: changed(STACK[name].inputs, path, to) },
  };
  return judge(noRedirectLoop, Object.values(stack));
}

describe("no-redirect-loop", () => {
  it("lets a stack pass that is as it should be", async () => {
    assert.deepEqual(await judge(noRedirectLoop, Object.values(STACK)), []);
  });

  const rule = "routingRules.0";
  const broken: readonly (readonly [what: string, name: Name, path: string, to: unknown, says: string])[] = [
    [
      "a minimum TTL",
      "policy",
      "minTtl",
      1,
      'aws.cloudfront.Distribution "cdn": the default behaviour has the cache policy policy with a minTtl of 1',
    ],
    ["a default TTL", "policy", "defaultTtl", 60, "has the cache policy policy with a defaultTtl of 60"],
    ["no default TTL, which is a day", "policy", "defaultTtl", undefined, "with a defaultTtl of 86400"],
    ["a TTL that is text", "policy", "minTtl", "1", "with a minTtl of 1"],
    [
      "no cache policy",
      "cdn",
      "defaultCacheBehavior.cachePolicyId",
      undefined,
      "the default behaviour has no cache policy",
    ],
    [
      "no cache policy for one pattern",
      "cdn",
      "orderedCacheBehaviors.0.cachePolicyId",
      undefined,
      "the behaviour of *.jpg has no cache policy",
    ],
    [
      "a managed policy that keeps",
      "cdn",
      "defaultCacheBehavior.cachePolicyId",
      MANAGED_CACHING_OPTIMIZED,
      "which is not of this stack",
    ],
    ["a legacy minimum", "cdn", "defaultCacheBehavior.minTtl", 1, "has a minTtl of 1 of its own"],
    [
      "a legacy default",
      "cdn",
      "orderedCacheBehaviors.0.defaultTtl",
      3600,
      "the behaviour of *.jpg has a defaultTtl of 3600 of its own",
    ],
    ["a legacy maximum", "cdn", "defaultCacheBehavior.maxTtl", 3600, "has a maxTtl of 3600 of its own"],
    [
      "403",
      "website",
      `${rule}.condition.httpErrorCodeReturnedEquals`,
      "403",
      'aws.s3.BucketWebsiteConfiguration "website": a routing rule is for the error 403',
    ],
    ["every request", "website", `${rule}.condition`, undefined, "redirects what is there, too"],
    ["301", "website", `${rule}.redirect.httpRedirectCode`, "301", "answers 301, which viewers keep"],
    ["no redirect code", "website", `${rule}.redirect.httpRedirectCode`, undefined, "answers 301, the default"],
    ["http", "website", `${rule}.redirect.protocol`, "http", "redirects over http"],
    ["no protocol", "website", `${rule}.redirect.protocol`, undefined, "keeps the protocol"],
    [
      "another host",
      "website",
      `${rule}.redirect.hostName`,
      "example.com",
      "points at example.com, which this stack does not serve",
    ],
    ["no host", "website", `${rule}.redirect.hostName`, undefined, "points back at the website"],
    ["a rule that is text", "website", rule, "404", "redirects what is there, too"],
  ];
  for (const [what, name, path, to, says] of broken) {
    it(`refuses ${what}`, async () => {
      const violations = await withChange(name, path, to);
      assert.ok(
        violations.some((violation) => violation.includes(says)),
        `no violation says "${says}": ${violations.join("\n") || "there is none"}`,
      );
    });
  }

  const fine: readonly (readonly [what: string, name: Name, path: string, to: unknown])[] = [
    ["302", "website", `${rule}.redirect.httpRedirectCode`, "302"],
    ["the error code as a number", "website", `${rule}.condition.httpErrorCodeReturnedEquals`, 404],
    ["a managed policy that keeps nothing", "cdn", "defaultCacheBehavior.cachePolicyId", MANAGED_CACHING_DISABLED],
    ["legacy TTLs of 0", "cdn", "defaultCacheBehavior.maxTtl", 0],
    [
      "other TTLs for another origin",
      "cdn",
      "orderedCacheBehaviors.0",
      { pathPattern: "/api", targetOriginId: "other", minTtl: 60 },
    ],
    ["a policy without a minimum", "policy", "minTtl", undefined],
    ["a new region's website", "cdn", "origins.0.domainName", "photos.s3-website.eu-central-1.amazonaws.com"],
    ["another bucket's website", "cdn", "origins.0.domainName", "other.s3-website.eu-central-1.amazonaws.com"],
    ["no rules", "website", "routingRules", undefined],
    [
      "a prefix with another name",
      "website",
      "routingRules",
      [{ condition: { keyPrefixEquals: "old/" }, redirect: { replaceKeyPrefixWith: "new/" } }],
    ],
    ["a domain of the API", "api", "apiEndpoint", `https://${HOST.toUpperCase()}/`],
  ];
  for (const [what, name, path, to] of fine) {
    it(`lets ${what} pass`, async () => {
      assert.deepEqual(await withChange(name, path, to), []);
    });
  }

  it("follows an origin group to the website", async () => {
    const cdn = changed(
      changed(STACK.cdn.inputs, "originGroups", [
        { originId: "group", members: [{ originId: "website" }, { originId: "other" }] },
      ]),
      "defaultCacheBehavior",
      { targetOriginId: "group", minTtl: 1 },
    );
    const violations = await judge(noRedirectLoop, [
      ...Object.values({ ...STACK, cdn: { ...STACK.cdn, inputs: cdn } }),
    ]);
    assert.equal(violations.length, 2);
  });

  it("reads the rules as JSON text in S3's own form", async () => {
    const rules = (code: string) => [
      {
        Condition: { HttpErrorCodeReturnedEquals: "404" },
        Redirect: { HostName: HOST, Protocol: "https", HttpRedirectCode: code },
      },
    ];
    const asText = (code: string): Subject => ({
      ...STACK.website,
      inputs: { bucket: "photos", routingRuleDetails: JSON.stringify(rules(code)) },
    });
    const onBucket = (code: string): Subject => ({
      ...STACK.bucket,
      inputs: { bucket: "photos", website: { routingRules: JSON.stringify(rules(code)) } },
    });
    assert.deepEqual(await judge(noRedirectLoop, Object.values({ ...STACK, website: asText("307") })), []);
    assert.equal((await judge(noRedirectLoop, Object.values({ ...STACK, website: asText("301") }))).length, 1);
    assert.deepEqual(await judge(noRedirectLoop, [onBucket("307"), STACK.api, STACK.cdn, STACK.policy]), []);
    assert.equal((await judge(noRedirectLoop, [onBucket("301"), STACK.api, STACK.cdn, STACK.policy])).length, 1);
  });

  describe("where CloudFront asks the API itself", () => {
    const failover = (policy: Record<string, unknown>) => [
      STACK.bucket,
      STACK.api,
      { ...STACK.policy, inputs: { ...STACK.policy.inputs, ...policy } },
      resource(
        "aws:cloudfront/distribution:Distribution",
        {
          origins: [
            { originId: "bucket", domainName: "photos.s3.us-east-1.amazonaws.com" },
            { originId: "api", domainName: HOST },
          ],
          originGroups: [{ originId: "variants", members: [{ originId: "bucket" }, { originId: "api" }] }],
          defaultCacheBehavior: { ...BEHAVIOUR, targetOriginId: "variants" },
        },
        "cdn",
      ),
    ];

    it("lets a stack pass that keeps nothing by itself", async () => {
      assert.deepEqual(await judge(noRedirectLoop, failover({})), []);
    });

    for (const ttl of ["minTtl", "defaultTtl"]) {
      it(`complains of a ${ttl}, by which the way to a large variant would be kept`, async () => {
        const [violation, ...others] = await judge(noRedirectLoop, failover({ [ttl]: 1 }));
        assert.deepEqual(others, []);
        assert.ok(
          violation?.includes(`has the cache policy policy with a ${ttl} of 1, so that the redirect`),
          violation,
        );
      });
    }
  });
});
