import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

const NAME = "image-resizer-dev-123456789012";
const ARN = `arn:aws:s3:::${NAME}`;

describe("ImageBucket", () => {
  let dev: Registered;
  let prod: Registered;

  before(async () => {
    dev = await register({ stack: "dev" });
    // Without the trail, which has a bucket of its own.
    prod = await register({ stack: "prod", config: { "bucket.auditTrail": false } });
  });

  it("is named for project, stack and account, or as the stack says", async () => {
    assert.equal(dev.one("Bucket").inputs.bucket, NAME);
    assert.equal(prod.one("Bucket").inputs.bucket, "image-resizer-prod-123456789012");
    const named = await register({ stack: "dev", config: { "bucket.name": "photographs" } });
    assert.equal(named.one("Bucket").inputs.bucket, "photographs");
    assert.equal(named.one("BucketWebsiteConfiguration").inputs.bucket, "photographs");
  });

  it("is protected where the stack says so", () => {
    assert.equal(dev.one("Bucket").options.protect, false);
    assert.equal(prod.one("Bucket").options.protect, true);
  });

  it("is emptied when it is deleted only where the stack says so in words", async () => {
    const keeping = await register({ stack: "dev", config: { "bucket.forceDestroy": false } });
    for (const { run } of [dev, prod, keeping]) {
      for (const { inputs, name } of run.resources) assert.equal("forceDestroy" in inputs, false, name);
    }
    const deleting = await register({ stack: "dev", config: { "bucket.forceDestroy": true } });
    assert.equal(deleting.one("Bucket").inputs.forceDestroy, true);
  });

  it("lets everybody read objects, and nobody write without TLS", () => {
    assert.deepEqual(dev.one("BucketPolicy").inputs, {
      bucket: NAME,
      policy: {
        Version: "2012-10-17",
        Statement: [
          { Sid: "ReadObjects", Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [`${ARN}/*`] },
          {
            Sid: "DenyWritesWithoutTls",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:Put*", "s3:Delete*", "s3:AbortMultipartUpload", "s3:RestoreObject"],
            Resource: [ARN, `${ARN}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    });
  });

  it("blocks ACLs, and lifts the block of public policies before the policy is set", () => {
    assert.deepEqual(dev.one("BucketPublicAccessBlock").inputs, {
      bucket: NAME,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: false,
      restrictPublicBuckets: false,
    });
    assert.deepEqual(dev.one("BucketPolicy").options.dependsOn, ["images-public-access"]);
    assert.deepEqual(dev.one("BucketOwnershipControls").inputs.rule, { objectOwnership: "BucketOwnerEnforced" });
  });

  it("is encrypted and versioned", () => {
    assert.deepEqual(dev.one("BucketServerSideEncryptionConfiguration").inputs.rules, [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    assert.deepEqual(dev.one("BucketVersioning").inputs.versioningConfiguration, { status: "Enabled" });
  });

  it("expires failed uploads and old versions, and variants where the stack says so", () => {
    const common = [
      {
        id: "failed-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
      {
        id: "old-versions",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ];
    const variants = {
      id: "variants",
      status: "Enabled",
      filter: { tag: { key: "image-resizer", value: "variant" } },
      expiration: { days: 30 },
    };
    assert.deepEqual(prod.one("BucketLifecycleConfiguration").inputs.rules, common);
    assert.deepEqual(dev.one("BucketLifecycleConfiguration").inputs.rules, [...common, variants]);
    assert.deepEqual(dev.one("BucketLifecycleConfiguration").options.dependsOn, ["images-versioning"]);
  });
});
