import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type RegisteredResource, runProgram } from "@image-resizer/lib/program";
import { checkStack, type Subject } from "@image-resizer/policy-check/check-stack";
import { rules } from "../../policy/rules";
import { changed, resource } from "./support/check";

const RECORDS = "image-resizer-prod-trail-1a2b3c4";
const TAGS = { Project: "image-resizer", Stack: "prod" };

/** Lists the violations as `rule resource`. */
async function violations(subjects: readonly Subject[]): Promise<string[]> {
  const results = await checkStack(rules, subjects);
  return results.flatMap(({ rule, violations: found }) =>
    found.map((text) => `${rule.name} ${/"([^"]+)"/.exec(text)?.[1] ?? ""}`),
  );
}

/** Children of awsx's trail, which only the engine creates: the policy of the bucket for records, and the trail. */
const CHILDREN = [
  resource(
    "aws:s3/bucketPolicy:BucketPolicy",
    {
      bucket: RECORDS,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AWSCloudTrailAclCheck",
            Effect: "Allow",
            Principal: { Service: "cloudtrail.amazonaws.com" },
            Action: ["s3:GetBucketAcl"],
            Resource: [`arn:aws:s3:::${RECORDS}`],
          },
          {
            Sid: "AWSCloudTrailWrite",
            Effect: "Allow",
            Principal: { Service: "cloudtrail.amazonaws.com" },
            Action: ["s3:PutObject"],
            Resource: [`arn:aws:s3:::${RECORDS}/*`],
            Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
          },
        ],
      }),
    },
    "audit",
  ),
  resource(
    "aws:cloudtrail/trail:Trail",
    { name: "image-resizer-prod", s3BucketName: RECORDS, enableLogFileValidation: true, tags: TAGS },
    "audit",
  ),
];

describe("the pack, with a trail of awsx's in the stack", () => {
  let resources: readonly RegisteredResource[];
  before(async () => {
    resources = (await runProgram({ stack: "prod" })).resources;
  });

  it("accepts the program's own, with what awsx adds to it", async () => {
    assert.ok(resources.some(({ type }) => type === "awsx:cloudtrail:Trail"));
    assert.deepEqual(await violations([...resources, ...CHILDREN]), []);
  });

  it("rejects the bucket that awsx creates by default: its encryption and tags are in no program", async () => {
    const made = resource("aws:s3/bucket:Bucket", { bucket: "audit-1a2b3c4", forceDestroy: true }, "audit");
    assert.deepEqual(await violations([...resources, ...CHILDREN, made]), [
      "bucket-encrypted audit",
      "required-tags audit",
    ]);
  });

  it("rejects the records' bucket without its encryption", async () => {
    const without = resources.filter(({ name }) => name !== "audit-logs-encryption");
    assert.deepEqual(await violations([...without, ...CHILDREN]), ["bucket-encrypted image-resizer-prod-trail"]);
  });

  it("rejects records that everybody may write", async () => {
    const [policy, trail] = CHILDREN;
    assert.ok(policy && trail);
    const open = changed(
      policy,
      "inputs.policy",
      String(policy.inputs.policy).replaceAll('{"Service":"cloudtrail.amazonaws.com"}', '"*"'),
    );
    const found = await violations([...resources, open, trail]);
    assert.deepEqual([...new Set(found)], ["no-public-write audit"]);
  });
});

describe("the pack, with an adopted bucket and every part of a stack on", () => {
  const EVERY_PART_ON = {
    "bucket.adopt": true,
    "bucket.name": "our-photographs",
    "bucket.auditTrail": true,
    "cdn.domain": { name: "images.example.com", hostedZoneId: "Z0123456789" },
  };
  let resources: readonly RegisteredResource[];
  before(async () => {
    resources = (await runProgram({ stack: "dev", config: EVERY_PART_ON })).resources;
  });

  it("accepts it: encryption and tags of the bucket are its owner's", async () => {
    assert.deepEqual(await violations([...resources, ...CHILDREN]), []);
  });

  it("asks for the tags of one whose tags are the stack's, and reads the encryption of the one that is adopted", async () => {
    const bucket = resources.find(({ name }) => name === "images-adopted");
    assert.ok(bucket);
    const others = resources.filter((one) => one !== bucket);
    const mine = { ...bucket, options: { ...bucket.options, ignoreChanges: [] } };
    assert.deepEqual(await violations([...others, mine]), ["required-tags images-adopted"]);
    const unread = { ...bucket, outputs: bucket.inputs };
    assert.deepEqual(await violations([...others, unread]), ["bucket-encrypted images-adopted"]);
  });

  it("accepts a stack of it that fails over", async () => {
    const run = await runProgram({ stack: "prod", config: { ...EVERY_PART_ON, "cdn.delivery": "failover" } });
    assert.deepEqual(await violations([...run.resources, ...CHILDREN]), []);
  });
});
