import type { SQSRecord } from "aws-lambda";
import type { FunctionRuntime } from "../function/function-runtime";
import type { Trace } from "../trace";
import type { Message, Queue } from "./queue";

/** An event source mapping as the program declares it. */
export interface DeclaredMapping {
  /** Subject of errors: `the event source mapping "purge"`. */
  readonly owner: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** Time that a batch waits for more messages. */
  readonly windowS: number;
  /** Number of batches that the function may have at once. */
  readonly concurrency: number;
}

export interface MappingOptions {
  readonly declared: DeclaredMapping;
  readonly queue: Queue;
  readonly runtime: Pick<FunctionRuntime, "invoke">;
  readonly region: string;
  readonly trace: Trace;
}

/** Lambda's poller of a queue: sends messages to a function in batches, and deletes those that it has dealt with. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  #inFlight = 0;
  #window: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: MappingOptions) {
    this.#options = options;
    options.queue.listen({
      visible: () => {
        this.#poll();
      },
    });
  }

  /** Receives no more messages. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#window);
  }

  #poll(): void {
    const { declared, queue } = this.#options;
    if (this.#closed || queue.waiting === 0 || this.#inFlight >= declared.concurrency) return;
    if (queue.waiting >= declared.batchSize || declared.windowS === 0) {
      this.#receive();
      return;
    }
    this.#window ??= setTimeout(() => {
      this.#window = undefined;
      if (this.#inFlight < declared.concurrency) this.#receive();
    }, declared.windowS * 1000).unref();
  }

  #receive(): void {
    const { declared, queue } = this.#options;
    clearTimeout(this.#window);
    this.#window = undefined;
    const batch = queue.receive(declared.batchSize);
    if (batch.length === 0 || this.#closed) return;
    this.#inFlight++;
    void this.#process(batch).finally(() => {
      this.#inFlight--;
      this.#poll();
    });
    this.#poll();
  }

  async #process(batch: readonly Message[]): Promise<void> {
    const { declared, queue, runtime, region, trace } = this.#options;
    const requestId = trace.newRequestId();
    const startedAt = Date.now();
    const start = performance.now();
    const Records = batch.map((message) => sqsRecord(message, declared.queueArn, region));
    const result = await runtime.invoke({ Records }, requestId);
    const ids = batch.map(({ id }) => id);
    const failed = result.kind === "answer" ? failedMessages(result.payload, ids) : new Set(ids);
    // A failed message stays hidden until its visibility timeout ends, and comes back then.
    for (const message of batch) if (!failed.has(message.id)) queue.delete(message);
    trace.report({
      requestId,
      part: "queue",
      what: `${queue.declared.name} ${[...new Set(batch.map(subjectOf))].join(" ")}`,
      status: failed.size === 0 ? 200 : 500,
      startedAt,
      ms: performance.now() - start,
      entry: true,
      ...(failed.size === 0 ? {} : { detail: `${failed.size} of ${batch.length} to be tried again` }),
    });
  }
}

/**
 * Returns the messages of a batch that a function's response names as failed: none without a list, all of them for a list
 * that names anything else. (Lambda developer guide, "Implementing partial batch responses")
 */
export function failedMessages(payload: string, batch: readonly string[]): ReadonlySet<string> {
  const response = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const failures: unknown = response?.batchItemFailures ?? [];
  const all = new Set(batch);
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((failure: unknown) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return ids.every((id): id is string => typeof id === "string" && all.has(id)) ? new Set(ids) : all;
}

/** Id of the role that EventBridge sends as; any of AWS's form does. */
const SENDER_ID = "AIDAJXNJGGKNS7OSV23OI";

/** Returns a message as a function gets it. (Lambda developer guide, "Using Lambda with Amazon SQS", example event) */
function sqsRecord(message: Message, queueArn: string, region: string): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: SENDER_ID,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** Returns the key of the S3 event in a message, for the trace. */
export function subjectOf({ body }: Pick<Message, "body">): string {
  return (JSON.parse(body) as { detail: { object: { key: string } } }).detail.object.key;
}
