import { randomBytes, randomUUID } from "node:crypto";
import { LOOPBACK } from "../http/listen";
import type { Iam } from "../iam/iam";
import { eventsPrincipal } from "../iam/principal";
import { decideAndReport } from "../iam/reported-decision";
import type { ObjectChange } from "../s3/bucket";
import type { Trace } from "../trace";
import type { EventMatcher } from "./pattern";
import type { Queue } from "./queue";

/** A rule of the default event bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targets: readonly Queue[];
}

/** An event on the bus, with the fields that the local stack reads. */
export interface BusEvent {
  readonly [field: string]: unknown;
  readonly "detail-type": string;
  readonly detail: { readonly [field: string]: unknown; readonly object: { readonly key: string } };
}

/** EventBridge's default bus: sends events to the queues of every rule that matches, if their policies allow it. */
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
   * Resolves when the event is in its queues. An event that no rule matches leaves no trace.
   * @param requestId the request that caused it; none for a change that no request has caused
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
    const rejected: string[] = [];
    for (const queue of targets) {
      const { allowed, reason } = await decideAndReport(this.#iam, this.#trace, id, {
        principal: eventsPrincipal(arn),
        action: "sqs:SendMessage",
        resource: queue.declared.arn,
        secureTransport: true,
      });
      if (allowed) queue.send(JSON.stringify(event));
      (allowed ? sent : rejected).push(allowed ? queue.declared.name : `${queue.declared.name} (${reason})`);
    }
    this.#trace.report({
      requestId: id,
      part: "events",
      what: `${event["detail-type"]} ${event.detail.object.key}`,
      status: rejected.length === 0 ? 200 : 403,
      startedAt,
      ms: performance.now() - start,
      detail: [
        `rule ${name}`,
        ...(sent.length === 0 ? [] : [`to ${sent.join(", ")}`]),
        ...(rejected.length === 0 ? [] : [`not to ${rejected.join(", ")}`]),
      ].join(" "),
      ...(requestId === undefined ? { entry: true } : {}),
    });
  }
}

/** Stack that the events come from. */
export interface EventSource {
  readonly accountId: string;
  readonly region: string;
  /** True for a bucket that keeps versions: a deletion then creates a delete marker, whatever there was. */
  readonly isVersioned: (bucket: string) => boolean;
}

/** Entity tag that S3 reports for a deleted object: the MD5 of nothing. */
const ETAG_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";

/**
 * Returns S3's event of a change (S3 user guide, "EventBridge event message structure"); undefined for a deletion that
 * has changed nothing.
 */
export function s3Event(change: ObjectChange, { accountId, region, isVersioned }: EventSource): BusEvent | undefined {
  const { bucket, key, reason, object: stored, existed = false, call } = change;
  const versioned = isVersioned(bucket);
  if (reason === "DeleteObject" && !existed && !versioned) return undefined;
  const state: object = stored
    ? { size: stored.size, etag: stored.etag.replaceAll('"', "") }
    : { etag: ETAG_OF_NOTHING };
  const versionId: object = versioned ? { "version-id": randomBytes(24).toString("base64url") } : {};
  const object = { key, ...state, ...versionId, sequencer: nextSequencer() };
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": stored ? "Object Created" : "Object Deleted",
    source: "aws.s3",
    account: accountId,
    time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object,
      "request-id": call?.amzRequestId ?? randomBytes(8).toString("hex").toUpperCase(),
      requester: accountId,
      "source-ip-address": call?.sourceIp ?? LOOPBACK,
      reason,
      ...(stored ? {} : { "deletion-type": versioned ? "Delete Marker Created" : "Permanently Deleted" }),
    },
  };
}

let lastSequence = 0n;

/** Returns a hexadecimal number of 16 digits, greater for a later change. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n;
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(16, "0");
}
