import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type ProgramRun, UserError } from "@image-resizer/lib/program";
import { inputsOf, ofType, unserved } from "../declared";
import type { LambdaFunction } from "../function/function-runtime";
import type { Iam } from "../iam/iam";
import type { ObjectChange } from "../s3/storage";
import type { Trace } from "../trace";
import { EventSourceMapping, subjectOf } from "./mapping";
import { Queue } from "./queue";
import { declaredRules, type Rule } from "./rule";

interface EventsOptions {
  readonly run: Pick<ProgramRun, "resources" | "accountId" | "region">;
  readonly functions: readonly LambdaFunction[];
  readonly iam: Iam;
  readonly trace: Trace;
}

interface Targets {
  readonly targets: readonly Queue[];
}

const NotificationInputs = z.looseObject({
  ...unserved("lambdaFunctions", "queues", "topics"),
  bucket: z.string(),
  eventbridge: z.boolean().default(false),
});

/** The way from a bucket's changes to functions: EventBridge's default bus, queues and event source mappings. */
export class Events {
  /** Buckets whose changes are sent on. */
  readonly buckets: ReadonlySet<string>;
  readonly #options: EventsOptions;
  readonly #versioned: ReadonlySet<unknown>;
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly #rules: readonly (Rule & Targets)[];
  readonly #mappings: readonly EventSourceMapping[];

  /**
   * Starts the declared rules, queues and event source mappings, if there are any.
   * @throws UserError for what AWS would reject or the local stack cannot serve
   */
  constructor(options: EventsOptions) {
    const { run, functions, iam, trace } = options;
    const of = (type: string) => ofType(run.resources, type);
    this.#options = options;
    this.buckets = new Set(
      of("aws:s3/bucketNotification:BucketNotification").flatMap((resource) => {
        const { bucket, eventbridge } = inputsOf(resource, NotificationInputs);
        return eventbridge ? [bucket] : [];
      }),
    );
    this.#versioned = new Set(
      of("aws:s3/bucketVersioning:BucketVersioning").flatMap(({ inputs }) => {
        const { status } = (inputs.versioningConfiguration ?? {}) as { status?: unknown };
        return status === "Enabled" ? [inputs.bucket] : [];
      }),
    );
    const queues = of("aws:sqs/queue:Queue").map((resource) => new Queue(resource));
    this.#queues = new Map(queues.map((queue) => [queue.arn, queue]));
    for (const queue of queues) this.#redrive(queue);
    const queueOf = this.#queueOf.bind(this);
    this.#rules = declaredRules(run.resources).map((rule) => ({
      ...rule,
      targets: rule.targetArns.map((arn) => queueOf(arn, `a target of the rule ${rule.name}`)),
    }));
    const services = { iam, region: run.region, trace };
    this.#mappings = of("aws:lambda/eventSourceMapping:EventSourceMapping").map(
      (resource) => new EventSourceMapping(resource, queueOf, functions, services),
    );
  }

  /** Sends S3's event of a change to the queues of every rule that matches; one that no rule matches leaves no trace. */
  changed(change: ObjectChange): void {
    const { bucket, requestId } = change;
    const event = this.buckets.has(bucket) && s3Event(change, this.#options.run, this.#versioned.has(bucket));
    if (!event) return;
    for (const rule of this.#rules) if (rule.matches(event)) this.#send(event, rule, requestId);
  }

  /** Removes every message and receives no more. */
  close(): void {
    for (const mapping of this.#mappings) mapping.close();
    for (const queue of this.#queues.values()) queue.close();
  }

  /** Sends an event to a rule's queues whose policies allow it. */
  #send(event: S3Event, { name, arn, targets }: Rule & Targets, requestId: string | undefined): void {
    const { iam, trace } = this.#options;
    const id = requestId ?? trace.newRequestId();
    const report = trace.start("events", id);
    const principal = { kind: "service", name: "events.amazonaws.com", sourceArn: arn } as const;
    const sent: string[] = [];
    const rejected: string[] = [];
    for (const queue of targets) {
      const { allowed, reason } = iam.authorize(id, { principal, action: "sqs:SendMessage", resource: queue.arn });
      if (allowed) queue.send(JSON.stringify(event));
      (allowed ? sent : rejected).push(allowed ? queue.name : `${queue.name} (${reason})`);
    }
    report({
      what: `${event["detail-type"]} ${event.detail.object.key}`,
      status: rejected.length === 0 ? 200 : 403,
      detail: [
        `rule ${name}`,
        ...(sent.length === 0 ? [] : [`to ${sent.join(", ")}`]),
        ...(rejected.length === 0 ? [] : [`not to ${rejected.join(", ")}`]),
      ].join(" "),
      ...(requestId === undefined ? { entry: true } : {}),
    });
  }

  #queueOf(arn: string, owner: string): Queue {
    const queue = this.#queues.get(arn);
    if (!queue) throw new UserError(`${owner} names ${arn}, which is no declared queue`);
    return queue;
  }

  #redrive(queue: Queue): void {
    const { redrivePolicy } = queue.declared;
    if (!redrivePolicy) return;
    const { trace } = this.#options;
    const deadLetters = this.#queueOf(
      redrivePolicy.deadLetterTargetArn,
      `the redrivePolicy of the queue ${queue.name}`,
    );
    queue.on("dead", (message) => {
      const report = trace.start("queue", trace.newRequestId());
      deadLetters.accept(message);
      report({
        what: `${deadLetters.name} ${subjectOf(message)}`,
        status: 500,
        detail: `moved after ${message.receiveCount} attempts from ${queue.name}`,
        entry: true,
      });
    });
  }
}

type S3Event = NonNullable<ReturnType<typeof s3Event>>;

/**
 * Returns S3's event of a change, as far as rules and functions read it (S3 user guide, "EventBridge event message
 * structure"); undefined for a deletion that has changed nothing.
 * @param isVersioned true for a bucket that keeps versions: a deletion then creates a delete marker, whatever there was
 */
function s3Event(
  { bucket, key, reason, object, existed = false }: ObjectChange,
  { accountId, region }: EventsOptions["run"],
  isVersioned: boolean,
) {
  if (reason === "DeleteObject" && !existed && !isVersioned) return undefined;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": object ? "Object Created" : "Object Deleted",
    source: "aws.s3",
    account: accountId,
    time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: { key, ...(object ? { size: object.size, etag: object.etag.replaceAll('"', "") } : {}) },
      requester: accountId,
      reason,
    },
  };
}
