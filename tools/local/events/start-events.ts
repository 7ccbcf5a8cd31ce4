import type { Iam } from "../iam/iam";
import { rolePrincipal } from "../iam/principal";
import type { FunctionRuntime } from "../function/function-runtime";
import { type ProgramRun, UserError } from "@image-resizer/lib/program";
import type { ObjectChange } from "../s3/bucket";
import type { Trace } from "../trace";
import { EventBus } from "./bus";
import { declaredMappings, declaredQueues, declaredRules, notifyingBuckets, versionedBuckets } from "./declared-events";
import { type DeclaredMapping, EventSourceMapping } from "./mapping";
import { Queue } from "./queue";
import { s3Event } from "./s3-event";
import { subjectOf } from "./sqs-record";

/** A declared function as mappings need it. */
export interface MappedFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** In seconds. */
  readonly timeout: number;
  readonly runtime: Pick<FunctionRuntime, "invoke">;
}

export interface EventsOptions {
  readonly run: Pick<ProgramRun, "resources" | "accountId" | "region">;
  readonly functions: readonly MappedFunction[];
  readonly iam: Iam;
  readonly trace: Trace;
}

/** The way of a bucket's changes to functions. */
export interface Events {
  /** The buckets whose changes go anywhere. */
  readonly buckets: ReadonlySet<string>;
  /** Takes a change; resolves when it is in every queue that it goes to. It never rejects. */
  changed(change: ObjectChange): Promise<void>;
  /** Forgets every message and takes no more. */
  close(): Promise<void>;
}

/** What Lambda does to a queue in the name of the function's role. (Lambda developer guide, "Using Lambda with SQS") */
const POLLING_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/**
 * Starts the declared rules, queues and event source mappings; a program that declares none gets what does nothing.
 * @throws UserError for what AWS would refuse or the local stack cannot serve
 */
export async function startEvents({ run, functions, iam, trace }: EventsOptions): Promise<Events> {
  const { resources, accountId, region } = run;
  const queues = openQueues(resources, trace);
  const queueOf = (arn: string, owner: string) => {
    const queue = queues.get(arn);
    if (!queue) throw new UserError(`${owner} names ${arn}, which is no declared queue`);
    return queue;
  };
  const rules = declaredRules(resources).map(({ targetArns, ...rule }) => ({
    ...rule,
    targets: targetArns.map((arn) => queueOf(arn, `a target of the rule ${rule.name}`)),
  }));
  const mappings: EventSourceMapping[] = [];
  for (const { name, ...declared } of declaredMappings(resources)) {
    const owner = `the event source mapping "${name}"`;
    const queue = queueOf(declared.queueArn, owner);
    const { runtime } = await mappedFunction(declared, queue, functions, iam, owner);
    mappings.push(new EventSourceMapping({ declared, queue, runtime, region, trace }));
  }

  const buckets = notifyingBuckets(resources);
  const versioned = versionedBuckets(resources);
  const source = { accountId, region, isVersioned: (bucket: string) => versioned.has(bucket) };
  const bus = new EventBus(rules, iam, trace);
  return {
    buckets,
    changed: async (change) => {
      const event = buckets.has(change.bucket) ? s3Event(change, source) : undefined;
      if (event) await bus.put(event, change.call?.requestId);
    },
    close: () => {
      for (const mapping of mappings) mapping.close();
      for (const queue of queues.values()) queue.close();
      return Promise.resolve();
    },
  };
}

function openQueues(resources: ProgramRun["resources"], trace: Trace): ReadonlyMap<string, Queue> {
  const queues = new Map(declaredQueues(resources).map((declared) => [declared.arn, new Queue(declared)]));
  for (const { declared } of queues.values()) {
    if (declared.redrive && !queues.has(declared.redrive.targetArn)) {
      throw new UserError(
        `the queue ${declared.name} gives up to ${declared.redrive.targetArn}, which is no declared queue`,
      );
    }
  }
  for (const queue of queues.values()) {
    queue.listen({
      givenUp: (message, targetArn) => {
        const target = queues.get(targetArn);
        target?.accept(message);
        trace.report({
          requestId: trace.newRequestId(),
          part: "queue",
          what: `${target?.declared.name ?? targetArn} ${subjectOf(message)}`,
          status: 500,
          startedAt: Date.now(),
          ms: 0,
          detail: `given up after ${message.receiveCount} tries from ${queue.declared.name}`,
          entry: true,
        });
      },
    });
  }
  return queues;
}

/** The function of a mapping that Lambda would create. */
async function mappedFunction(
  { functionName, queueArn }: DeclaredMapping,
  queue: Queue,
  functions: readonly MappedFunction[],
  iam: Iam,
  owner: string,
): Promise<MappedFunction> {
  const found = functions.find(({ name, arn }) => functionName === name || functionName === arn);
  if (!found) throw new UserError(`${owner} names ${functionName}, which is no declared function`);
  const { visibilityTimeout } = queue.declared;
  if (visibilityTimeout < found.timeout) {
    throw new UserError(
      `Lambda refuses ${owner}: the queue's visibility timeout of ${visibilityTimeout} s is less than the function's timeout of ${found.timeout} s`,
    );
  }
  for (const action of POLLING_ACTIONS) {
    const principal = rolePrincipal(found.roleArn);
    const { allowed, reason } = await iam.decide({ principal, action, resource: queueArn, secureTransport: true });
    if (allowed) continue;
    throw new UserError(`Lambda refuses ${owner}: the function's role may not ${action} on ${queueArn}: ${reason}`);
  }
  return found;
}
