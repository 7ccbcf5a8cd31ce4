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
/** Properties of a bucket and of a BucketV2, and of their rules. */
const INLINE = ["serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations"];
const DEFAULTS = ["applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults"];
const OTHERS = ["blockedEncryptionTypes", "bucketKeyEnabled"];
const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/**
 * Every bucket has its encryption in the program. Advisory, because S3 encrypts every object without it, too (S3 user
 * guide, "Setting default server-side encryption behavior"); what the provider reports of that counts.
 */
export const bucketEncrypted = stackRule(
  {
    name: "bucket-encrypted",
    description: "A bucket has server-side encryption in the program, where a change of it shows.",
    severity: "medium",
    enforcementLevel: "advisory",
    remediationSteps: "Add a BucketServerSideEncryptionConfiguration with AES256 or aws:kms.",
  },
  {},
  (resources, report) => {
    const configurations = resources.filter(({ type }) => CONFIGURATIONS.includes(type));
    const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
    const configured = new Set(configurations.flatMap((one) => linked(one, "bucket", buckets)));
    checkAll([
      ...configurations.map((configuration) => () => {
        checkRules(configuration, propertyOf(configuration.props, "rules"), report);
      }),
      ...buckets.map((bucket) => () => {
        const inline = INLINE.flatMap((property) => listOf(inputOf(bucket, property)));
        if (inline.length > 0) checkRules(bucket, inline.flatMap(rulesOf), report);
        else if (!configured.has(bucket)) {
          const fix = "Add a BucketServerSideEncryptionConfiguration";
          report(bucket, "has no server-side encryption in the program", fix);
        }
      }),
    ]);
  },
);

/** A bucket has one `rule`, a BucketV2 a list of `rules`. */
function rulesOf(configuration: Json): readonly Json[] {
  return [...listOf(propertyOf(configuration, "rule")), ...listOf(propertyOf(configuration, "rules"))];
}

function checkRules(resource: PolicyResource, rules: Json, report: StackReport): void {
  const algorithms = listOf(rules).flatMap((rule): readonly Json[] => {
    const defaults = DEFAULTS.flatMap((property) => listOf(propertyOf(rule, property)));
    // A rule for something else leaves S3's own default.
    if (defaults.length === 0 && OTHERS.some((property) => !isAbsent(propertyOf(rule, property)))) return ["AES256"];
    return defaults.length === 0 ? [undefined] : defaults.map((one) => propertyOf(one, "sseAlgorithm"));
  });
  const isKnown = (algorithm: Json) => typeof algorithm === "string" && ALGORITHMS.includes(algorithm);
  if (algorithms.length > 0 && algorithms.every(isKnown)) return;
  const odd = algorithms.find((algorithm) => !isKnown(algorithm));
  report(
    resource,
    isAbsent(odd) ? "has no sseAlgorithm" : `encrypts with ${shown(odd)}`,
    `Set sseAlgorithm to ${ALGORITHMS.join(", ")}`,
  );
}
