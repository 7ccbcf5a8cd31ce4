import type { Iam } from "../iam/iam";
import { eventsPrincipal } from "../iam/principal";
import { decideAndReport } from "../iam/reported-decision";
import type { Trace } from "../trace";
import type { EventMatcher } from "./pattern";
import type { Queue } from "./queue";
import type { BusEvent } from "./s3-event";

/** A rule of the default event bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targets: readonly Queue[];
}

/** EventBridge's default bus: sends events on to the queues of every rule that matches, where their policies let it. */
export class EventBus {
  readonly #rules: readonly Rule[];
  readonly #iam: Iam;
  readonly #trace: Trace;

  constructor(rules: readonly Rule[], iam: Iam, trace: Trace) {
    this.#rules = rules;
    this.#iam = iam;
    this.#trace = trace;
  }

  /**
   * Resolves when the event is where it goes. An event that no rule matches leaves no trace.
   * @param requestId the request that made it; none for a change that no request has made
   */
  async put(event: BusEvent, requestId: string | undefined): Promise<void> {
    for (const rule of this.#rules) {
      if (rule.matches(event)) await this.#send(event, rule, requestId);
    }
  }

  async #send(event: BusEvent, { name, arn, targets }: Rule, requestId: string | undefined): Promise<void> {
    const startedAt = Date.now();
    const start = performance.now();
    const id = requestId ?? this.#trace.newRequestId();
    const sent: string[] = [];
    const refused: string[] = [];
    for (const queue of targets) {
      const { allowed, reason } = await decideAndReport(this.#iam, this.#trace, id, {
        principal: eventsPrincipal(arn),
        action: "sqs:SendMessage",
        resource: queue.declared.arn,
        secureTransport: true,
      });
      if (allowed) queue.send(JSON.stringify(event));
      (allowed ? sent : refused).push(allowed ? queue.declared.name : `${queue.declared.name} (${reason})`);
    }
    this.#trace.report({
      requestId: id,
      part: "events",
      what: `${event["detail-type"]} ${event.detail.object.key}`,
      status: refused.length === 0 ? 200 : 403,
      startedAt,
      ms: performance.now() - start,
      detail: [
        `rule ${name}`,
        ...(sent.length === 0 ? [] : [`to ${sent.join(", ")}`]),
        ...(refused.length === 0 ? [] : [`not to ${refused.join(", ")}`]),
      ].join(" "),
      ...(requestId === undefined ? { entry: true } : {}),
    });
  }
}
