import { createHash, randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { inputsOf, unserved } from "../declared";
import type { LambdaFunction } from "../function/function-runtime";
import { type Iam, rolePrincipal } from "../iam/iam";
import type { Trace } from "../trace";
import type { Message, Queue } from "./queue";

interface MappingServices {
  readonly iam: Iam;
  readonly region: string;
  readonly trace: Trace;
}

const MappingInputs = z.looseObject({
  ...unserved("filterCriteria", "provisionedPollerConfig"),
  eventSourceArn: z.string(),
  functionName: z.string(),
  // Lambda accepts more with a batching window of its own.
  batchSize: z.number().int().min(1).max(10),
  maximumBatchingWindowInSeconds: z.number().int().min(0).max(300),
  functionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).length(1),
  scalingConfig: z.looseObject({ maximumConcurrency: z.number().int().min(2).max(1000) }),
  enabled: z.literal(true).optional(),
});

/** Calls that Lambda makes to a queue as the function's role. (Lambda developer guide, "Using Lambda with SQS") */
const POLLING_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Lambda's poller of a queue: sends messages to a function in batches, and deletes those that it has dealt with. */
export class EventSourceMapping {
  readonly #declared: z.output<typeof MappingInputs>;
  readonly #queue: Queue;
  readonly #function: LambdaFunction;
  readonly #services: MappingServices;
  #inFlight = 0;
  #window: NodeJS.Timeout | undefined;
  #closed = false;

  /** @throws UserError for a mapping that Lambda would reject or that cannot be served */
  constructor(
    resource: RegisteredResource,
    queueOf: (arn: string, owner: string) => Queue,
    functions: readonly LambdaFunction[],
    services: MappingServices,
  ) {
    const owner = `the event source mapping "${resource.name}"`;
    this.#declared = inputsOf(resource, MappingInputs);
    const { eventSourceArn, functionName } = this.#declared;
    this.#queue = queueOf(eventSourceArn, owner);
    const found = functions.find(({ name, arn }) => functionName === name || functionName === arn);
    if (!found) throw new UserError(`${owner} names ${functionName}, which is no declared function`);
    const { visibilityTimeoutSeconds } = this.#queue.declared;
    if (visibilityTimeoutSeconds < found.timeoutS) {
      throw new UserError(
        `Lambda rejects ${owner}: the queue's visibility timeout of ${visibilityTimeoutSeconds} s is less than the function's timeout of ${found.timeoutS} s`,
      );
    }
    for (const action of POLLING_ACTIONS) {
      const principal = rolePrincipal(found.roleArn);
      const { allowed, reason } = services.iam.decide({ principal, action, resource: eventSourceArn });
      if (allowed) continue;
      throw new UserError(
        `Lambda rejects ${owner}: the function's role may not ${action} on ${eventSourceArn}: ${reason}`,
      );
    }
    this.#function = found;
    this.#services = services;
    this.#queue.on("visible", () => {
      this.#poll();
    });
  }

  /** Receives no more messages. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#window);
  }

  #poll(): void {
    const { batchSize, maximumBatchingWindowInSeconds: windowS } = this.#declared;
    if (this.#closed || this.#queue.waiting === 0 || this.#isBusy()) return;
    if (this.#queue.waiting >= batchSize || windowS === 0) {
      this.#receive();
      return;
    }
    this.#window ??= setTimeout(() => {
      this.#window = undefined;
      if (!this.#isBusy()) this.#receive();
    }, windowS * 1000).unref();
  }

  #isBusy(): boolean {
    return this.#inFlight >= this.#declared.scalingConfig.maximumConcurrency;
  }

  #receive(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const batch = this.#queue.receive(this.#declared.batchSize);
    if (batch.length === 0 || this.#closed) return;
    this.#inFlight++;
    void this.#process(batch).finally(() => {
      this.#inFlight--;
      this.#poll();
    });
    this.#poll();
  }

  async #process(batch: readonly Message[]): Promise<void> {
    const { region, trace } = this.#services;
    const requestId = trace.newRequestId();
    const report = trace.start("queue", requestId);
    const Records = batch.map((message) => sqsRecord(message, this.#queue.arn, region));
    const result = await this.#function.runtime.invoke({ Records }, requestId);
    const ids = batch.map(({ id }) => id);
    const failed = result.kind === "answer" ? failedMessages(result.payload, ids) : new Set(ids);
    // A failed message stays hidden until its visibility timeout ends, and comes back then.
    for (const message of batch) if (!failed.has(message.id)) this.#queue.delete(message);
    report({
      what: `${this.#queue.name} ${[...new Set(batch.map(subjectOf))].join(" ")}`,
      status: failed.size === 0 ? 200 : 500,
      entry: true,
      detail: failed.size === 0 ? undefined : `${failed.size} of ${batch.length} to be tried again`,
    });
  }
}

/**
 * Returns the messages of a batch that a function's response names as failed: none without a list, all of them for a list
 * that names anything else. (Lambda developer guide, "Implementing partial batch responses")
 */
function failedMessages(payload: string, batch: readonly string[]): ReadonlySet<string> {
  const response = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const parsed = z.array(z.object({ itemIdentifier: z.enum(batch) })).safeParse(response?.batchItemFailures ?? []);
  return new Set(parsed.success ? parsed.data.map(({ itemIdentifier }) => itemIdentifier) : batch);
}

/** Id of the role that EventBridge sends as; any of AWS's form does. */
const SENDER_ID = "AIDAJXNJGGKNS7OSV23OI";

/** Returns a message as a function gets it. (Lambda developer guide, "Using Lambda with Amazon SQS", example event) */
function sqsRecord(message: Message, queueArn: string, region: string): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: randomUUID(),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: SENDER_ID,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: createHash("md5").update(message.body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** Returns the key of the S3 event in a message, for the trace. */
export function subjectOf({ body }: Pick<Message, "body">): string {
  return (JSON.parse(body) as { detail: { object: { key: string } } }).detail.object.key;
}
