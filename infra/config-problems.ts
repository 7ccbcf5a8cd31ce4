import * as pulumi from "@pulumi/pulumi";
import { fitsWithin, FORMATS, isFormat, listSpecs, parseSize } from "../functions/variant-key";
import { allowedSizes } from "./allowed-sizes";
import type { StackConfig } from "./config";
import {
  bucketArn,
  defaultBucketName,
  functionLogGroup,
  functionName,
  purgeFunctionName,
  purgeQueueName,
  purgeRuleName,
  queueArn,
  trailBucketName,
} from "./names";
import { invalidationPolicy, purgePolicy } from "./purge-policy";
import { MAX_INLINE_POLICY_CHARACTERS, resizerPolicy } from "./resizer-policy";

/** What S3 takes as the name of a bucket (S3 user guide, "Bucket naming rules"), without dots: TLS has no wildcard for them. */
export const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3|--table-s3)$/;

/** An account id and the longest partition and region, for lengths that must be known before AWS is asked. */
const SOME_ACCOUNT = "123456789012";
const LONGEST_PARTITION = "aws-us-gov";
const LONGEST_REGION = "ap-southeast-10";

/** Names in API Gateway and Lambda allow these characters, and no dots as Pulumi does. */
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,64}$/;

type Sizes = Pick<StackConfig, "sizes" | "allowUnlistedSizes" | "maxDimension">;

/** What is wrong with the allow-list of sizes, one sentence a problem. */
export function sizeProblems({ sizes, allowUnlistedSizes, maxDimension }: Sizes): string[] {
  if (sizes.length === 0 && !allowUnlistedSizes) {
    return [
      "sizes is []: allowed is a list of at least one size such as 360x270, 640w or 480h, or allowUnlistedSizes: true",
    ];
  }
  const wrong = sizes.flatMap((text) => {
    const size = parseSize(text);
    if (!size) return [`sizes has ${text}: allowed is WxH, Ww or Hh in whole pixels, without leading zeros`];
    if (!fitsWithin(size, maxDimension))
      return [`sizes has ${text}: allowed is a side of 1 to ${maxDimension} (maxDimension)`];
    return [];
  });
  return [...wrong, ...duplicates("sizes", sizes)];
}

/** What is wrong with the list of formats. */
export function formatProblems(formats: readonly string[]): string[] {
  const wrong = formats.filter((format) => !isFormat(format));
  return [
    ...wrong.map((format) => `formats has ${format}: allowed is ${FORMATS.join(", ")}`),
    ...duplicates("formats", formats),
  ];
}

/** What AWS would refuse about the names that are made of the project's and the stack's. */
export function nameProblems({
  bucketName,
  auditTrail,
  freshVariants,
}: Pick<StackConfig, "bucketName" | "auditTrail" | "freshVariants">): string[] {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const problems: string[] = [];
  const name = bucketName === "" ? defaultBucketName(project, stack, SOME_ACCOUNT) : bucketName;
  if (!BUCKET_NAME.test(name)) {
    problems.push(
      `bucketName is empty and the default name ${name} is none that S3 takes: allowed is a bucketName of the stack's own`,
    );
  }
  const records = trailBucketName(project, stack, SOME_ACCOUNT);
  if (auditTrail && !BUCKET_NAME.test(records)) {
    problems.push(
      `auditTrail is true and the bucket of its records would be named ${records}, which S3 does not take: allowed are ` +
        "shorter project and stack names, or auditTrail: false",
    );
  }
  // The longest of the names; EventBridge's are as long as Lambda's at the most.
  const longest = freshVariants ? purgeRuleName(project, stack) : functionName(project, stack);
  if (!PLAIN_NAME.test(longest)) {
    problems.push(
      `${freshVariants ? "the rule" : "the function"} would be named ${longest}: allowed are project and stack names that make it ` +
        "at most 64 letters, digits, hyphens and underscores",
    );
  }
  return problems;
}

/** Whether the roles' policies, which spell out every spec, stay within what IAM takes. */
export function policyProblems(config: StackConfig): string[] {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const place = {
    bucketArn: bucketArn(
      LONGEST_PARTITION,
      config.bucketName === "" ? defaultBucketName(project, stack, SOME_ACCOUNT) : config.bucketName,
    ),
    logGroupArn: `arn:${LONGEST_PARTITION}:logs:${LONGEST_REGION}:${SOME_ACCOUNT}:log-group:`,
  };
  const resizer = resizerPolicy({
    ...place,
    logGroupArn: place.logGroupArn + functionLogGroup(functionName(project, stack)),
    sizes: allowedSizes(config),
    formats: config.formats,
    tagVariants: config.variantExpiryDays > 0,
    tracing: config.tracing,
  });
  const queues = (["now", "again"] as const).map((which) =>
    queueArn(LONGEST_PARTITION, LONGEST_REGION, SOME_ACCOUNT, purgeQueueName(project, stack, which)),
  );
  const purge = purgePolicy({
    ...place,
    logGroupArn: place.logGroupArn + functionLogGroup(purgeFunctionName(project, stack)),
    queueArns: queues,
    specs: listSpecs(config.sizes, config.formats),
    tracing: config.tracing,
  });
  const invalidation = invalidationPolicy(
    `arn:${LONGEST_PARTITION}:cloudfront::${SOME_ACCOUNT}:distribution/E123456789ABCD`,
  );
  const length = Math.max(
    lengthOf(resizer),
    // A role's inline policies count together.
    config.freshVariants ? lengthOf(purge) + lengthOf(invalidation) : 0,
  );
  if (length <= MAX_INLINE_POLICY_CHARACTERS) return [];
  return [
    `sizes has ${config.sizes.length} sizes in ${1 + config.formats.length} formats, a role policy of ${length} characters: ` +
      `allowed is ${MAX_INLINE_POLICY_CHARACTERS} (IAM's limit), so fewer sizes or formats, or a shorter bucketName`,
  ];
}

function lengthOf(policy: object): number {
  return JSON.stringify(policy).length;
}

function duplicates(key: string, values: readonly string[]): string[] {
  const repeated = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [...repeated].map((value) => `${key} has ${value} more than once: allowed is each once`);
}
