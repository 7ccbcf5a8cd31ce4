import { LOCAL_ACCOUNT_ID } from "@image-resizer/lib/program";
import { LAMBDA_TRUST, policy } from "../s3/storage-helper";
import { resource } from "./resources";

export const REGION = "eu-central-1";
export const ROLE_ARN = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:role/purge`;
export const RULE_ARN = `arn:aws:events:${REGION}:${LOCAL_ACCOUNT_ID}:rule/changes`;
export const arnOf = (queue: string) => `arn:aws:sqs:${REGION}:${LOCAL_ACCOUNT_ID}:${queue}`;

type Inputs = Readonly<Record<string, unknown>>;
export interface Changed {
  readonly queue?: Inputs;
  readonly mapping?: Inputs;
  readonly sender?: string;
  readonly actions?: readonly string[];
  readonly notification?: Inputs;
  readonly versioning?: string;
  readonly rule?: Inputs;
  readonly target?: Inputs;
}

/** A bucket whose changes reach a function by a rule, a queue with a dead-letter queue, and a mapping. */
export function eventResources({
  queue,
  mapping,
  sender = RULE_ARN,
  actions,
  notification,
  versioning,
  rule,
  target,
}: Changed) {
  const queueOf = (name: string, inputs: Inputs) =>
    resource("aws:sqs/queue:Queue", name, { name, ...inputs }, { arn: arnOf(name), url: `https://sqs/${name}` });
  const polling = actions ?? ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  const send = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arnOf("now"),
    Condition: { ArnEquals: { "aws:SourceArn": sender } },
  };
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("failed"), maxReceiveCount: 2 });
  const versions = { bucket: "photos", versioningConfiguration: { status: versioning } };
  return [
    resource("aws:s3/bucketNotification:BucketNotification", "n", {
      bucket: "photos",
      eventbridge: true,
      ...notification,
    }),
    resource("aws:s3/bucketVersioning:BucketVersioning", "v", versions),
    resource(
      "aws:cloudwatch/eventRule:EventRule",
      "changes",
      { name: "changes", eventPattern: '{"source":["aws.s3"]}', ...rule },
      { arn: RULE_ARN },
    ),
    resource("aws:cloudwatch/eventTarget:EventTarget", "t", { rule: "changes", arn: arnOf("now"), ...target }),
    queueOf("now", { redrivePolicy, ...queue }),
    queueOf("failed", {}),
    resource("aws:sqs/queuePolicy:QueuePolicy", "qp", { queueUrl: "https://sqs/now", policy: policy([send]) }),
    resource("aws:lambda/eventSourceMapping:EventSourceMapping", "m", {
      eventSourceArn: arnOf("now"),
      functionName: "purge",
      functionResponseTypes: ["ReportBatchItemFailures"],
      batchSize: 10,
      maximumBatchingWindowInSeconds: 0,
      scalingConfig: { maximumConcurrency: 2 },
      ...mapping,
    }),
    resource("aws:iam/role:Role", "purge", { assumeRolePolicy: LAMBDA_TRUST }, { arn: ROLE_ARN, name: "purge" }),
    resource("aws:iam/rolePolicy:RolePolicy", "p", {
      role: "purge",
      policy: policy([{ Effect: "Allow", Action: polling, Resource: arnOf("now") }]),
    }),
  ];
}
