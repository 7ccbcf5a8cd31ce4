import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { evaluate, type Subject } from "../../policy/cli/evaluate";
import * as roads from "../../policy/iam/roads";
import { noPublicWrite } from "../../policy/rules/no-public-write";
import { noS3FullAccess } from "../../policy/rules/no-s3-full-access";
import { rules } from "../../policy/rules";
import { judge, resource } from "./judge";

const json = fc.jsonValue({ maxDepth: 3 });

/** Something that is nearly a policy document: the right keys, some of them missing, some with anything in them. */
const nearlyStatement = fc.record(
  {
    Sid: fc.oneof(fc.string(), json),
    Effect: fc.oneof(fc.constantFrom("Allow", "Deny"), json),
    Action: fc.oneof(fc.constantFrom("s3:*", ["s3:PutObject"]), json),
    NotAction: json,
    Resource: fc.oneof(fc.constantFrom("*", ["arn:aws:s3:::b/*"]), json),
    NotResource: json,
    Principal: fc.oneof(fc.constantFrom("*", { AWS: "*" }), json),
    NotPrincipal: json,
    Condition: fc.oneof(fc.dictionary(fc.string(), fc.oneof(json, fc.dictionary(fc.string(), json))), json),
  },
  { requiredKeys: [] },
);
const nearlyDocument = fc.record(
  { Version: json, Statement: fc.oneof(nearlyStatement, fc.array(nearlyStatement), json) },
  { requiredKeys: [] },
);
const oddValue = fc.oneof(
  json,
  nearlyDocument,
  nearlyDocument.map((document) => JSON.stringify(document)),
  fc.string(),
);

/** Every property that some rule reads, at any depth: an object of them is as odd as an input can be. */
const PROPERTIES = [
  ...new Set(
    [
      ...Object.values(roads).flatMap((road) => (typeof road === "object" ? Object.values(road).flat() : [])),
      ..."arn bucket name id role roles roleName policyArn policyArns assumeRolePolicy rule rules blockPublicAcls".split(
        " ",
      ),
      ..."ignorePublicAcls environment memorySize timeout runtime architectures code packageType tags".split(" "),
      ..."retentionInDays logGroupClass defaultRouteSettings routeSettings viewerCertificate origins originGroups".split(
        " ",
      ),
      ..."defaultCacheBehavior orderedCacheBehaviors minTtl defaultTtl routingRules routingRuleDetails website".split(
        " ",
      ),
      ..."apiEndpoint domainName aliases functionUrl serverSideEncryptionConfiguration".split(" "),
    ].flatMap((path) => path.replaceAll("[]", "").split(".")),
  ),
];
const INNER = (
  "variables originId targetOriginId cachePolicyId members condition redirect hostName protocol httpRedirectCode " +
  "httpErrorCodeReturnedEquals routingRules objectOwnership sseAlgorithm applyServerSideEncryptionByDefault rule " +
  "minTtl maxTtl viewerProtocolPolicy pathPattern ALLOWED_SIZES ALLOW_UNLISTED_SIZES MAX_DIMENSION AWS_KEY path assets " +
  "throttlingRateLimit routeKey grantee uri permission permissions policy managedPolicyArn grants domainName acmCertificateArn"
).split(" ");

const oddObject = (keys: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
const oddProperty = fc.oneof(
  oddValue,
  oddObject(INNER, oddValue),
  fc.array(oddObject(INNER, fc.oneof(oddValue, oddObject(INNER, oddValue))), { maxLength: 3 }),
);
const TYPES = [
  ...roads.typesOf(...Object.values(roads).filter((road) => typeof road === "object")),
  "aws:lambda/function:Function",
  "aws:iam/accessKey:AccessKey",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudfront/cachePolicy:CachePolicy",
  "aws:apigatewayv2/api:Api",
  "aws:apigatewayv2/stage:Stage",
  "aws:cloudwatch/logGroup:LogGroup",
];
const oddSubject = fc.record({
  type: fc.constantFrom(...TYPES),
  name: fc.string(),
  inputs: oddObject(PROPERTIES, oddProperty),
}) satisfies fc.Arbitrary<Subject>;

describe("odd input", () => {
  it("makes no rule throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(oddSubject, { minLength: 1, maxLength: 6 }), async (subjects) => {
        const verdicts = await evaluate(rules, subjects);
        assert.equal(verdicts.length, rules.length);
      }),
      { numRuns: 300 },
    );
  });

  it("makes no rule throw by its settings, which fall back to the defaults", async () => {
    const settings = fc.dictionary(
      fc.constantFrom(...rules.flatMap((rule) => Object.keys(rule.configSchema?.properties ?? {}))),
      json,
    );
    const lambda = resource("aws:lambda/function:Function", {
      memorySize: 1,
      environment: { variables: { ALLOWED_SIZES: "" } },
    });
    await fc.assert(
      fc.asyncProperty(settings, async (odd) => {
        for (const rule of rules) await evaluate([rule], [lambda], { [rule.name]: { settings: odd } });
      }),
      { numRuns: 200 },
    );
  });

  for (const [rule, type] of [
    [noS3FullAccess, "aws:iam/rolePolicy:RolePolicy"],
    [noPublicWrite, "aws:s3/bucketPolicy:BucketPolicy"],
  ] as const) {
    it(`is a violation of ${rule.name} where a document should be`, async () => {
      const noDocument = fc.oneof(
        fc.string().filter((text) => !["", "{}"].includes(text.trim())),
        fc.integer(),
        fc.boolean(),
        fc.array(json),
        fc.dictionary(
          fc.string().filter((key) => key !== "Statement"),
          json,
          { minKeys: 1 },
        ),
      );
      await fc.assert(
        fc.asyncProperty(noDocument, async (policy) => {
          const violations = await judge(rule, [resource(type, { policy })]);
          assert.notEqual(violations.length, 0);
          for (const violation of violations) assert.match(violation, /"it": .*\. .*\.$/s);
        }),
        { numRuns: 500 },
      );
    });
  }
});
