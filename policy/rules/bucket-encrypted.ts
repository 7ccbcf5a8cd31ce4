import type { PolicyResource } from "@pulumi/policy";
import { inputOf, linked } from "../lib/links";
import { type StackReport, stackRule } from "../lib/rule";
import { checkAll } from "../lib/unknown";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../lib/values";
import { BUCKETS } from "../lib/website";

const CONFIGURATIONS = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];
const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/** Every bucket has its encryption in the program. */
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
    const configurations = resources.filter(({ type }) => CONFIGURATIONS.includes(type));
    checkAll([
      ...configurations.map((configuration) => () => {
        checkRules(configuration, propertyOf(configuration.props, "rules"), report);
      }),
      ...resources
        .filter(({ type }) => BUCKETS.includes(type))
        .map((bucket) => () => {
          const inline = inputOf(bucket, "serverSideEncryptionConfiguration");
          if (!isAbsent(inline)) checkRules(bucket, propertyOf(inline, "rule") ?? propertyOf(inline, "rules"), report);
          else if (!configurations.some((one) => linked(one, "bucket", [bucket]).length > 0)) {
            const fix = "Add a BucketServerSideEncryptionConfiguration";
            report(bucket, "has no server-side encryption in the program", fix);
          }
        }),
    ]);
  },
);

function checkRules(resource: PolicyResource, rules: Json, report: StackReport): void {
  const algorithms = listOf(rules).map((rule) =>
    propertyOf(propertyOf(rule, "applyServerSideEncryptionByDefault"), "sseAlgorithm"),
  );
  const isKnown = (algorithm: Json) => typeof algorithm === "string" && ALGORITHMS.includes(algorithm);
  if (algorithms.length > 0 && algorithms.every(isKnown)) return;
  const odd = algorithms.find((algorithm) => !isKnown(algorithm));
  report(
    resource,
    isAbsent(odd) ? "has no sseAlgorithm" : `encrypts with ${shown(odd)}`,
    `Set sseAlgorithm to ${ALGORITHMS.join(", ")}`,
  );
}
