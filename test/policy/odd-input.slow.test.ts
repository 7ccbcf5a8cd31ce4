import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkStack, type Subject } from "@image-resizer/policy-check/check-stack";
import * as propertyPaths from "../../policy/iam/property-paths";
import { noPublicWrite } from "../../policy/rules/no-public-write";
import { noS3FullAccess } from "../../policy/rules/no-s3-full-access";
import { rules } from "../../policy/rules";
import { check, resource } from "./support/check";

/** The same cases in every run: enough for each kind of value at each property. */
const SEED = 20;

const json = fc.jsonValue({ maxDepth: 3 });

/** Almost a policy document: the right keys, some of them missing, some with any value. */
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

/** Properties that rules read beside the property paths, by type. */
const OTHER_PROPERTIES: Readonly<Record<string, string>> = {
  "aws:lambda/function:Function": "role environment memorySize timeout runtime architectures code packageType tags",
  "aws:iam/role:Role": "id arn name tags",
  "aws:iam/rolePolicy:RolePolicy": "role",
  "aws:iam/policy:Policy": "arn",
  "aws:iam/policyAttachment:PolicyAttachment": "roles",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
  "aws:iam/accessKey:AccessKey": "user",
  "aws:s3/bucket:Bucket": "bucket website serverSideEncryptionConfiguration tags",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "blockPublicAcls ignorePublicAcls",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "rule",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket rules",
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": "bucket routingRules routingRuleDetails",
  "aws:cloudfront/distribution:Distribution":
    "origins originGroups defaultCacheBehavior orderedCacheBehaviors viewerCertificate domainName aliases tags",
  "aws:cloudfront/cachePolicy:CachePolicy": "id minTtl defaultTtl",
  "aws:apigatewayv2/api:Api": "apiEndpoint tags",
  "aws:apigatewayv2/stage:Stage": "defaultRouteSettings routeSettings tags",
  "aws:sqs/queue:Queue": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sns/topic:Topic": "policy tags",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:cloudwatch/logGroup:LogGroup": "retentionInDays logGroupClass tags",
};
/** Properties that rules read inside of those. */
const INNER = (
  "variables originId targetOriginId cachePolicyId members condition redirect hostName protocol httpRedirectCode " +
  "httpErrorCodeReturnedEquals routingRules objectOwnership sseAlgorithm applyServerSideEncryptionByDefault rule " +
  "minTtl maxTtl viewerProtocolPolicy pathPattern SETTINGS allowList AWS_KEY path assets " +
  "throttlingRateLimit routeKey grantee uri permission permissions policy managedPolicyArn grants domainName " +
  "acmCertificateArn minimumProtocolVersion Project"
).split(" ");

/** Properties that a rule reads, by type. */
const PROPERTIES = new Map<string, Set<string>>();
for (const byType of Object.values(propertyPaths).filter((one) => typeof one === "object")) {
  for (const [type, paths] of Object.entries(byType)) {
    for (const path of paths) propertiesOf(type).add(/^\w+/.exec(path)?.[0] ?? "");
  }
}
for (const [type, names] of Object.entries(OTHER_PROPERTIES)) {
  for (const name of names.split(" ")) propertiesOf(type).add(name);
}
function propertiesOf(type: string): Set<string> {
  const known = PROPERTIES.get(type) ?? new Set();
  PROPERTIES.set(type, known);
  return known;
}

const oddObject = (value: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...INNER), value, { maxKeys: 8 });
const deepObject = oddObject(fc.oneof(oddValue, oddObject(oddValue), fc.array(oddObject(oddValue), { maxLength: 2 })));
const oddProperty = fc.oneof(
  oddValue,
  fc.constantFrom(null, "it", ["it"], [null], 0, ""),
  deepObject,
  fc.array(deepObject, { maxLength: 2 }),
);

/** A stack with a resource of every type that a rule reads, odd throughout. */
const oddStack: fc.Arbitrary<readonly Subject[]> = fc.tuple(
  ...[...PROPERTIES].map(([type, names]) =>
    fc
      .record(Object.fromEntries([...names].map((name) => [name, oddProperty])), { requiredKeys: [] })
      .map((inputs): Subject => ({ type, name: "it", inputs })),
  ),
);

describe("odd input", () => {
  it("makes no rule throw", async () => {
    await fc.assert(
      fc.asyncProperty(oddStack, async (stack) => {
        const results = await checkStack(rules, stack);
        assert.equal(results.length, rules.length);
      }),
      { numRuns: 15, seed: SEED },
    );
  });

  it("makes no rule throw by its settings, which fall back to the defaults", async () => {
    const settings = fc.dictionary(
      fc.constantFrom(...rules.flatMap((rule) => Object.keys(rule.configSchema?.properties ?? {}))),
      json,
    );
    const lambda = resource("aws:lambda/function:Function", {
      memorySize: 1,
      environment: { variables: { SETTINGS: '{"allowList":{}}' } },
    });
    await fc.assert(
      fc.asyncProperty(settings, async (odd) => {
        for (const rule of rules) await checkStack([rule], [lambda], { [rule.name]: { values: odd } });
      }),
      { numRuns: 60, seed: SEED },
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
          const violations = await check(rule, [resource(type, { policy })]);
          assert.notEqual(violations.length, 0);
          for (const violation of violations) assert.match(violation, /"it": .*\. .*\.$/s);
        }),
        { numRuns: 150, seed: SEED },
      );
    });
  }
});
