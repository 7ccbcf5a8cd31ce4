import { randomUUID } from "node:crypto";

/**
 * Parts of the stack that a request passes, in the order of a miss, then of a change: `events` is EventBridge, `queue`
 * SQS, `cloudfront` the API that invalidates.
 */
export type Part = "cdn" | "edge" | "website" | "api" | "function" | "s3" | "events" | "queue" | "cloudfront" | "iam";

/** One step of a request. */
export interface Hop {
  /** Id of the client's request that the step belongs to. */
  readonly requestId: string;
  readonly part: Part;
  /** Action: `GET /p_1/640w/a.jpg`, `PutObject p_1/640w/a.jpg`, `s3:PutObject allowed`. */
  readonly what: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Duration. */
  readonly ms: number;
  /** Bytes of the response's body. */
  readonly bytes?: number | undefined;
  /** Remark: `Miss from cloudfront`, a `location`, the deciding statement. */
  readonly detail?: string | undefined;
  /** Request and response headers that decide what happens next, by lower-case name. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** The request entered the stack at this part: the hop is the last of its request to be reported. */
  readonly entry?: boolean | undefined;
}

/** A line of the function's log, by the function or by its runtime. */
export interface LogLine {
  /** Id of the client's request that was being served; `undefined` while a process starts. */
  readonly requestId: string | undefined;
  readonly text: string;
}

/** Carries a request's id from one local server to the next; no such header exists on AWS. */
export const REQUEST_ID_HEADER = "x-local-request-id";

/** The facts that a step reports at its end. */
type Outcome = Omit<Hop, "requestId" | "part" | "startedAt" | "ms">;

/** Distributes the hops and log lines of the local servers to listeners. */
export class Trace {
  readonly #listeners = new Set<(hop: Hop) => void>();
  readonly #logListeners = new Set<(line: LogLine) => void>();

  newRequestId(): string {
    return randomUUID();
  }

  /** Starts a step of a request; returns the function that reports its end, by another request's id if it has one. */
  start(part: Part, requestId: string): (outcome: Outcome & { readonly requestId?: string }) => void {
    const startedAt = Date.now();
    const start = performance.now();
    return (outcome) => {
      this.report({ requestId, part, startedAt, ms: performance.now() - start, ...outcome });
    };
  }

  report(hop: Hop): void {
    for (const listener of this.#listeners) listener(hop);
  }

  /** Calls `listener` for every hop from now on; returns the function that ends it. */
  listen(listener: (hop: Hop) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  log(line: LogLine): void {
    for (const listener of this.#logListeners) listener(line);
  }

  /** Calls `listener` for every line of the function's log from now on; returns the function that ends it. */
  listenToLog(listener: (line: LogLine) => void): () => void {
    this.#logListeners.add(listener);
    return () => this.#logListeners.delete(listener);
  }
}
