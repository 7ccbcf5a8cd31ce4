import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SettingsVariable } from "../../functions/purge/settings";
import type { StackConfig } from "../config";
import type { Names, Place } from "../names";
import { createLambdaFunction } from "../resizer/lambda-function";
import { originalChangesPattern } from "./event-pattern";
import { invalidationPolicy, purgePolicy, sendPolicy } from "./policy";
import { PurgeQueues } from "./queues";

/** The function waits for S3 and CloudFront, and computes nothing. */
const MEMORY_MB = 256;
const TIMEOUT_SECONDS = 60;
/** Longest that S3 may take with a write that a resizer sent before its timeout, in seconds. */
const LATE_WRITE_SECONDS = 10;
/** Changes that one call handles, and how long it waits for more of them, in seconds. */
const BATCH_SIZE = 10;
const BATCH_WINDOW_SECONDS = 1;
/** Calls at once: the fewest that Lambda accepts, because CloudFront accepts invalidations slowly. */
const MAX_CONCURRENCY = 2;

export interface VariantPurgeArgs {
  readonly config: StackConfig;
  readonly names: Names;
  readonly place: pulumi.Output<Place>;
  readonly bucketName: pulumi.Output<string>;
  readonly distributionId: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;
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
    // Logical names are parts of URNs: they stay as they are.
    const byName = { [`${name}-now`]: queues.immediate, [`${name}-again`]: queues.delayed };
    const lambda = this.#createFunction(name, args);
    const rule = this.#createRule(name, args);
    for (const [queueName, queue] of Object.entries(byName)) {
      this.#receive(queueName, queue, lambda);
      this.#send(queueName, queue, rule);
    }

    this.registerOutputs();
  }

  #createFunction(name: string, args: VariantPurgeArgs): aws.lambda.Function {
    const { config, names, place, bucketName, distributionId, distributionArn, code } = args;
    const { allowList, operations, cdn } = config;
    const { tracing, logRetentionDays } = operations;
    const settings = bucketName.apply((bucket): SettingsVariable => ({
      bucket,
      allowList,
      keyInQuery: cdn.delivery === "failover",
    }));
    const policy = pulumi
      .all([place, bucketName])
      .apply(([where, bucket]) => purgePolicy(where, { names, bucketName: bucket, allowList, tracing }));
    return createLambdaFunction(
      name,
      {
        functionName: names.purge,
        description: "Deletes the variants of an original that has changed",
        code,
        architecture: "arm64",
        memorySize: MEMORY_MB,
        timeout: TIMEOUT_SECONDS,
        variables: { SETTINGS: pulumi.jsonStringify(settings), DISTRIBUTION_ID: distributionId },
        // Two, so that a preview knows the whole of the one that could delete an original; the CDN has no ARN yet then.
        policies: { policy, "cdn-policy": distributionArn.apply(invalidationPolicy) },
        tracing,
        logRetentionDays,
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

  #receive(name: string, queue: aws.sqs.Queue, lambda: aws.lambda.Function): void {
    new aws.lambda.EventSourceMapping(
      name,
      {
        eventSourceArn: queue.arn,
        functionName: lambda.arn,
        batchSize: BATCH_SIZE,
        maximumBatchingWindowInSeconds: BATCH_WINDOW_SECONDS,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: MAX_CONCURRENCY },
      },
      { parent: this },
    );
  }

  #send(name: string, queue: aws.sqs.Queue, rule: aws.cloudwatch.EventRule): void {
    const policy = new aws.sqs.QueuePolicy(
      `${name}-policy`,
      {
        queueUrl: queue.url,
        policy: pulumi.all([queue.arn, rule.arn]).apply(([it, from]) => JSON.stringify(sendPolicy(it, from))),
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      { rule: rule.name, arn: queue.arn },
      { parent: this, dependsOn: [policy] },
    );
  }
}
