import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../names";

/**
 * Most tries of a message, six minutes apart: two hours, because CloudFront invalidates 3,000 paths at a time, and the
 * changes of many originals at once wait for one another.
 */
const MAX_TRIES = 20;
/** Seconds that a message in the dead-letter queue is kept: the longest that SQS keeps any, 14 days. */
const FAILED_RETENTION_SECONDS = 1_209_600;

export interface PurgeQueuesArgs {
  readonly names: Names["purgeQueues"];
  /** Seconds after which a change is handled for the second time, 0 to 900. */
  readonly delaySeconds: number;
  /** In seconds. */
  readonly functionTimeout: number;
}

/**
 * The queues between the bucket's events and the purge function: changes to handle immediately, the same changes to
 * handle once more when no resize of the old original can be under way, and changes that could not be handled.
 */
export class PurgeQueues extends pulumi.ComponentResource {
  readonly immediate: aws.sqs.Queue;
  readonly delayed: aws.sqs.Queue;

  constructor(name: string, args: PurgeQueuesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:PurgeQueues", name, {}, opts);
    const failed = new aws.sqs.Queue(
      `${name}-failed`,
      { name: args.names.failed, messageRetentionSeconds: FAILED_RETENTION_SECONDS, sqsManagedSseEnabled: true },
      { parent: this },
    );
    const queue = (logicalName: string, physicalName: string, delaySeconds: number) =>
      new aws.sqs.Queue(
        logicalName,
        {
          name: physicalName,
          delaySeconds,
          // Six times the function's timeout, as Lambda asks for (Lambda developer guide, "Creating an SQS event source").
          visibilityTimeoutSeconds: 6 * args.functionTimeout,
          sqsManagedSseEnabled: true,
          redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: failed.arn, maxReceiveCount: MAX_TRIES }),
        },
        { parent: this },
      );
    // Logical names are parts of URNs: they stay as they are.
    this.immediate = queue(`${name}-now`, args.names.immediate, 0);
    this.delayed = queue(`${name}-again`, args.names.delayed, args.delaySeconds);

    this.registerOutputs();
  }
}
