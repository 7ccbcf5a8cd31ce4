import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type RegisteredResource, runProgram, stackNames } from "@image-resizer/lib/program";
import { evaluate, type Subject } from "@image-resizer/policy-check/evaluate";
import { rules } from "../../policy/rules";
import { changed } from "./judge";

type Properties = RegisteredResource["inputs"];

const TAGS = { Project: "image-resizer", Stack: "prod" };

/** The names of the rules that are violated. */
async function violated(subjects: readonly Subject[]): Promise<string[]> {
  const verdicts = await evaluate(rules, subjects);
  return verdicts.filter(({ violations }) => violations.length > 0).map(({ rule }) => rule.name);
}

for (const stack of stackNames()) {
  describe(`the program's own resources in ${stack}`, () => {
    let resources: readonly RegisteredResource[];
    before(async () => {
      resources = (await runProgram({ stack })).resources;
    });

    it("are let pass by every rule", async () => {
      assert.ok(resources.length > 20);
      assert.deepEqual(await violated(resources), []);
    });

    /** The one of a type, beside what the trail's records have. */
    function only(type: string): RegisteredResource {
      const found = resources.filter((resource) => resource.type === type && resource.options.parent !== "audit");
      const [first] = found;
      assert.ok(first !== undefined && found.length === 1, `${found.length} of ${type}`);
      return first;
    }

    /** The stack with one property of its one resource of a type changed; the function may say to what. */
    async function mutated(
      type: string,
      path: string,
      to: (resource: RegisteredResource) => unknown,
    ): Promise<string[]> {
      const target = only(type);
      const value = to(target);
      const change = (properties: Properties): Properties => changedAt(properties, path, value);
      const mutant = { ...target, inputs: change(target.inputs), outputs: change(target.outputs) };
      return violated(resources.map((resource) => (resource === target ? mutant : resource)));
    }

    const added = (type: string, inputs: Properties) => violated([...resources, { type, name: "added", inputs }]);

    it("are refused with AmazonS3FullAccess on the role", async () => {
      const role = only("aws:iam/role:Role");
      assert.deepEqual(
        await added("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
          role: role.outputs.name,
          policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        }),
        ["no-s3-full-access", "resizer-least-privilege"],
      );
      assert.deepEqual(
        await mutated("aws:iam/role:Role", "managedPolicyArns", () => ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
        ["no-s3-full-access", "resizer-least-privilege"],
      );
    });

    it("are refused with s3:* on * for the role", async () => {
      assert.deepEqual(
        await mutated("aws:iam/rolePolicy:RolePolicy", "policy", () => ({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
        })),
        ["no-s3-full-access", "resizer-least-privilege"],
      );
    });

    it("are refused with PutObject on bucket/*", async () => {
      const bucket = String(only("aws:s3/bucket:Bucket").outputs.arn);
      const policy = only("aws:iam/rolePolicy:RolePolicy").inputs.policy as { Statement: { Action: string[] }[] };
      const write = policy.Statement.findIndex(({ Action }) => Action.includes("s3:PutObject"));
      assert.deepEqual(
        await mutated("aws:iam/rolePolicy:RolePolicy", `policy.Statement.${write}.Resource`, () => [`${bucket}/*`]),
        ["resizer-least-privilege"],
      );
    });

    it("are refused with DeleteObject or ListBucket for the role", async () => {
      for (const [action, resource] of [
        ["s3:DeleteObject", "/*/640w/*"],
        ["s3:ListBucket", ""],
      ] as const) {
        const bucket = String(only("aws:s3/bucket:Bucket").outputs.arn);
        assert.deepEqual(
          await mutated("aws:iam/rolePolicy:RolePolicy", "policy.Statement.0", () => ({
            Effect: "Allow",
            Action: [action],
            Resource: [`${bucket}${resource}`],
          })),
          ["resizer-least-privilege"],
        );
      }
    });

    it("are refused with s3:PutObject for everybody", async () => {
      const policy = only("aws:s3/bucketPolicy:BucketPolicy").inputs.policy as { Statement: { Effect: string }[] };
      const read = policy.Statement.findIndex(({ Effect }) => Effect === "Allow");
      assert.deepEqual(
        await mutated("aws:s3/bucketPolicy:BucketPolicy", `policy.Statement.${read}.Action`, () => [
          "s3:GetObject",
          "s3:PutObject",
        ]),
        ["no-public-write"],
      );
    });

    it("are refused with public ACLs or without ownership enforced", async () => {
      const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
      assert.deepEqual(await mutated(block, "blockPublicAcls", () => false), ["no-public-write"]);
      assert.deepEqual(await mutated(block, "ignorePublicAcls", () => undefined), ["no-public-write"]);
      assert.deepEqual(
        await mutated(
          "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
          "rule.objectOwnership",
          () => "ObjectWriter",
        ),
        ["no-public-write"],
      );
    });

    it("are refused with an access key, a user, or a secret in the environment", async () => {
      assert.deepEqual(await added("aws:iam/accessKey:AccessKey", { user: "resizer" }), ["no-static-credentials"]);
      assert.deepEqual(await added("aws:iam/user:User", { tags: TAGS }), ["no-static-credentials"]);
      for (const name of ["AWS_KEY", "AWS_SECRET"]) {
        assert.deepEqual(await mutated("aws:lambda/function:Function", `environment.variables.${name}`, () => "x"), [
          "no-static-credentials",
        ]);
      }
    });

    it("are refused with a TTL that keeps redirects", async () => {
      const policy = "aws:cloudfront/cachePolicy:CachePolicy";
      const cdn = "aws:cloudfront/distribution:Distribution";
      assert.deepEqual(await mutated(policy, "minTtl", () => 1), ["no-redirect-loop"]);
      assert.deepEqual(await mutated(policy, "defaultTtl", () => undefined), ["no-redirect-loop"]);
      assert.deepEqual(await mutated(cdn, "orderedCacheBehaviors.0.defaultTtl", () => 60), ["no-redirect-loop"]);
      assert.deepEqual(await mutated(cdn, "defaultCacheBehavior.cachePolicyId", () => undefined), ["no-redirect-loop"]);
    });

    it("are refused with a routing rule that goes wrong", async () => {
      const website = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
      for (const [path, to] of [
        ["redirect.httpRedirectCode", "301"],
        ["redirect.protocol", "http"],
        ["redirect.hostName", "example.com"],
        ["redirect.hostName", undefined],
        ["condition.httpErrorCodeReturnedEquals", "403"],
      ] as const) {
        assert.deepEqual(await mutated(website, `routingRules.0.${path}`, () => to), ["no-redirect-loop"], path);
      }
    });

    it("are refused without a throttle number", async () => {
      const stage = "aws:apigatewayv2/stage:Stage";
      assert.deepEqual(await mutated(stage, "defaultRouteSettings.throttlingRateLimit", () => undefined), [
        "api-throttled",
      ]);
      assert.deepEqual(await mutated(stage, "defaultRouteSettings.throttlingBurstLimit", () => undefined), [
        "api-throttled",
      ]);
    });

    it("are refused with a function that is too small, or packed for another architecture", async () => {
      const lambda = "aws:lambda/function:Function";
      assert.deepEqual(await mutated(lambda, "memorySize", () => 128), ["image-function-sized"]);
      assert.deepEqual(await mutated(lambda, "timeout", () => 30), ["image-function-sized"]);
      assert.deepEqual(await mutated(lambda, "architectures", () => ["x86_64"]), ["image-function-sized"]);
      assert.deepEqual(await mutated(lambda, "runtime", () => "nodejs20.x"), ["image-function-sized"]);
    });

    it("are refused with an allow-list that is gone or not one", async () => {
      const lambda = "aws:lambda/function:Function";
      for (const allowList of [undefined, { sizes: ["9000w"] }, { sizes: "any", maxDimension: 4096 }]) {
        const settings = JSON.stringify({ maxInputBytes: 1, allowList });
        assert.deepEqual(await mutated(lambda, "environment.variables.SETTINGS", () => settings), [
          "size-allow-list-bounded",
        ]);
      }
    });

    it("are refused over plain HTTP", async () => {
      assert.deepEqual(
        await mutated(
          "aws:cloudfront/distribution:Distribution",
          "orderedCacheBehaviors.1.viewerProtocolPolicy",
          () => "allow-all",
        ),
        ["cdn-https-only"],
      );
    });

    it("are refused without encryption", async () => {
      const encryption = only("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
      assert.deepEqual(await violated(resources.filter((resource) => resource !== encryption)), ["bucket-encrypted"]);
    });

    it("are warned about without tags, and with logs for ever", async () => {
      assert.deepEqual(await mutated("aws:s3/bucket:Bucket", "tags", () => undefined), ["required-tags"]);
      assert.deepEqual(await added("aws:cloudwatch/logGroup:LogGroup", { tags: TAGS }), ["logs-expire"]);
    });
  });
}

/** As `changed`, for properties that hold assets: only what the path goes through is copied. */
function changedAt(properties: Properties, path: string, to: unknown): Properties {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) return shallow(properties, key, to);
  return shallow(properties, key, changed({ value: properties[key] }, ["value", ...rest].join("."), to).value);
}

function shallow(properties: Properties, key: string, to: unknown): Properties {
  const others = Object.entries(properties).filter(([name]) => name !== key);
  return Object.fromEntries(to === undefined ? others : [...others, [key, to]]);
}
