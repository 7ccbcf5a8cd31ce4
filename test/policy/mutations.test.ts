import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type RegisteredResource, runProgram, stackNames } from "@image-resizer/lib/program";
import { checkStack, type Subject } from "@image-resizer/policy-check/check-stack";
import { rules } from "../../policy/rules";
import { changed } from "./support/check";

type Properties = RegisteredResource["inputs"];
type Mutation = readonly [what: string, type: string, path: string, value: unknown, ...violated: string[]];

const LAMBDA = "aws:lambda/function:Function";
const CDN = "aws:cloudfront/distribution:Distribution";
const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";
const WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
const STAGE = "aws:apigatewayv2/stage:Stage";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const TAGS = { Project: "image-resizer", Stack: "prod" };

const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action: [Action], Resource: [Resource] });
const settings = (allowList: unknown) => JSON.stringify({ maxInputBytes: 1, allowList });
const rule = (path: string) => `routingRules.0.${path}`;

/** `BUCKET` in a value is the ARN of the stack's bucket; `READ` and `WRITE` in a path are the statements that do so. */
const MUTATIONS: readonly Mutation[] = [
  ["a full-access policy", ROLE, "managedPolicyArns", [FULL], "no-s3-full-access", "resizer-least-privilege"],
  ["s3:*", ROLE_POLICY, "policy.Statement", [allow("s3:*", "*")], "no-s3-full-access", "resizer-least-privilege"],
  ["writes anywhere", ROLE_POLICY, "policy.Statement.WRITE.Resource", ["BUCKET/*"], "resizer-least-privilege"],
  [
    "deletes",
    ROLE_POLICY,
    "policy.Statement.0",
    allow("s3:DeleteObject", "BUCKET/*/640w/*"),
    "resizer-least-privilege",
  ],
  ["lists", ROLE_POLICY, "policy.Statement.0", allow("s3:ListBucket", "BUCKET"), "resizer-least-privilege"],
  ["public writes", BUCKET_POLICY, "policy.Statement.READ.Action", ["s3:GetObject", "s3:PutObject"], "no-public-write"],
  ["public ACLs", ACCESS_BLOCK, "blockPublicAcls", false, "no-public-write"],
  ["ACLs that count", ACCESS_BLOCK, "ignorePublicAcls", undefined, "no-public-write"],
  [
    "owners of objects",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "rule.objectOwnership",
    "ObjectWriter",
    "no-public-write",
  ],
  ["an access key", LAMBDA, "environment.variables.AWS_KEY", "x", "no-static-credentials"],
  ["a secret", LAMBDA, "environment.variables.AWS_SECRET", "x", "no-static-credentials"],
  ["a minimum TTL", CACHE_POLICY, "minTtl", 1, "no-redirect-loop"],
  ["the default TTL", CACHE_POLICY, "defaultTtl", undefined, "no-redirect-loop"],
  ["a TTL of a behaviour", CDN, "orderedCacheBehaviors.0.defaultTtl", 60, "no-redirect-loop"],
  ["no cache policy", CDN, "defaultCacheBehavior.cachePolicyId", undefined, "no-redirect-loop"],
  ["301", WEBSITE, rule("redirect.httpRedirectCode"), "301", "no-redirect-loop"],
  ["http", WEBSITE, rule("redirect.protocol"), "http", "no-redirect-loop"],
  ["another host", WEBSITE, rule("redirect.hostName"), "example.com", "no-redirect-loop"],
  ["no host", WEBSITE, rule("redirect.hostName"), undefined, "no-redirect-loop"],
  ["403", WEBSITE, rule("condition.httpErrorCodeReturnedEquals"), "403", "no-redirect-loop"],
  ["no rate limit", STAGE, "defaultRouteSettings.throttlingRateLimit", undefined, "api-throttled"],
  ["no burst limit", STAGE, "defaultRouteSettings.throttlingBurstLimit", undefined, "api-throttled"],
  ["too little memory", LAMBDA, "memorySize", 128, "image-function-sized"],
  ["too long a timeout", LAMBDA, "timeout", 30, "image-function-sized"],
  ["another architecture", LAMBDA, "architectures", ["x86_64"], "image-function-sized"],
  ["an old runtime", LAMBDA, "runtime", "nodejs20.x", "image-function-sized"],
  ["no allow-list", LAMBDA, "environment.variables.SETTINGS", settings(undefined), "size-allow-list-bounded"],
  ["large sizes", LAMBDA, "environment.variables.SETTINGS", settings({ sizes: ["9000w"] }), "size-allow-list-bounded"],
  [
    "any size",
    LAMBDA,
    "environment.variables.SETTINGS",
    settings({ sizes: "any", maxDimension: 4096 }),
    "size-allow-list-bounded",
  ],
  ["plain HTTP", CDN, "orderedCacheBehaviors.1.viewerProtocolPolicy", "allow-all", "cdn-https-only"],
  ["no tags", "aws:s3/bucket:Bucket", "tags", undefined, "required-tags"],
];

for (const stack of stackNames()) {
  describe(`the program's own resources in ${stack}`, () => {
    let resources: readonly RegisteredResource[];
    before(async () => {
      resources = (await runProgram({ stack })).resources;
    });

    /** The one of a type, beside that of the audit trail. */
    function only(type: string): RegisteredResource {
      const found = resources.filter((resource) => resource.type === type && resource.options.parent !== "audit");
      const [first] = found;
      assert.ok(first !== undefined && found.length === 1, `${found.length} of ${type}`);
      return first;
    }
    function statement(target: RegisteredResource, matches: (statement: Properties) => boolean): string {
      const { Statement } = (target.inputs.policy ?? { Statement: [] }) as { Statement: Properties[] };
      return String(Statement.findIndex(matches));
    }

    it("violate no rule", async () => {
      assert.ok(resources.length > 20);
      assert.deepEqual(await violated(resources), []);
    });

    for (const [what, type, path, value, ...rulesOf] of MUTATIONS) {
      it(`violate ${rulesOf.join(" and ")} with ${what}`, async () => {
        const target = only(type);
        const bucket = String(only("aws:s3/bucket:Bucket").outputs.arn);
        const to: unknown =
          value === undefined ? undefined : JSON.parse(JSON.stringify(value).replaceAll("BUCKET", bucket));
        const at = path
          .replace(
            "WRITE",
            statement(target, ({ Action }) => [Action].flat().includes("s3:PutObject")),
          )
          .replace(
            "READ",
            statement(target, ({ Effect }) => Effect === "Allow"),
          );
        const change = (properties: Properties): Properties => changedAt(properties, at, to);
        const mutant = { ...target, inputs: change(target.inputs), outputs: change(target.outputs) };
        assert.deepEqual(await violated(resources.map((one) => (one === target ? mutant : one))), rulesOf);
      });
    }

    it("violate a rule with one resource more, or one less", async () => {
      const added = (type: string, inputs: Properties) => violated([...resources, { type, name: "added", inputs }]);
      const attached = { role: only(ROLE).outputs.name, policyArn: FULL };
      assert.deepEqual(await added("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attached), [
        "no-s3-full-access",
        "resizer-least-privilege",
      ]);
      assert.deepEqual(await added("aws:iam/accessKey:AccessKey", { user: "resizer" }), ["no-static-credentials"]);
      assert.deepEqual(await added("aws:iam/user:User", { tags: TAGS }), ["no-static-credentials"]);
      assert.deepEqual(await added("aws:cloudwatch/logGroup:LogGroup", { tags: TAGS }), ["logs-expire"]);
      const encryption = only(ENCRYPTION);
      assert.deepEqual(await violated(resources.filter((one) => one !== encryption)), ["bucket-encrypted"]);
    });
  });
}

/** Lists the rules that a stack violates. */
async function violated(subjects: readonly Subject[]): Promise<string[]> {
  const results = await checkStack(rules, subjects);
  return results.filter(({ violations }) => violations.length > 0).map(({ rule: { name } }) => name);
}

/** As `changed`, for properties that hold assets: copies only the properties on the path. */
function changedAt(properties: Properties, path: string, to: unknown): Properties {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) return shallow(properties, key, to);
  return shallow(properties, key, changed({ value: properties[key] }, ["value", ...rest].join("."), to).value);
}

function shallow(properties: Properties, key: string, to: unknown): Properties {
  const others = Object.entries(properties).filter(([name]) => name !== key);
  return Object.fromEntries(to === undefined ? others : [...others, [key, to]]);
}
