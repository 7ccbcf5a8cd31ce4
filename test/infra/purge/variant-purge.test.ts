import assert from "node:assert/strict";
import type { Format } from "../../../functions/variant-key";
import { MAX_LEFT_OUT_SPECS, originalChangesPattern } from "../../../infra/purge/variant-purge";
import { register, type Registered } from "../../support/program";

const BUCKET = "arn:aws:s3:::image-resizer-dev-123456789012";
const QUEUES = "arn:aws:sqs:us-east-1:123456789012:image-resizer-dev-purge";
const RULE = "arn:aws:events:us-east-1:123456789012:rule/image-resizer-dev-originals";
const TAGS = { Project: "image-resizer", Stack: "dev", ManagedBy: "Pulumi", CostCentre: "development" };

describe("VariantPurge", () => {
  let stack: Registered;

  before(async () => {
    stack = await register({ stack: "dev", config: { "bucket.purgeOnChange": true, "resizer.timeout": 20 } });
  });

  it("is not there unless it is asked for", async () => {
    const plain = await register({ stack: "dev" });
    for (const type of ["VariantPurge", "PurgeQueues", "Queue", "EventRule", "BucketNotification"]) {
      assert.deepEqual(plain.all(type), [], type);
    }
  });

  it("has the bucket's events sent to EventBridge, and those of originals alone to two queues", () => {
    assert.deepEqual(stack.one("BucketNotification").inputs, {
      bucket: "image-resizer-dev-123456789012",
      eventbridge: true,
    });
    const { eventPattern, ...rule } = stack.one("EventRule").inputs;
    assert.deepEqual(rule, {
      name: "image-resizer-dev-originals",
      description: "Originals that are replaced or deleted",
      tags: TAGS,
    });
    assert.deepEqual(JSON.parse(String(eventPattern)), {
      source: ["aws.s3"],
      "detail-type": ["Object Created", "Object Deleted"],
      detail: {
        bucket: { name: ["image-resizer-dev-123456789012"] },
        object: {
          key: [
            {
              "anything-but": {
                wildcard: ["*/200x150/*", "*/360x270/*", "*/640w/*"],
              },
            },
          ],
        },
      },
    });
    assert.deepEqual(
      stack.all("EventTarget").map(({ inputs }) => inputs),
      ["now", "again"].map((which) => ({ rule: "image-resizer-dev-originals", arn: `${QUEUES}-${which}` })),
    );
    for (const { options, name } of stack.all("EventTarget")) {
      assert.deepEqual(options.dependsOn, [name.replace("-target", "-policy")]);
    }
  });

  it("leaves no more specs out by the rule's pattern than EventBridge takes wildcards", () => {
    assert.equal(MAX_LEFT_OUT_SPECS, 3);
    const leftOut = (sizes: string[], formats: Format[]) =>
      originalChangesPattern("b", { sizes, formats, maxDimension: 4096 }).detail.object.key;
    assert.deepEqual(leftOut(["100w", "200w", "300w", "400w"], []), [
      { "anything-but": { wildcard: ["*/100w/*", "*/200w/*", "*/300w/*"] } },
    ]);
    // What most viewers get comes first.
    assert.deepEqual(leftOut(["100w", "200w"], ["avif", "webp"]), [
      { "anything-but": { wildcard: ["*/100w.avif/*", "*/200w.avif/*", "*/100w.webp/*"] } },
    ]);
  });

  it("looks at a change at once, and again when the longest resize has ended and its write has arrived", () => {
    const queue = (which: string, inputs: object) => ({
      name: `image-resizer-dev-purge-${which}`,
      sqsManagedSseEnabled: true,
      tags: TAGS,
      ...inputs,
    });
    const working = (which: string, delaySeconds: number) =>
      queue(which, {
        delaySeconds,
        visibilityTimeoutSeconds: 360,
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: `${QUEUES}-failed`, maxReceiveCount: 20 }),
      });
    assert.deepEqual(
      stack.all("Queue").map(({ inputs }) => inputs),
      [queue("failed", { messageRetentionSeconds: 1_209_600 }), working("now", 0), working("again", 30)],
    );
  });

  it("lets the rule send to the queues, and nobody else", () => {
    assert.deepEqual(
      stack
        .all("QueuePolicy")
        .map(({ inputs }) => ({ queue: inputs.queueUrl, policy: JSON.parse(String(inputs.policy)) as unknown })),
      ["now", "again"].map((which) => ({
        queue: `https://sqs.us-east-1.amazonaws.com/123456789012/image-resizer-dev-purge-${which}`,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "RuleSendsChanges",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: ["sqs:SendMessage"],
              Resource: [`${QUEUES}-${which}`],
              Condition: { ArnEquals: { "aws:SourceArn": RULE } },
            },
          ],
        },
      })),
    );
  });

  it("may look at objects, delete variants of listed sizes, take its messages and tell its CDN, and nothing else", () => {
    const policy = (name: string) => stack.named("RolePolicy", name).inputs.policy;
    assert.deepEqual(policy("purge-policy"), {
      Version: "2012-10-17",
      Statement: [
        { Sid: "LookAtObjects", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${BUCKET}/*`] },
        {
          Sid: "DeleteVariants",
          Effect: "Allow",
          Action: ["s3:DeleteObject"],
          Resource: ["200x150", "360x270", "640w"].flatMap((spec) => [`${BUCKET}/*/${spec}/*`, `${BUCKET}/${spec}/*`]),
        },
        {
          Sid: "TakeMessages",
          Effect: "Allow",
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          Resource: [`${QUEUES}-now`, `${QUEUES}-again`],
        },
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/image-resizer-dev-purge:*"],
        },
      ],
    });
    assert.deepEqual(policy("purge-cdn-policy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "InvalidateVariants",
          Effect: "Allow",
          Action: ["cloudfront:CreateInvalidation"],
          Resource: ["arn:aws:cloudfront::123456789012:distribution/E2QWRUHEXAMPLE"],
        },
      ],
    });
    for (const name of ["purge-policy", "purge-cdn-policy"]) {
      assert.equal(stack.named("RolePolicy", name).inputs.role, stack.named("Role", "purge-role").outputs.name);
    }
  });

  it("takes messages in batches, and gives back those that failed", () => {
    assert.deepEqual(
      stack.all("EventSourceMapping").map(({ inputs }) => inputs),
      ["now", "again"].map((which) => ({
        eventSourceArn: `${QUEUES}-${which}`,
        functionName: "arn:aws:lambda:us-east-1:123456789012:function:image-resizer-dev-purge",
        batchSize: 10,
        maximumBatchingWindowInSeconds: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 2 },
        tags: TAGS,
      })),
    );
  });

  it("runs a function of its own with a log group of its own, after its role may work", () => {
    const lambda = stack.named("Function", "purge");
    const { code, ...inputs } = lambda.inputs;
    assert.ok(code);
    assert.deepEqual(inputs, {
      name: "image-resizer-dev-purge",
      description: "Deletes the variants of an original that has changed",
      role: stack.named("Role", "purge-role").outputs.arn,
      runtime: "nodejs24.x",
      handler: "index.handler",
      architectures: ["arm64"],
      memorySize: 256,
      timeout: 60,
      environment: {
        variables: {
          DISTRIBUTION_ID: "E2QWRUHEXAMPLE",
          SETTINGS: JSON.stringify({
            bucket: "image-resizer-dev-123456789012",
            allowList: { sizes: ["200x150", "360x270", "640w"], formats: [], maxDimension: 4096 },
            keyInQuery: false,
          }),
        },
      },
      loggingConfig: { logFormat: "JSON", logGroup: "/aws/lambda/image-resizer-dev-purge" },
      tags: TAGS,
    });
    assert.deepEqual(lambda.options.dependsOn, ["purge-policy", "purge-cdn-policy", "purge-logs"]);
    assert.deepEqual(stack.named("LogGroup", "purge-logs").inputs, {
      name: "/aws/lambda/image-resizer-dev-purge",
      retentionInDays: 7,
      tags: TAGS,
    });
  });

  it("has its role's whole policy known in a preview, but for the distribution that there is not yet", async () => {
    const preview = await register({
      stack: "dev",
      config: { "bucket.purgeOnChange": true, "resizer.timeout": 20 },
      preview: true,
    });
    assert.deepEqual(
      preview.named("RolePolicy", "purge-policy").inputs.policy,
      stack.named("RolePolicy", "purge-policy").inputs.policy,
    );
  });
});
