import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../environment";
import { purgeQueueName, queueArn } from "../names";

/**
 * How often a message is tried before it is given up, six minutes apart: two hours, for CloudFront takes 3,000 paths at a
 * time, and the changes of many originals at once wait for one another.
 */
const MAX_TRIES = 20;
/** Seconds that a given-up message is kept: the longest that SQS keeps any, 14 days. */
const FAILED_RETENTION_SECONDS = 1_209_600;

export interface PurgeQueuesArgs {
  readonly environment: Environment;
  /** When a change is looked at for the second time, in seconds after it, 0 to 900. */
  readonly againSeconds: number;
  /** How long the function may work at a message, in seconds. */
  readonly functionTimeout: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The queues between the bucket's events and the purge function: changes to look at now, the same changes to look at once
 * more when no resize of the old original can be under way, and what could not be done.
 */
export class PurgeQueues extends pulumi.ComponentResource {
  readonly now: aws.sqs.Queue;
  readonly again: aws.sqs.Queue;
  readonly nowName: string;
  /** The dead-letter queue's name. */
  readonly failedName: string;
  /** The ARNs of the two queues that the function takes messages from, known in a preview. */
  readonly arns: pulumi.Output<string[]>;
  readonly #args: PurgeQueuesArgs;

  constructor(name: string, args: PurgeQueuesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:PurgeQueues", name, {}, opts);
    this.#args = args;
    const { project, stack } = args.environment;
    this.nowName = purgeQueueName(project, stack, "now");
    this.failedName = purgeQueueName(project, stack, "failed");

    const failed = new aws.sqs.Queue(
      `${name}-failed`,
      {
        name: this.failedName,
        messageRetentionSeconds: FAILED_RETENTION_SECONDS,
        sqsManagedSseEnabled: true,
        tags: { ...args.tags },
      },
      { parent: this },
    );
    this.now = this.#queue(name, "now", 0, failed);
    this.again = this.#queue(name, "again", args.againSeconds, failed);
    this.arns = pulumi.all([this.#arn("now"), this.#arn("again")]);

    this.registerOutputs({ failedName: this.failedName, arns: this.arns });
  }

  #queue(name: string, which: "now" | "again", delaySeconds: number, failed: aws.sqs.Queue): aws.sqs.Queue {
    const { environment, functionTimeout, tags } = this.#args;
    return new aws.sqs.Queue(
      `${name}-${which}`,
      {
        name: purgeQueueName(environment.project, environment.stack, which),
        delaySeconds,
        // Six times the function's time, as Lambda asks for (Lambda developer guide, "Creating an SQS event source").
        visibilityTimeoutSeconds: 6 * functionTimeout,
        sqsManagedSseEnabled: true,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: failed.arn, maxReceiveCount: MAX_TRIES }),
        tags: { ...tags },
      },
      { parent: this },
    );
  }

  /** Made of the name, so that a preview knows what the role may do. */
  #arn(which: "now" | "again"): pulumi.Output<string> {
    const { partition, region, accountId, project, stack } = this.#args.environment;
    return pulumi
      .all([partition, region, accountId])
      .apply(([part, where, account]) => queueArn(part, where, account, purgeQueueName(project, stack, which)));
  }
}
