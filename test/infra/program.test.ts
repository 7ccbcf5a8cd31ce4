import assert from "node:assert/strict";
import { awsCall, awsOutputs } from "@image-resizer/lib/aws-outputs";
import { runProgram } from "@image-resizer/lib/program";
import { register, type Registered } from "../support/program";

const CONTEXT = { accountId: "123456789012", region: "us-east-1" };

describe("the program", () => {
  for (const stack of ["dev", "prod"]) {
    it(`registers the whole of ${stack}`, async () => {
      const { run } = await register({ stack });
      const counts: Record<string, number> = {};
      for (const { type } of run.resources) counts[type] = (counts[type] ?? 0) + 1;
      // The trail's records have a bucket of their own.
      const buckets = stack === "prod" ? 2 : 1;
      assert.deepEqual(counts, {
        "pulumi:pulumi:Stack": 1,
        ...(stack === "prod"
          ? {
              "image-resizer:infra:EdgeFunction": 1,
              "aws:cloudfront/function:Function": 1,
              "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": 1,
              "image-resizer:infra:AuditTrail": 1,
              "awsx:cloudtrail:Trail": 1,
            }
          : {}),
        "image-resizer:infra:ImageBucket": 1,
        "image-resizer:infra:ImageCdn": 1,
        "image-resizer:infra:Resizer": 1,
        "image-resizer:infra:ResizeApi": 1,
        "image-resizer:infra:MissRouting": 1,
        "aws:s3/bucket:Bucket": buckets,
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": buckets,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": buckets,
        "aws:s3/bucketVersioning:BucketVersioning": 1,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": buckets,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": buckets,
        "aws:s3/bucketPolicy:BucketPolicy": 1,
        "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": 1,
        "aws:cloudfront/cachePolicy:CachePolicy": 1,
        "aws:cloudfront/distribution:Distribution": 1,
        "aws:cloudwatch/logGroup:LogGroup": 2,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:lambda/function:Function": 1,
        "aws:lambda/permission:Permission": 2,
        "aws:apigatewayv2/api:Api": 1,
        "aws:apigatewayv2/integration:Integration": 1,
        "aws:apigatewayv2/route:Route": 2,
        "aws:apigatewayv2/stage:Stage": 1,
      });
    });
  }

  it("exports what a person needs next", async () => {
    const { run } = await register({ stack: "dev" });
    assert.deepEqual(run.outputs, {
      cdnUrl: "https://d1p41knyaaw8le.cloudfront.net",
      apiUrl: "https://k28ihy1li5.execute-api.us-east-1.amazonaws.com/dev",
      bucketName: "image-resizer-dev-123456789012",
      websiteEndpoint: "http://image-resizer-dev-123456789012.s3-website-us-east-1.amazonaws.com",
      domainTarget: null,
      distributionId: "E2QWRUHEXAMPLE",
      sizes: ["200x150", "360x270", "640w"],
      allowList: { sizes: ["200x150", "360x270", "640w"], formats: [], maxDimension: 4096 },
      exampleUrl: "https://d1p41knyaaw8le.cloudfront.net/200x150/photo.jpg",
      alarmTopicArn: null,
      dashboardUrl: null,
    });
  });

  it("sends misses to the API with a rule that is made last", async () => {
    const dev = await register({ stack: "dev" });
    assert.deepEqual(dev.one("BucketWebsiteConfiguration").inputs, {
      bucket: "image-resizer-dev-123456789012",
      indexDocument: { suffix: "index.html" },
      routingRules: [
        {
          condition: { httpErrorCodeReturnedEquals: "404" },
          redirect: {
            protocol: "https",
            hostName: "k28ihy1li5.execute-api.us-east-1.amazonaws.com",
            httpRedirectCode: "307",
            replaceKeyPrefixWith: "dev/resizer?key=",
          },
        },
      ],
    });
  });

  it("tags everything that can be tagged", async () => {
    const { run } = await register({ stack: "prod" });
    const tagged = run.resources.filter(({ inputs }) => "tags" in inputs);
    assert.deepEqual(tagged.map(({ type }) => type.split(":").at(-1)).sort(), [
      "Api",
      "Bucket",
      "Bucket",
      "Distribution",
      "Function",
      "Function",
      "LogGroup",
      "LogGroup",
      "Role",
      "Stage",
      "Trail",
    ]);
    for (const { inputs, name } of tagged) {
      assert.deepEqual(
        inputs.tags,
        { Project: "image-resizer", Stack: "prod", ManagedBy: "Pulumi", CostCentre: "web-shop" },
        name,
      );
    }
  });

  for (const stack of ["dev", "prod"]) {
    it(`knows the bucket's name and every policy document in a preview of ${stack}`, async () => {
      const preview = await register({ stack, preview: true });
      const update = await register({ stack });
      for (const type of ["Bucket", "BucketPolicy", "BucketPublicAccessBlock", "CachePolicy"]) {
        const inputs = (of: Registered) => of.all(type).map((it) => it.inputs);
        assert.notDeepEqual(inputs(update), []);
        assert.deepEqual(inputs(preview), inputs(update));
      }
      assert.deepEqual(preview.one("RolePolicy").inputs.policy, update.one("RolePolicy").inputs.policy);
      assert.deepEqual(preview.one("Role").inputs, update.one("Role").inputs);
      assert.deepEqual(preview.one("Distribution").inputs.origins, update.one("Distribution").inputs.origins);
    });
  }

  it("registers nothing at all with a bad config", async () => {
    await assert.rejects(runProgram({ stack: "dev", config: { sizes: ["640"] } }), /sizes has 640/);
  });

  it("is run by name: an unknown stack is named, with those that there are", async () => {
    await assert.rejects(runProgram({ stack: "live" }), {
      message: 'there is no stack "live": Pulumi.<stack>.yaml exists for dev, prod',
    });
  });
});

describe("the mocks", () => {
  it("throw on a type or a call that they do not know", () => {
    assert.throws(
      () => awsOutputs("aws:s3/bucketAcl:BucketAcl", "acl", {}, CONTEXT),
      /knows no outputs of aws:s3\/bucketAcl/,
    );
    assert.throws(() => awsCall("aws:ec2/getVpc:getVpc", CONTEXT), /knows no result of aws:ec2\/getVpc/);
  });
});
