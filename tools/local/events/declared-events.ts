import { z } from "zod";
import { inputsOf, ofType, outputOf, rejectInputs } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { DeclaredMapping } from "./mapping";
import { type EventMatcher, eventMatcher } from "./pattern";
import type { DeclaredQueue } from "./queue";

type Resources = readonly RegisteredResource[];

/** A rule with the ARNs of its targets. */
export interface DeclaredRule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targetArns: readonly string[];
}

const NotificationInputs = z.looseObject({ bucket: z.string(), eventbridge: z.boolean().nullish() });
const RuleInputs = z.looseObject({ eventPattern: z.string(), state: z.literal("ENABLED").nullish() });
const TargetInputs = z.looseObject({ rule: z.string(), arn: z.string() });
const QueueInputs = z.looseObject({
  delaySeconds: z.number().min(0).max(900).nullish(),
  visibilityTimeoutSeconds: z.number().min(0).max(43_200).nullish(),
  redrivePolicy: z.string().nullish(),
});
const Redrive = z.strictObject({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});
const MappingInputs = z.looseObject({
  eventSourceArn: z.string(),
  functionName: z.string(),
  // Lambda accepts more with a batching window of its own.
  batchSize: z.number().int().min(1).max(10),
  maximumBatchingWindowInSeconds: z.number().int().min(0).max(300),
  functionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).length(1),
  scalingConfig: z.looseObject({ maximumConcurrency: z.number().int().min(2).max(1000) }),
  enabled: z.literal(true).nullish(),
});

/** Default of SQS. (SQS API reference, CreateQueue) */
const VISIBILITY_TIMEOUT_S = 30;

/** Returns the buckets that send their changes to EventBridge. */
export function notifyingBuckets(resources: Resources): ReadonlySet<string> {
  return new Set(
    ofType(resources, "aws:s3/bucketNotification:BucketNotification").flatMap((resource) => {
      const inputs = inputsOf(resource, NotificationInputs);
      rejectInputs(`the notification "${resource.name}"`, inputs, ["lambdaFunctions", "queues", "topics"]);
      return inputs.eventbridge === true ? [inputs.bucket] : [];
    }),
  );
}

/** Returns the buckets that keep versions. */
export function versionedBuckets(resources: Resources): ReadonlySet<string> {
  return new Set(
    ofType(resources, "aws:s3/bucketVersioning:BucketVersioning").flatMap(({ inputs }) => {
      const { status } = (inputs.versioningConfiguration ?? {}) as { status?: unknown };
      return status === "Enabled" && typeof inputs.bucket === "string" ? [inputs.bucket] : [];
    }),
  );
}

/**
 * Reads the declared rules of the default event bus.
 * @throws UserError for a rule or a target that cannot be served
 */
export function declaredRules(resources: Resources): DeclaredRule[] {
  const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").map((resource) => {
    rejectInputs(`the target "${resource.name}"`, resource.inputs, [
      "input",
      "inputPath",
      "inputTransformer",
      "sqsTarget",
      "deadLetterConfig",
      "eventBusName",
    ]);
    return inputsOf(resource, TargetInputs);
  });
  return ofType(resources, "aws:cloudwatch/eventRule:EventRule").map((resource) => {
    const owner = `the rule "${resource.name}"`;
    rejectInputs(owner, resource.inputs, ["scheduleExpression", "eventBusName"]);
    const { eventPattern } = inputsOf(resource, RuleInputs);
    const name = outputOf(resource, "name");
    return {
      name,
      arn: outputOf(resource, "arn"),
      matches: eventMatcher(eventPattern, owner),
      targetArns: targets.filter(({ rule }) => rule === name).map(({ arn }) => arn),
    };
  });
}

/**
 * Reads the declared queues. Their retention is of days, which no local stack lives.
 * @throws UserError for a queue that cannot be served
 */
export function declaredQueues(resources: Resources): DeclaredQueue[] {
  return ofType(resources, "aws:sqs/queue:Queue").map((resource) => {
    const inputs = inputsOf(resource, QueueInputs);
    rejectInputs(`the queue "${resource.name}"`, inputs, ["fifoQueue", "kmsMasterKeyId", "policy"]);
    return {
      name: outputOf(resource, "name"),
      arn: outputOf(resource, "arn"),
      delayS: inputs.delaySeconds ?? 0,
      visibilityTimeoutS: inputs.visibilityTimeoutSeconds ?? VISIBILITY_TIMEOUT_S,
      ...(inputs.redrivePolicy ? { redrive: readRedrive(inputs.redrivePolicy, resource) } : {}),
    };
  });
}

function readRedrive(policy: string, { name }: RegisteredResource): NonNullable<DeclaredQueue["redrive"]> {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    document = undefined;
  }
  const parsed = Redrive.safeParse(document);
  if (!parsed.success) {
    throw new UserError(
      `the redrivePolicy of the queue "${name}" is no {"deadLetterTargetArn": ARN, "maxReceiveCount": 1 to 1000}`,
    );
  }
  const { deadLetterTargetArn: targetArn, maxReceiveCount } = parsed.data;
  return { targetArn, maxReceiveCount };
}

/**
 * Reads the declared event source mappings.
 * @throws UserError for a mapping that Lambda would reject or that cannot be served
 */
export function declaredMappings(resources: Resources): DeclaredMapping[] {
  return ofType(resources, "aws:lambda/eventSourceMapping:EventSourceMapping").map((resource) => {
    const inputs = inputsOf(resource, MappingInputs);
    const owner = `the event source mapping "${resource.name}"`;
    rejectInputs(owner, inputs, ["filterCriteria", "provisionedPollerConfig"]);
    return {
      owner,
      queueArn: inputs.eventSourceArn,
      functionName: inputs.functionName,
      batchSize: inputs.batchSize,
      windowS: inputs.maximumBatchingWindowInSeconds,
      concurrency: inputs.scalingConfig.maximumConcurrency,
    };
  });
}
