import { describe } from "mocha";
import type { Subject } from "@image-resizer/policy-check/check-stack";
import { noRedirectLoop } from "../../../policy/rules/no-redirect-loop";
import { accepts, changed, rejects, resource } from "../support/check";

const HOST = "a1b2c3.execute-api.us-east-1.amazonaws.com";
const MANAGED_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const MANAGED_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const BEHAVIOUR = { targetOriginId: "website", cachePolicyId: "policy-1", viewerProtocolPolicy: "redirect-to-https" };

/** A valid stack, by the names of its resources. */
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

const withAll = (changes: Partial<Record<Name, Subject>>): Subject[] => Object.values({ ...STACK, ...changes });
const withChange = (name: Name, path: string, to: unknown): Subject[] =>
  withAll({ [name]: { ...STACK[name], inputs: changed(STACK[name].inputs, path, to) } });

const RULE = "routingRules.0";
/** Routing rules as JSON text in S3's own form. */
const rulesAsText = (code: string) =>
  JSON.stringify([
    {
      Condition: { HttpErrorCodeReturnedEquals: "404" },
      Redirect: { HostName: HOST, Protocol: "https", HttpRedirectCode: code },
    },
  ]);
const asText = (code: string) =>
  withAll({ website: { ...STACK.website, inputs: { bucket: "photos", routingRuleDetails: rulesAsText(code) } } });
const onBucket = (code: string) => [
  { ...STACK.bucket, inputs: { bucket: "photos", website: { routingRules: rulesAsText(code) } } },
  ...[STACK.api, STACK.cdn, STACK.policy],
];
/** A distribution that falls back on the API by itself. */
const failover = (policy: Readonly<Record<string, unknown>> = {}) => [
  ...[STACK.bucket, STACK.api],
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
const originGroup = withAll({
  cdn: {
    ...STACK.cdn,
    inputs: {
      ...STACK.cdn.inputs,
      originGroups: [{ originId: "group", members: [{ originId: "website" }, { originId: "other" }] }],
      defaultCacheBehavior: { targetOriginId: "group", minTtl: 1 },
    },
  },
});

describe("no-redirect-loop", () => {
  const broken: readonly (readonly [what: string, name: Name, path: string, to: unknown, ...says: string[]])[] = [
    [
      "a minimum TTL",
      "policy",
      "minTtl",
      1,
      'aws.cloudfront.Distribution "cdn": the default behaviour has the cache policy policy with a minTtl of 1',
      "the behaviour of *.jpg has the cache policy policy with a minTtl of 1",
    ],
    [
      "a default TTL",
      "policy",
      "defaultTtl",
      60,
      "default behaviour has the cache policy policy",
      "a defaultTtl of 60",
    ],
    [
      "no default TTL, which is a day",
      "policy",
      "defaultTtl",
      undefined,
      "a defaultTtl of 86400",
      "a defaultTtl of 86400",
    ],
    ["a TTL that is text", "policy", "minTtl", "1", "with a minTtl of 1", "with a minTtl of 1"],
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
      "which is not part of this stack",
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
      `${RULE}.condition.httpErrorCodeReturnedEquals`,
      "403",
      'aws.s3.BucketWebsiteConfiguration "website": a routing rule is for the error 403',
    ],
    ["every request", "website", `${RULE}.condition`, undefined, "redirects existing objects, too"],
    ["301", "website", `${RULE}.redirect.httpRedirectCode`, "301", "answers 301, which browsers keep"],
    ["no redirect code", "website", `${RULE}.redirect.httpRedirectCode`, undefined, "answers 301, the default"],
    ["http", "website", `${RULE}.redirect.protocol`, "http", "redirects over http"],
    ["no protocol", "website", `${RULE}.redirect.protocol`, undefined, "keeps the protocol"],
    [
      "another host",
      "website",
      `${RULE}.redirect.hostName`,
      "example.com",
      "redirects to example.com, which is no host of this stack",
    ],
    ["no host", "website", `${RULE}.redirect.hostName`, undefined, "redirects to the website itself"],
    ["a rule that is text", "website", RULE, "404", "existing objects", "301", "the protocol", "the website itself"],
  ];
  rejects(noRedirectLoop, [
    ...broken.map(([what, name, path, to, ...says]) => [what, withChange(name, path, to), says] as const),
    ["a 301 in JSON text", asText("301"), "answers 301"],
    ["a 301 in the older property of the bucket", onBucket("301"), "answers 301"],
    [
      "TTLs of an origin group with the website",
      originGroup,
      ["has a minTtl of 1 of its own", "the default behaviour has no cache policy"],
    ],
    ...["minTtl", "defaultTtl"].map((ttl) => {
      const says = `has the cache policy policy with a ${ttl} of 1, so the redirect of a miss is cached and loops`;
      return [`a ${ttl} where CloudFront asks the API itself`, failover({ [ttl]: 1 }), says] as const;
    }),
  ]);

  const fine: readonly (readonly [what: string, name: Name, path: string, to: unknown])[] = [
    ["302", "website", `${RULE}.redirect.httpRedirectCode`, "302"],
    ["the error code as a number", "website", `${RULE}.condition.httpErrorCodeReturnedEquals`, 404],
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
  accepts(noRedirectLoop, [
    ["a valid stack", withAll({})],
    ...fine.map(([what, name, path, to]) => [what, withChange(name, path, to)] as const),
    ["rules in JSON text", asText("307")],
    ["the older property of the bucket", onBucket("307")],
    ["a distribution that asks the API itself", failover()],
  ]);
});
