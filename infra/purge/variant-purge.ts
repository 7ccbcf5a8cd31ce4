import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SettingsVariable } from "../../functions/purge/settings";
import type { AllowList } from "../../functions/variant-key";
import type { Environment } from "../environment";
import { lambdaFunction } from "../resizer/lambda-function";
import { functionLogGroup, purgeFunctionName, purgeRuleName } from "../names";
import { originalChangesPattern } from "./event-pattern";
import { invalidationPolicy, purgePolicy, sendPolicy } from "./policy";
import { PurgeQueues } from "./queues";

/** It waits for S3 and CloudFront, and computes nothing. */
const MEMORY_MB = 256;
const TIMEOUT_SECONDS = 60;
/** How long S3 may take with a write that a resizer has sent before its time was up, in seconds. */
const LATE_WRITE_SECONDS = 10;
/** Changes that one call looks at, and how long it waits for more of them, in seconds. */
const BATCH_SIZE = 10;
const BATCH_WINDOW_SECONDS = 1;
/** Calls at once: the fewest that Lambda takes, for CloudFront takes invalidations slowly. */
const MAX_CONCURRENCY = 2;

export interface VariantPurgeArgs {
  readonly environment: Environment;
  readonly bucketName: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  readonly distributionId: pulumi.Input<string>;
  readonly distributionArn: pulumi.Input<string>;
  /** The function's package. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
  /** Sizes and formats that an original can have variants in. */
  readonly allowList: AllowList;
  /** Whether the CDN keeps a variant under its path with `?key=` behind it. */
  readonly keyInQuery: boolean;
  /** The longest that a resize may take, in seconds: what it has read may be old by then. */
  readonly resizerTimeout: number;
  /** Whether X-Ray traces the function. */
  readonly tracing: boolean;
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Deletes the variants of an original that is replaced or deleted, and their copies in the CDN.
 *
 * Each change is looked at twice: at once, so that the next viewer gets the new picture; and when every resize that had
 * read the old original before has ended, for what such a one wrote after the first look.
 */
export class VariantPurge extends pulumi.ComponentResource {
  readonly functionName: string;
  /** The queue of changes to look at now. */
  readonly queueName: string;
  /** Where messages are that could not be dealt with. */
  readonly deadLetterQueueName: string;

  constructor(name: string, args: VariantPurgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:VariantPurge", name, {}, opts);
    const { environment, tags } = args;
    this.functionName = purgeFunctionName(environment.project, environment.stack);

    const queues = new PurgeQueues(
      `${name}-queue`,
      {
        environment,
        againSeconds: args.resizerTimeout + LATE_WRITE_SECONDS,
        functionTimeout: TIMEOUT_SECONDS,
        tags,
      },
      { parent: this },
    );
    this.queueName = queues.nowName;
    this.deadLetterQueueName = queues.failedName;
    const lambda = this.#function(name, args, queues);
    this.#takeMessages(name, lambda, queues);
    this.#sendChanges(name, args, queues);

    this.registerOutputs({
      functionName: this.functionName,
      queueName: this.queueName,
      deadLetterQueueName: this.deadLetterQueueName,
    });
  }

  #function(name: string, args: VariantPurgeArgs, queues: PurgeQueues): aws.lambda.Function {
    const settings: pulumi.Input<SettingsVariable> = pulumi
      .output(args.bucketName)
      .apply((bucket) => ({ bucket, allowList: args.allowList, keyInQuery: args.keyInQuery }));
    return lambdaFunction(
      name,
      {
        physicalName: this.functionName,
        description: "Deletes the variants of an original that has changed",
        code: args.code,
        architecture: "arm64",
        memorySize: MEMORY_MB,
        timeout: TIMEOUT_SECONDS,
        variables: { SETTINGS: pulumi.jsonStringify(settings), DISTRIBUTION_ID: args.distributionId },
        // Two, so that a preview knows the whole of the one that could delete an original; the CDN has no ARN yet then.
        policies: {
          policy: this.#policy(args, queues),
          "cdn-policy": pulumi.output(args.distributionArn).apply(invalidationPolicy),
        },
        tracing: args.tracing,
        reservedConcurrency: undefined,
        logRetentionDays: args.logRetentionDays,
        tags: args.tags,
      },
      this,
    );
  }

  #policy(args: VariantPurgeArgs, queues: PurgeQueues): pulumi.Output<aws.iam.PolicyDocument> {
    const { partition, region, accountId } = args.environment;
    return pulumi
      .all([args.bucketArn, partition, region, accountId, queues.arns])
      .apply(([bucketArn, part, where, account, queueArns]) =>
        purgePolicy({
          bucketArn,
          logGroupArn: `arn:${part}:logs:${where}:${account}:log-group:${functionLogGroup(this.functionName)}`,
          queueArns,
          allowList: args.allowList,
          tracing: args.tracing,
        }),
      );
  }

  #takeMessages(name: string, lambda: aws.lambda.Function, { now, again }: PurgeQueues): void {
    for (const [which, queue] of Object.entries({ now, again })) {
      new aws.lambda.EventSourceMapping(
        `${name}-${which}`,
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
  }

  /** The bucket's events to EventBridge, and those of originals on to both queues. */
  #sendChanges(name: string, args: VariantPurgeArgs, { now, again }: PurgeQueues): void {
    new aws.s3.BucketNotification(`${name}-events`, { bucket: args.bucketName, eventbridge: true }, { parent: this });
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        name: purgeRuleName(args.environment.project, args.environment.stack),
        description: "Originals that are replaced or deleted",
        eventPattern: pulumi
          .output(args.bucketName)
          .apply((bucketName) => JSON.stringify(originalChangesPattern(bucketName, args.allowList))),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    for (const [which, queue] of Object.entries({ now, again })) {
      const policy = new aws.sqs.QueuePolicy(
        `${name}-${which}-policy`,
        {
          queueUrl: queue.url,
          policy: pulumi.all([queue.arn, rule.arn]).apply(([it, from]) => JSON.stringify(sendPolicy(it, from))),
        },
        { parent: this },
      );
      new aws.cloudwatch.EventTarget(
        `${name}-${which}-target`,
        { rule: rule.name, arn: queue.arn },
        { parent: this, dependsOn: [policy] },
      );
    }
  }
}
