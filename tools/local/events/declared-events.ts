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
const RuleInputs = z.looseObject({
  eventPattern: z.string(),
  eventBusName: z.string().nullish(),
  state: z.string().nullish(),
});
const TargetInputs = z.looseObject({ rule: z.string(), arn: z.string(), eventBusName: z.string().nullish() });
const QueueInputs = z.looseObject({
  delaySeconds: z.number().min(0).max(900).nullish(),
  visibilityTimeoutSeconds: z.number().min(0).max(43_200).nullish(),
  messageRetentionSeconds: z.number().min(60).max(1_209_600).nullish(),
  redrivePolicy: z.string().nullish(),
});
const Redrive = z.strictObject({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});
const MappingInputs = z.looseObject({
  eventSourceArn: z.string(),
  functionName: z.string(),
  batchSize: z.number().int().min(1).max(10_000).nullish(),
  maximumBatchingWindowInSeconds: z.number().int().min(0).max(300).nullish(),
  functionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).nullish(),
  scalingConfig: z.looseObject({ maximumConcurrency: z.number().int().min(2).max(1000).nullish() }).nullish(),
  enabled: z.literal(true).nullish(),
});

const DEFAULT_BUS = "default";
/** SQS's defaults, in seconds. (SQS API reference, CreateQueue) */
const VISIBILITY_TIMEOUT = 30;
const RETENTION = 345_600;
/** Lambda's. (Lambda API reference, CreateEventSourceMapping) */
const BATCH_SIZE = 10;
/** A larger batch needs a window to be gathered in. */
const MAX_BATCH_WITHOUT_WINDOW = 10;

/** The buckets that tell EventBridge of their changes. */
export function notifyingBuckets(resources: Resources): ReadonlySet<string> {
  return new Set(
    ofType(resources, "aws:s3/bucketNotification:BucketNotification").flatMap((resource) => {
      const inputs = inputsOf(resource, NotificationInputs);
      rejectInputs(`the notification "${resource.name}"`, inputs, ["lambdaFunctions", "queues", "topics"]);
      return inputs.eventbridge === true ? [inputs.bucket] : [];
    }),
  );
}

/** The buckets that keep versions. */
export function versionedBuckets(resources: Resources): ReadonlySet<string> {
  return new Set(
    ofType(resources, "aws:s3/bucketVersioning:BucketVersioning").flatMap(({ inputs }) => {
      const { status } = (inputs.versioningConfiguration ?? {}) as { status?: unknown };
      return status === "Enabled" && typeof inputs.bucket === "string" ? [inputs.bucket] : [];
    }),
  );
}

/** @throws UserError for a rule or a target that cannot be served */
export function declaredRules(resources: Resources): DeclaredRule[] {
  const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").map((resource) => {
    const inputs = inputsOf(resource, TargetInputs);
    const owner = `the target "${resource.name}"`;
    rejectInputs(owner, inputs, ["input", "inputPath", "inputTransformer", "sqsTarget", "deadLetterConfig"]);
    onDefaultBus(owner, inputs.eventBusName);
    return inputs;
  });
  return ofType(resources, "aws:cloudwatch/eventRule:EventRule").map((resource) => {
    const inputs = inputsOf(resource, RuleInputs);
    const owner = `the rule "${resource.name}"`;
    rejectInputs(owner, inputs, ["scheduleExpression"]);
    onDefaultBus(owner, inputs.eventBusName);
    const name = outputOf(resource, "name");
    const isEnabled = (inputs.state ?? "ENABLED") === "ENABLED";
    return {
      name,
      arn: outputOf(resource, "arn"),
      matches: eventMatcher(inputs.eventPattern, owner),
      targetArns: isEnabled ? targets.filter(({ rule }) => rule === name).map(({ arn }) => arn) : [],
    };
  });
}

function onDefaultBus(owner: string, bus: string | null | undefined): void {
  if ((bus ?? DEFAULT_BUS) === DEFAULT_BUS) return;
  throw new UserError(`${owner} is of the event bus "${bus ?? ""}": the local stack serves the default one`);
}

/** @throws UserError for a queue that cannot be served */
export function declaredQueues(resources: Resources): DeclaredQueue[] {
  return ofType(resources, "aws:sqs/queue:Queue").map((resource) => {
    const inputs = inputsOf(resource, QueueInputs);
    rejectInputs(`the queue "${resource.name}"`, inputs, ["fifoQueue", "kmsMasterKeyId", "policy"]);
    const redrive = inputs.redrivePolicy ? readRedrive(inputs.redrivePolicy, resource) : undefined;
    return {
      name: outputOf(resource, "name"),
      arn: outputOf(resource, "arn"),
      delay: inputs.delaySeconds ?? 0,
      visibilityTimeout: inputs.visibilityTimeoutSeconds ?? VISIBILITY_TIMEOUT,
      retention: inputs.messageRetentionSeconds ?? RETENTION,
      ...(redrive ? { redrive } : {}),
    };
  });
}

function readRedrive(policy: string, { name }: RegisteredResource) {
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

/** @throws UserError for a mapping that Lambda would refuse or that cannot be served */
export function declaredMappings(resources: Resources): (DeclaredMapping & { readonly name: string })[] {
  return ofType(resources, "aws:lambda/eventSourceMapping:EventSourceMapping").map((resource) => {
    const inputs = inputsOf(resource, MappingInputs);
    const owner = `the event source mapping "${resource.name}"`;
    rejectInputs(owner, inputs, ["filterCriteria", "provisionedPollerConfig"]);
    const batchSize = inputs.batchSize ?? BATCH_SIZE;
    const window = inputs.maximumBatchingWindowInSeconds ?? 0;
    if (batchSize > MAX_BATCH_WITHOUT_WINDOW && window === 0) {
      throw new UserError(
        `Lambda refuses ${owner}: a batch of more than ${MAX_BATCH_WITHOUT_WINDOW} needs a batching window`,
      );
    }
    return {
      name: resource.name,
      queueArn: inputs.eventSourceArn,
      functionName: inputs.functionName,
      batchSize,
      window,
      concurrency: inputs.scalingConfig?.maximumConcurrency ?? Infinity,
      reportsFailures: (inputs.functionResponseTypes ?? []).length > 0,
    };
  });
}
