import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

const IMAGES = "arn:aws:s3:::image-resizer-prod-123456789012";
const RECORDS = "image-resizer-prod-123456789012-trail";
const TAGS = { Project: "image-resizer", Stack: "prod", ManagedBy: "Pulumi", CostCentre: "web-shop" };

describe("AuditTrail", () => {
  let prod: Registered;

  before(async () => {
    prod = await register({ stack: "prod" });
  });

  it("records writes to the bucket's objects and nothing else, in files that can be validated", () => {
    assert.deepEqual(prod.one("Trail").inputs, {
      name: "image-resizer-prod",
      s3Bucket: { existing: { arn: `arn:aws:s3:::${RECORDS}` } },
      advancedEventSelectors: [
        {
          name: "Writes to objects",
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::S3::Object"] },
            { field: "readOnly", equals: ["false"] },
            { field: "resources.ARN", startsWiths: [`${IMAGES}/`] },
          ],
        },
      ],
      enableLogFileValidation: true,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: false,
      tags: TAGS,
    });
    assert.equal(prod.one("Trail").type, "awsx:cloudtrail:Trail");
    assert.equal(prod.one("Trail").options.parent, "audit");
  });

  it("keeps the records in a private, encrypted bucket of their own, as long as logs are kept", () => {
    assert.deepEqual(prod.named("Bucket", "audit-logs").inputs, { bucket: RECORDS, tags: TAGS });
    assert.deepEqual(prod.named("BucketPublicAccessBlock", "audit-logs-public-access").inputs, {
      bucket: RECORDS,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(prod.named("BucketOwnershipControls", "audit-logs-ownership").inputs, {
      bucket: RECORDS,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    assert.deepEqual(prod.named("BucketServerSideEncryptionConfiguration", "audit-logs-encryption").inputs, {
      bucket: RECORDS,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    assert.deepEqual(prod.named("BucketLifecycleConfiguration", "audit-logs-lifecycle").inputs, {
      bucket: RECORDS,
      rules: [{ id: "records", status: "Enabled", filter: { prefix: "" }, expiration: { days: 90 } }],
    });
  });

  it("leaves the records when the stack goes, as private as they were", () => {
    const ofRecords = prod.run.resources.filter(({ inputs }) => inputs.bucket === RECORDS);
    assert.equal(ofRecords.length, 5);
    for (const { name, options } of ofRecords) {
      assert.deepEqual(
        { name, ...options },
        { name, parent: "audit", dependsOn: [], protect: false, retainOnDelete: true },
      );
    }
  });

  it("watches an adopted bucket by its own name", async () => {
    const stack = await register({
      stack: "dev",
      config: { "bucket.auditTrail": true, "bucket.adopt": true, "bucket.name": "our-photographs" },
    });
    const [selector] = stack.one("Trail").inputs.advancedEventSelectors as { fieldSelectors: unknown[] }[];
    assert.deepEqual(selector?.fieldSelectors.at(-1), {
      field: "resources.ARN",
      startsWiths: ["arn:aws:s3:::our-photographs/"],
    });
  });

  it("is known in a preview", async () => {
    const preview = await register({ stack: "prod", preview: true });
    assert.deepEqual(preview.one("Trail").inputs, prod.one("Trail").inputs);
    const names = (of: Registered) => of.all("Bucket").map(({ inputs }) => inputs.bucket);
    assert.deepEqual(names(preview), names(prod));
  });

  it("is nothing of a stack without it", async () => {
    const { run } = await register({ stack: "dev" });
    assert.deepEqual(
      run.resources.filter(({ type }) => type.includes("Trail")),
      [],
    );
  });
});
