import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { SQSEvent } from "aws-lambda";
import { Events } from "../../events/events";
import type { InvocationResult } from "../../function/function-runtime";
import { Iam } from "../../iam/iam";
import { declaredPolicies } from "../../iam/policies";
import { LOCAL_ACCOUNT_ID, type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { ObjectChange } from "../../s3/storage";
import { type Hop, Trace } from "../../trace";
import { arnOf, type Changed, eventResources, REGION, ROLE_ARN, RULE_ARN } from "../support/event-resources";

const put = (key: string, more: Partial<ObjectChange> = {}): ObjectChange => ({
  bucket: "photos",
  key,
  reason: "PutObject",
  object: { size: 5, etag: '"abc"' },
  ...more,
});

/** Shorter than AWS allows, so that a test waits little. */
const IMPATIENT = { visibilityTimeoutSeconds: 0.03 };

describe("events on their way to a function", () => {
  let events: Events | undefined;
  let hops: Hop[];
  let hopped: (() => void) | undefined;

  /** The way to a function that answers with `answer`. */
  function start(changed: Changed = {}, answer: (event: SQSEvent) => unknown = () => null) {
    const calls: SQSEvent[] = [];
    const trace = new Trace();
    hops = [];
    hopped = undefined;
    trace.listen((hop) => {
      hops.push(hop);
      hopped?.();
    });
    const runtime = {
      invoke: (event: unknown): Promise<InvocationResult> => {
        calls.push(event as SQSEvent);
        const payload = answer(event as SQSEvent);
        return Promise.resolve(
          payload instanceof Error
            ? { kind: "error", error: { errorType: "Error", errorMessage: payload.message } }
            : { kind: "answer", payload: JSON.stringify(payload) },
        );
      },
    };
    const resources: readonly RegisteredResource[] = eventResources(changed);
    events = new Events({
      run: { resources, accountId: LOCAL_ACCOUNT_ID, region: REGION },
      functions: [{ name: "purge", arn: "arn:purge", invokeArn: "", roleArn: ROLE_ARN, timeoutS: 0, runtime }],
      iam: new Iam(declaredPolicies(resources), LOCAL_ACCOUNT_ID, trace),
      trace,
    });
    return { calls, events };
  }
  afterEach(() => events?.close());

  const keysOf = ({ Records }: SQSEvent) =>
    Records.map(({ body }) => (JSON.parse(body) as { detail: { object: { key: string } } }).detail.object.key);
  const queueHops = () => hops.filter(({ part }) => part === "queue").map(({ what, status }) => `${status} ${what}`);

  /** Resolves when the queues have reported so many batches and dead messages. */
  const queuesHave = (count: number) =>
    new Promise<void>((resolve) => {
      hopped = () => {
        if (queueHops().length >= count) resolve();
      };
      hopped();
    });

  it("sends the function S3's event in SQS's record", async () => {
    const { calls, events } = start();
    events.changed(put("a b.jpg", { requestId: "r" }));
    await queuesHave(1);
    const [record] = calls[0]?.Records ?? [];
    assert.ok(record);
    const { body, messageId, receiptHandle, attributes, ...rest } = record;
    assert.ok(messageId !== "" && receiptHandle !== "");
    const { SentTimestamp, ...counted } = attributes;
    assert.ok(Number(SentTimestamp) > 0 && Number(counted.ApproximateFirstReceiveTimestamp) >= Number(SentTimestamp));
    assert.equal(counted.ApproximateReceiveCount, "1");
    assert.deepEqual(rest, {
      messageAttributes: {},
      md5OfBody: createHash("md5").update(body).digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: arnOf("now"),
      awsRegion: REGION,
    });
    const { id, time, ...event } = JSON.parse(body) as { id: string; time: string };
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(event, {
      version: "0",
      "detail-type": "Object Created",
      source: "aws.s3",
      account: LOCAL_ACCOUNT_ID,
      region: REGION,
      resources: ["arn:aws:s3:::photos"],
      detail: {
        version: "0",
        bucket: { name: "photos" },
        object: { key: "a b.jpg", size: 5, etag: "abc" },
        requester: LOCAL_ACCOUNT_ID,
        reason: "PutObject",
      },
    });
  });

  it("sends a deletion that changed something: in a versioned bucket that is every one", async () => {
    for (const [versioning, existed, count] of [
      ["Suspended", [true, false], 1],
      ["Enabled", [true, false], 2],
    ] as const) {
      const { calls, events } = start({ versioning });
      for (const each of existed) {
        events.changed({ bucket: "photos", key: "a.jpg", reason: "DeleteObject", existed: each });
      }
      await queuesHave(count);
      const types = calls.flatMap(({ Records }) => Records.map(({ body }) => /Object \w+/.exec(body)?.[0]));
      assert.deepEqual(types, Array(count).fill("Object Deleted"));
      events.close();
    }
  });

  it("sends nothing where the bucket sends no events, or the queue's policy allows another rule", () => {
    const silent = start({ notification: { eventbridge: false } });
    silent.events.changed(put("a.jpg"));
    const foreign = start({ sender: `${RULE_ARN}-other` });
    foreign.events.changed(put("a.jpg"));
    assert.deepEqual([silent.calls, foreign.calls], [[], []]);
    assert.deepEqual(
      hops.filter(({ part }) => part === "events").map(({ status, detail }) => [status, detail]),
      [[403, "rule changes not to now (no statement allows sqs:SendMessage)"]],
    );
  });

  it("tries again what an error or the response names, and moves it to the dead-letter queue in the end", async () => {
    const { calls, events } = start({ queue: IMPATIENT }, ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body.includes("bad")).map(({ messageId: itemIdentifier }) => ({
        itemIdentifier,
      })),
    }));
    events.changed(put("good.jpg"));
    events.changed(put("bad.jpg"));
    await queuesHave(4);
    assert.deepEqual(calls.flatMap(keysOf), ["good.jpg", "bad.jpg", "bad.jpg"]);
    assert.deepEqual(queueHops(), ["200 now good.jpg", "500 now bad.jpg", "500 now bad.jpg", "500 failed bad.jpg"]);
    events.close();

    const failing = start({ queue: IMPATIENT }, () => new Error("no"));
    failing.events.changed(put("a.jpg"));
    await queuesHave(3);
    assert.equal(failing.calls.length, 2);
    assert.deepEqual(queueHops(), ["500 now a.jpg", "500 now a.jpg", "500 failed a.jpg"]);
  });

  it("collects a batch, and waits no longer once it is full", () => {
    const { calls, events } = start({
      mapping: { batchSize: 2, maximumBatchingWindowInSeconds: 300 },
      queue: { visibilityTimeoutSeconds: 30 },
    });
    events.changed(put("1"));
    assert.deepEqual(calls, []);
    events.changed(put("2"));
    assert.deepEqual(calls.map(keysOf), [["1", "2"]]);
  });

  it("holds a message back as long as the queue's delay says", async () => {
    // Without a delay the function has the message before the change resolves.
    const long = start({ queue: { delaySeconds: 900 } });
    long.events.changed(put("a.jpg"));
    assert.deepEqual(long.calls, []);
    long.events.close();

    const short = start({ queue: { delaySeconds: 0.03 } });
    short.events.changed(put("a.jpg"));
    await queuesHave(1);
    assert.deepEqual(short.calls.map(keysOf), [["a.jpg"]]);
  });

  it("rejects what AWS would reject, or what is not served, in one sentence", () => {
    for (const [changed, message] of [
      [
        { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"] },
        /^Lambda rejects the event source mapping "m": .* may not sqs:GetQueueAttributes/,
      ],
      [{ mapping: { functionName: "other" } }, /names other, which is no declared function/],
      [{ mapping: { eventSourceArn: "arn:x" } }, /names arn:x, which is no declared queue/],
      [{ mapping: { batchSize: 11 } }, /"m" cannot be served: batchSize: /],
      [{ mapping: { functionResponseTypes: [] } }, /"m" cannot be served: functionResponseTypes: /],
      [{ mapping: { scalingConfig: undefined } }, /"m" cannot be served: scalingConfig: /],
      [{ rule: { state: "DISABLED" } }, /"changes" cannot be served: state: /],
      [{ target: { input: "{}" } }, /"t" cannot be served: input: the local stack does not serve it/],
      [{ rule: { eventBusName: "other" } }, /"changes" cannot be served: eventBusName: /],
      [{ mapping: { filterCriteria: { filters: [] } } }, /"m" cannot be served: filterCriteria: /],
      [{ queue: { fifoQueue: true } }, /"now" cannot be served: fifoQueue: /],
      [{ queue: { redrivePolicy: "{}" } }, /"now" cannot be served: redrivePolicy/],
      [{ notification: { topics: [{}] } }, /"n" cannot be served: topics: /],
    ] as const) {
      assert.throws(
        () => start(changed),
        (error) => error instanceof UserError && message.test(error.message),
      );
    }
  });
});
