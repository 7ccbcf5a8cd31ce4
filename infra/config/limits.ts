import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import {
  BUCKET_NAME,
  bucketArn,
  defaultBucketName,
  functionLogGroup,
  functionName,
  purgeFunctionName,
  purgeQueueName,
  purgeRuleName,
  queueArn,
  trailBucketName,
} from "../names";
import { invalidationPolicy, purgePolicy } from "../purge/policy";
import { MAX_INLINE_POLICY_CHARACTERS, resizerPolicy } from "../resizer/policy";

// What AWS would reject of names and policies that are built from the config, in one sentence each.

/** An account id and the longest partition and region, for lengths that must be known before AWS is asked. */
const SOME_ACCOUNT = "123456789012";
const LONGEST_PARTITION = "aws-us-gov";
const LONGEST_REGION = "ap-southeast-10";

/** Names in API Gateway and Lambda allow these characters, and no dots as Pulumi does. */
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function bucketNameProblem({ bucket }: StackConfig): string | undefined {
  const name = bucketNameOf(bucket);
  if (BUCKET_NAME.test(name)) return undefined;
  return `bucket.name is missing and S3 does not allow the default name ${name}: allowed is a bucket.name of your own`;
}

export function trailNameProblem({ bucket }: StackConfig): string | undefined {
  const name = trailBucketName(pulumi.getProject(), pulumi.getStack(), SOME_ACCOUNT);
  if (!bucket.auditTrail || BUCKET_NAME.test(name)) return undefined;
  return (
    `bucket.auditTrail is true and the bucket of its records would be named ${name}, which S3 does not allow: allowed are ` +
    "shorter project and stack names, or bucket.auditTrail: false"
  );
}

export function functionNameProblem({ bucket }: StackConfig): string | undefined {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  // The longest of the names; EventBridge's are as long as Lambda's at the most.
  const longest = bucket.purgeOnChange ? purgeRuleName(project, stack) : functionName(project, stack);
  if (PLAIN_NAME.test(longest)) return undefined;
  return (
    `${bucket.purgeOnChange ? "the rule" : "the function"} would be named ${longest}: allowed are project and stack names ` +
    "that make it at most 64 letters, digits, hyphens and underscores"
  );
}

/** The roles' policies spell out every spec, and IAM limits their length. */
export function policyProblem(config: StackConfig): string | undefined {
  const length = Math.max(resizerPolicyLength(config), config.bucket.purgeOnChange ? purgePolicyLength(config) : 0);
  if (length <= MAX_INLINE_POLICY_CHARACTERS) return undefined;
  return (
    `sizes has ${config.sizes.length} sizes in ${1 + config.formats.length} formats, a role policy of ${length} characters: ` +
    `allowed is ${MAX_INLINE_POLICY_CHARACTERS} (IAM's limit), so fewer sizes or formats, or a shorter bucket.name`
  );
}

function resizerPolicyLength({ allowList, bucket, operations }: StackConfig): number {
  return lengthOf(
    resizerPolicy({
      bucketArn: bucketArn(LONGEST_PARTITION, bucketNameOf(bucket)),
      logGroupArn: logGroupArn(functionName(pulumi.getProject(), pulumi.getStack())),
      allowList,
      tagVariants: bucket.variantExpiryDays !== undefined,
      tracing: operations.tracing,
    }),
  );
}

/** A role's inline policies count together. */
function purgePolicyLength({ allowList, bucket, operations }: StackConfig): number {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const queueArns = (["now", "again"] as const).map((which) =>
    queueArn(LONGEST_PARTITION, LONGEST_REGION, SOME_ACCOUNT, purgeQueueName(project, stack, which)),
  );
  const policy = purgePolicy({
    bucketArn: bucketArn(LONGEST_PARTITION, bucketNameOf(bucket)),
    logGroupArn: logGroupArn(purgeFunctionName(project, stack)),
    queueArns,
    allowList,
    tracing: operations.tracing,
  });
  const distributionArn = `arn:${LONGEST_PARTITION}:cloudfront::${SOME_ACCOUNT}:distribution/E123456789ABCD`;
  return lengthOf(policy) + lengthOf(invalidationPolicy(distributionArn));
}

function bucketNameOf({ name }: StackConfig["bucket"]): string {
  return name ?? defaultBucketName(pulumi.getProject(), pulumi.getStack(), SOME_ACCOUNT);
}

function logGroupArn(name: string): string {
  return `arn:${LONGEST_PARTITION}:logs:${LONGEST_REGION}:${SOME_ACCOUNT}:log-group:${functionLogGroup(name)}`;
}

function lengthOf(policy: object): number {
  return JSON.stringify(policy).length;
}
