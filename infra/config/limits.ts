import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { arnOf, BUCKET_NAME, namesOf, type Place } from "../names";
import { invalidationPolicy, purgePolicy } from "../purge/policy";
import { MAX_INLINE_POLICY_CHARACTERS, resizerPolicy } from "../resizer/policy";

// Problems with names and policies that are built from the config, which AWS would report during a deployment.

/** An account id and the longest partition and region, for lengths that must be known before AWS is asked. */
const LONGEST_PLACE: Place = { accountId: "123456789012", partition: "aws-us-gov", region: "ap-southeast-10" };

/** Names in API Gateway and Lambda allow these characters, and no dots as Pulumi does. */
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function bucketNameProblem(config: StackConfig): string | undefined {
  const name = bucketNameOf(config);
  if (BUCKET_NAME.test(name)) return undefined;
  return `bucket.name is missing and S3 does not allow the default name ${name}: allowed is a bucket.name of your own`;
}

export function trailNameProblem({ bucket }: StackConfig): string | undefined {
  const name = names().trailBucket(LONGEST_PLACE);
  if (!bucket.auditTrail || BUCKET_NAME.test(name)) return undefined;
  return (
    `bucket.auditTrail is true and the bucket of its records would be named ${name}, which S3 does not allow: allowed are ` +
    "shorter project and stack names, or bucket.auditTrail: false"
  );
}

export function functionNameProblem({ bucket }: StackConfig): string | undefined {
  // The longest of the names; EventBridge's are as long as Lambda's at the most.
  const longest = bucket.purgeOnChange ? names().purgeRule : names().resizer;
  if (PLAIN_NAME.test(longest)) return undefined;
  return (
    `${bucket.purgeOnChange ? "the rule" : "the function"} would be named ${longest}: allowed are project and stack names ` +
    "that make it at most 64 letters, digits, hyphens and underscores"
  );
}

/** The roles' policies spell out every spec, and IAM limits their length. */
export function policyProblem(config: StackConfig): string | undefined {
  const { allowList, bucket, operations } = config;
  const args = { names: names(), bucketName: bucketNameOf(config), allowList, tracing: operations.tracing };
  const resizer = resizerPolicy(LONGEST_PLACE, { ...args, tagVariants: bucket.variantExpiryDays !== undefined });
  const distributionArn = arnOf(LONGEST_PLACE, "cloudfront", "distribution/E123456789ABCD");
  // A role's inline policies count together.
  const purge = [purgePolicy(LONGEST_PLACE, args), invalidationPolicy(distributionArn)];
  const length = Math.max(lengthOf(resizer), bucket.purgeOnChange ? lengthOf(...purge) : 0);
  if (length <= MAX_INLINE_POLICY_CHARACTERS) return undefined;
  return (
    `sizes has ${config.sizes.length} sizes in ${1 + config.formats.length} formats, a role policy of ${length} characters: ` +
    `allowed is ${MAX_INLINE_POLICY_CHARACTERS} (IAM's limit), so fewer sizes or formats, or a shorter bucket.name`
  );
}

function names() {
  return namesOf(pulumi.getProject(), pulumi.getStack());
}

function bucketNameOf({ bucket }: StackConfig): string {
  return bucket.name ?? names().bucket(LONGEST_PLACE);
}

function lengthOf(...policies: object[]): number {
  return policies.reduce((sum, policy) => sum + JSON.stringify(policy).length, 0);
}
