import type { FunctionRuntime } from "../function/function-runtime";
import type { Trace } from "../trace";
import { failedMessages } from "./batch-answer";
import type { Message, Queue } from "./queue";
import { sqsRecord, subjectOf } from "./sqs-record";

/** An event source mapping as the program declares it. */
export interface DeclaredMapping {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** How long a batch waits for more messages, in seconds. */
  readonly window: number;
  /** How many batches may be with the function at once. */
  readonly concurrency: number;
  /** Whether the function says which messages of a batch have failed. */
  readonly reportsFailures: boolean;
}

export interface MappingOptions {
  readonly declared: DeclaredMapping;
  readonly queue: Queue;
  readonly runtime: Pick<FunctionRuntime, "invoke">;
  readonly region: string;
  readonly trace: Trace;
}

/** Lambda's poller of a queue: hands messages to a function in batches, and deletes those that it has dealt with. */
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

  /** Takes no more messages. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#window);
  }

  #poll(): void {
    const { declared, queue } = this.#options;
    if (this.#closed || queue.waiting === 0 || this.#inFlight >= declared.concurrency) return;
    if (queue.waiting >= declared.batchSize || declared.window === 0) {
      this.#take();
      return;
    }
    this.#window ??= setTimeout(() => {
      this.#window = undefined;
      if (this.#inFlight < declared.concurrency) this.#take();
    }, declared.window * 1000).unref();
  }

  #take(): void {
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
    const failed =
      result.kind !== "answer"
        ? new Set(ids)
        : declared.reportsFailures
          ? failedMessages(result.payload, ids)
          : new Set<string>();
    // What has failed stays hidden until its visibility timeout is over, and comes back then.
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
