import type { FunctionRuntime } from "../function/function-runtime";
import type { Iam } from "../iam/iam";
import { rolePrincipal } from "../iam/principal";
import { type ProgramRun, UserError } from "@image-resizer/lib/program";
import type { ObjectChange } from "../s3/bucket";
import type { Trace } from "../trace";
import { EventBus, s3Event } from "./bus";
import { declaredMappings, declaredQueues, declaredRules, notifyingBuckets, versionedBuckets } from "./declared-events";
import { type DeclaredMapping, EventSourceMapping, subjectOf } from "./mapping";
import { Queue } from "./queue";

/** A declared function as mappings need it. */
export interface MappedFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly timeoutS: number;
  readonly runtime: Pick<FunctionRuntime, "invoke">;
}

export interface EventsOptions {
  readonly run: Pick<ProgramRun, "resources" | "accountId" | "region">;
  readonly functions: readonly MappedFunction[];
  readonly iam: Iam;
  readonly trace: Trace;
}

/** The way from a bucket's changes to functions. */
export interface Events {
  /** Buckets whose changes are sent on. */
  readonly buckets: ReadonlySet<string>;
  /** Resolves when a change is in all of its queues. It never rejects. */
  changed(change: ObjectChange): Promise<void>;
  /** Removes every message and receives no more. */
  close(): void;
}

/** Calls that Lambda makes to a queue as the function's role. (Lambda developer guide, "Using Lambda with SQS") */
const POLLING_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/**
 * Starts the declared rules, queues and event source mappings, if there are any.
 * @throws UserError for what AWS would reject or the local stack cannot serve
 */
export async function startEvents({ run, functions, iam, trace }: EventsOptions): Promise<Events> {
  const { resources, accountId, region } = run;
  const queues = openQueues(resources, trace);
  const rules = declaredRules(resources).map(({ targetArns, ...rule }) => ({
    ...rule,
    targets: targetArns.map((arn) => queueOf(queues, arn, `a target of the rule ${rule.name}`)),
  }));
  const mappings: EventSourceMapping[] = [];
  for (const declared of declaredMappings(resources)) {
    const queue = queueOf(queues, declared.queueArn, declared.owner);
    const { runtime } = await mappedFunction(declared, queue, functions, iam);
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
    },
  };
}

function queueOf(queues: ReadonlyMap<string, Queue>, arn: string, owner: string): Queue {
  const queue = queues.get(arn);
  if (!queue) throw new UserError(`${owner} names ${arn}, which is no declared queue`);
  return queue;
}

function openQueues(resources: ProgramRun["resources"], trace: Trace): ReadonlyMap<string, Queue> {
  const queues = new Map(declaredQueues(resources).map((declared) => [declared.arn, new Queue(declared)]));
  for (const queue of queues.values()) {
    const { name, redrive } = queue.declared;
    if (!redrive) continue;
    const deadLetters = queueOf(queues, redrive.targetArn, `the redrivePolicy of the queue ${name}`);
    queue.listen({
      dead: (message) => {
        deadLetters.accept(message);
        trace.report({
          requestId: trace.newRequestId(),
          part: "queue",
          what: `${deadLetters.declared.name} ${subjectOf(message)}`,
          status: 500,
          startedAt: Date.now(),
          ms: 0,
          detail: `moved after ${message.receiveCount} attempts from ${name}`,
          entry: true,
        });
      },
    });
  }
  return queues;
}

/** Returns the function of a mapping that Lambda would create. */
async function mappedFunction(
  { owner, functionName, queueArn }: DeclaredMapping,
  queue: Queue,
  functions: readonly MappedFunction[],
  iam: Iam,
): Promise<MappedFunction> {
  const found = functions.find(({ name, arn }) => functionName === name || functionName === arn);
  if (!found) throw new UserError(`${owner} names ${functionName}, which is no declared function`);
  const { visibilityTimeoutS } = queue.declared;
  if (visibilityTimeoutS < found.timeoutS) {
    throw new UserError(
      `Lambda rejects ${owner}: the queue's visibility timeout of ${visibilityTimeoutS} s is less than the function's timeout of ${found.timeoutS} s`,
    );
  }
  for (const action of POLLING_ACTIONS) {
    const principal = rolePrincipal(found.roleArn);
    const { allowed, reason } = await iam.decide({ principal, action, resource: queueArn, secureTransport: true });
    if (allowed) continue;
    throw new UserError(`Lambda rejects ${owner}: the function's role may not ${action} on ${queueArn}: ${reason}`);
  }
  return found;
}
