import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SettingsVariable } from "../../functions/purge/settings";
import type { AllowList } from "../../functions/variant-key";
import type { ImageCdn } from "../cdn/image-cdn";
import type { StackFacts } from "../names";
import { createLambdaFunction } from "../resizer/lambda-function";
import { invalidationPolicy, purgePolicy, sendPolicy } from "./policy";
import { PurgeQueues } from "./queues";

/** The function waits for S3 and CloudFront, and computes nothing. */
const MEMORY_MB = 256;
const TIMEOUT_SECONDS = 60;
/** Longest that S3 may take with a write that a resizer sent before its timeout, in seconds. */
const LATE_WRITE_SECONDS = 10;
/**
 * Most specs that a rule's pattern leaves out. EventBridge rejects a pattern that is "too complex", by a measure that it
 * does not document: its matcher, the open event-ruler, counts the wildcards that one text can be in the middle of. Of
 * patterns of this shape, a name between two wildcards, it has accepted three and rejected four
 * (github.com/vals-ai/Valkyrie/pull/278).
 */
export const MAX_LEFT_OUT_SPECS = 3;

export interface VariantPurgeArgs extends StackFacts {
  readonly bucketName: pulumi.Output<string>;
  readonly cdn: Pick<ImageCdn, "distributionId" | "distributionArn">;
  /** The function's package. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
}

/**
 * Deletes the variants of an original that is replaced or deleted, and their copies in the CDN.
 *
 * Each change is handled twice: immediately, so that the next client gets the new image; and when every resize that had
 * read the old original has ended, for what such a one wrote after the first time.
 */
export class VariantPurge extends pulumi.ComponentResource {
  constructor(name: string, args: VariantPurgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:VariantPurge", name, {}, opts);

    const queues = new PurgeQueues(
      `${name}-queue`,
      {
        names: args.names.purgeQueues,
        delaySeconds: args.config.resizer.timeout + LATE_WRITE_SECONDS,
        functionTimeout: TIMEOUT_SECONDS,
      },
      { parent: this },
    );
    const lambda = this.#createFunction(name, args);
    const rule = this.#createRule(name, args);
    // Logical names are parts of URNs: they stay as they are.
    this.#connect(`${name}-now`, rule, queues.immediate, lambda);
    this.#connect(`${name}-again`, rule, queues.delayed, lambda);

    this.registerOutputs();
  }

  #createFunction(name: string, args: VariantPurgeArgs): aws.lambda.Function {
    const { config, names, place, bucketName, cdn, code } = args;
    const { allowList, operations } = config;
    const keyInQuery = config.cdn.delivery === "failover";
    const settings = bucketName.apply((bucket): SettingsVariable => ({
      bucket,
      allowList,
      keyInQuery,
      ...(operations.monitoring ? { metrics: { namespace: names.project, stack: names.stack } } : {}),
    }));
    const policy = pulumi
      .all([place, bucketName])
      .apply(([where, bucket]) =>
        purgePolicy(where, { names, bucketName: bucket, allowList, tracing: operations.tracing }),
      );
    return createLambdaFunction(
      name,
      {
        functionName: names.purge,
        description: "Deletes the variants of an original that has changed",
        code,
        architecture: "arm64",
        memorySize: MEMORY_MB,
        timeout: TIMEOUT_SECONDS,
        variables: { SETTINGS: pulumi.jsonStringify(settings), DISTRIBUTION_ID: cdn.distributionId },
        // Two, so that a preview knows the whole of the one that could delete an original; the CDN has no ARN yet then.
        policies: { policy, "cdn-policy": cdn.distributionArn.apply(invalidationPolicy) },
        operations,
      },
      this,
    );
  }

  /** The bucket's events to EventBridge, and the rule that those of originals match. */
  #createRule(name: string, { config, names, bucketName }: VariantPurgeArgs): aws.cloudwatch.EventRule {
    new aws.s3.BucketNotification(`${name}-events`, { bucket: bucketName, eventbridge: true }, { parent: this });
    return new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        name: names.purgeRule,
        description: "Originals that are replaced or deleted",
        eventPattern: bucketName.apply((bucket) => JSON.stringify(originalChangesPattern(bucket, config.allowList))),
      },
      { parent: this },
    );
  }

  /** Sends the changes that the rule matches to a queue, and the queue's messages to the function. */
  #connect(name: string, rule: aws.cloudwatch.EventRule, queue: aws.sqs.Queue, lambda: aws.lambda.Function): void {
    const document = pulumi.all([queue.arn, rule.arn]).apply(([to, from]) => sendPolicy(to, from));
    const policy = new aws.sqs.QueuePolicy(
      `${name}-policy`,
      { queueUrl: queue.url, policy: pulumi.jsonStringify(document) },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      { rule: rule.name, arn: queue.arn },
      { parent: this, dependsOn: [policy] },
    );
    new aws.lambda.EventSourceMapping(
      name,
      {
        eventSourceArn: queue.arn,
        functionName: lambda.arn,
        batchSize: 10,
        maximumBatchingWindowInSeconds: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // The fewest that Lambda accepts, because CloudFront accepts invalidations slowly.
        scalingConfig: { maximumConcurrency: 2 },
      },
      { parent: this },
    );
  }
}

/**
 * Returns the event pattern of EventBridge that matches the changes of a bucket's originals. Variants are changes, too,
 * and the most frequent ones are left out here, where that costs nothing: those of the first sizes, in the format that
 * most clients get. The purge function ignores the rest, and variants of originals without a prefix.
 */
export function originalChangesPattern(bucketName: string, { sizes, formats }: AllowList) {
  const listed = sizes === "any" ? [] : sizes;
  const byFormat = [...formats.map((format) => `.${format}`), ""].flatMap((suffix) =>
    listed.map((size) => size + suffix),
  );
  return {
    source: ["aws.s3"],
    "detail-type": ["Object Created", "Object Deleted"],
    detail: {
      bucket: { name: [bucketName] },
      object: {
        key: [{ "anything-but": { wildcard: byFormat.slice(0, MAX_LEFT_OUT_SPECS).map((spec) => `*/${spec}/*`) } }],
      },
    },
  };
}
