import assert from "node:assert/strict";
import { onlyFor } from "../../../infra/operations/audit-trail";
import { register, type Registered } from "../../support/program";

const RECORDS = "image-resizer-prod-trail-1a2b3c4";

describe("AuditTrail", () => {
  let prod: Registered;

  before(async () => {
    prod = await register({ stack: "prod" });
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

  it("lets no other trail write into its records, whatever form awsx gives the policy in", () => {
    const statement = (Action: string[], Condition?: object) => ({
      ...{ Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action },
      ...(Condition ? { Condition } : {}),
    });
    const policy = {
      Version: "2012-10-17",
      Statement: [
        statement(["s3:GetBucketAcl"]),
        statement(["s3:PutObject"], { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } }),
      ],
    };
    const trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/image-resizer-prod";
    for (const given of [policy, JSON.stringify(policy)]) {
      assert.deepEqual(JSON.parse(onlyFor(given, trail)), {
        Version: "2012-10-17",
        Statement: [
          statement(["s3:GetBucketAcl"], { StringEquals: { "aws:SourceArn": trail } }),
          statement(["s3:PutObject"], {
            StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail },
          }),
        ],
      });
    }
  });

  it("is known in a preview", async () => {
    const preview = await register({ stack: "prod", preview: true });
    assert.deepEqual(preview.one("Trail").inputs, prod.one("Trail").inputs);
    const names = (of: Registered) => of.all("Bucket").map(({ inputs }) => inputs.bucket);
    assert.deepEqual(names(preview), names(prod));
  });
});
