import type { PolicyResource } from "@pulumi/policy";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../kit/json";
import { givenOf } from "../kit/given";
import { linked } from "../kit/links";
import { type StackReport, stackRule } from "../kit/rule";
import { judgeAll } from "../kit/unknown";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const CONFIGURATIONS = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];
const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/** Every bucket says how it is encrypted. */
export const bucketEncrypted = stackRule(
  {
    name: "bucket-encrypted",
    description: "A bucket has server-side encryption in the program, where a change of it shows.",
    severity: "medium",
    enforcementLevel: "mandatory",
    remediationSteps: "Add a BucketServerSideEncryptionConfiguration with AES256 or aws:kms.",
  },
  {},
  (resources, report) => {
    const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
    const configurations = resources.filter(({ type }) => CONFIGURATIONS.includes(type));
    judgeAll([
      ...configurations.map((configuration) => () => {
        judgeRules(configuration, propertyOf(configuration.props, "rules"), report);
      }),
      ...buckets.map((bucket) => () => {
        const inline = givenOf(bucket, "serverSideEncryptionConfiguration");
        if (!isAbsent(inline)) judgeRules(bucket, propertyOf(inline, "rule") ?? propertyOf(inline, "rules"), report);
        else if (!configurations.some((one) => linked(one, "bucket", [bucket]).length > 0)) {
          report(
            bucket,
            "has no server-side encryption in the program",
            "Add a BucketServerSideEncryptionConfiguration",
          );
        }
      }),
    ]);
  },
);

function judgeRules(resource: PolicyResource, rules: Json, report: StackReport): void {
  const algorithms = listOf(rules).map((rule) =>
    propertyOf(propertyOf(rule, "applyServerSideEncryptionByDefault"), "sseAlgorithm"),
  );
  const odd = algorithms.find((algorithm) => typeof algorithm !== "string" || !ALGORITHMS.includes(algorithm));
  if (algorithms.length === 0 || odd !== undefined || algorithms.includes(undefined)) {
    report(resource, `encrypts with ${shown(odd)}`, `Set sseAlgorithm to ${ALGORITHMS.join(", ")}`);
  }
}
