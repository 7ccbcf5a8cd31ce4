import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readSettings } from "../../../functions/resizer/settings";
import { createMetrics } from "../../../functions/resizer/metrics";
import { namesOf } from "../../../infra/names";
import { slowMilliseconds } from "../../../infra/operations/alarms";
import {
  type DashboardBody,
  dashboardBody,
  type GraphedMetric,
  type Subjects,
} from "../../../infra/operations/dashboard";
import { register, type Registered } from "../../support/program";

const ROOT = path.resolve(__dirname, "../../..");
/** Where each alarm has a section of its own. */
const RUNBOOK = "docs/operations.md";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:image-resizer-dev-alarms";
const API = "k28ihy1li5";
const RESIZER = "image-resizer-dev-resizer";

/** What each service reports, under which names of dimensions (each service's own guide). */
const REPORTED: Readonly<Record<string, { dimensions: readonly string[][]; metrics: readonly string[] }>> = {
  "AWS/Lambda": {
    dimensions: [["FunctionName"]],
    metrics: ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
  },
  "AWS/ApiGateway": { dimensions: [["ApiId"]], metrics: ["Count", "4xx", "5xx", "Latency", "IntegrationLatency"] },
  "AWS/CloudFront": {
    dimensions: [["Region", "DistributionId"]],
    metrics: ["Requests", "BytesDownloaded", "BytesUploaded", "4xxErrorRate", "5xxErrorRate", "TotalErrorRate"],
  },
  "AWS/SQS": {
    dimensions: [["QueueName"]],
    metrics: ["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"],
  },
  "image-resizer": ownMetrics(),
};

/** What the function itself writes into its log. */
function ownMetrics() {
  const metrics = createMetrics({ namespace: "image-resizer", stack: "dev" }, { sizes: ["640w"] });
  const made = { size: "640w", format: "jpeg", written: true, milliseconds: 1, bytesIn: 1, bytesOut: 1 } as const;
  const directives = [metrics.made(made), metrics.refused("unavailable")].flatMap(
    ({ _aws }) =>
      (_aws as { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] }).CloudWatchMetrics,
  );
  return {
    dimensions: directives.flatMap(({ Dimensions }) => Dimensions),
    metrics: directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
  };
}

interface AlarmInputs {
  readonly name: string;
  readonly alarmDescription: string;
  readonly alarmActions: string[];
  readonly okActions: string[];
  readonly metricQueries?: { metric?: { namespace: string; metricName: string; dimensions: object } }[];
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: object;
  readonly [other: string]: unknown;
}

function alarmsOf(stack: Registered): AlarmInputs[] {
  return stack.all("MetricAlarm").map(({ inputs }) => inputs as unknown as AlarmInputs);
}

/** What an alarm is set to, without its words. */
function settings({ inputs }: { inputs: Readonly<Record<string, unknown>> }) {
  const words = ["alarmDescription", "alarmActions", "okActions", "tags"];
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !words.includes(name)));
}

function assertReported(namespace: string, metric: string, dimensions: readonly string[]): void {
  const known = REPORTED[namespace];
  assert.ok(known, `nothing reports into ${namespace}`);
  assert.ok(known.metrics.includes(metric), `${namespace} has no ${metric}`);
  const names = [...dimensions].sort().join();
  assert.ok(
    known.dimensions.some((set) => [...set].sort().join() === names),
    `${metric} has no dimensions ${names}`,
  );
}

/** Returns the alarms about the purge, of a stack that has one. */
async function purgeAlarms() {
  const stack = await register({
    stack: "dev",
    config: { "operations.monitoring": true, "bucket.purgeOnChange": true },
  });
  const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
  return stack
    .all("MetricAlarm")
    .filter(({ name }) => name.startsWith("monitoring-alarms-purge"))
    .sort(byName);
}

describe("Monitoring", () => {
  let dev: Registered;

  before(async () => {
    dev = await register({
      stack: "dev",
      config: { "operations.monitoring": true, "operations.alarmEmail": "images@example.com" },
    });
  });

  it("is not there unless it is asked for, and neither are the function's metrics", async () => {
    const plain = await register({ stack: "dev" });
    for (const type of ["MetricAlarm", "Topic", "Dashboard"]) assert.equal(plain.all(type).length, 0, type);
    const metrics = (stack: Registered) =>
      readSettings((stack.one("Function").inputs.environment as { variables: Record<string, string> }).variables)
        .metrics;
    assert.equal(metrics(plain), undefined);
    assert.deepEqual(metrics(dev), { namespace: "image-resizer", stack: "dev" });
  });

  it("tells where alarms go and where the dashboard is", () => {
    assert.equal(dev.run.outputs.alarmTopicArn, TOPIC);
    assert.equal(
      dev.run.outputs.dashboardUrl,
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/image-resizer-dev",
    );
  });

  it("has a topic on which CloudWatch may publish this stack's alarms, and nobody anything else", () => {
    const { arn, policy } = dev.one("TopicPolicy").inputs;
    assert.equal(arn, TOPIC);
    assert.deepEqual(JSON.parse(String(policy)), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AlarmsOfThisStack",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: TOPIC,
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:image-resizer/dev/*" },
          },
        },
      ],
    });
  });

  it("writes to the address, where there is one", async () => {
    assert.deepEqual(dev.one("TopicSubscription").inputs, {
      topic: TOPIC,
      protocol: "email",
      endpoint: "images@example.com",
    });
    const silent = await register({ stack: "dev", config: { "operations.monitoring": true } });
    assert.equal(silent.all("TopicSubscription").length, 0);
    assert.equal(silent.all("MetricAlarm").length, 5);
  });

  it("has an alarm for errors, throttles, slowness, failures and unusual misses", () => {
    const lambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: RESIZER }, period: 300 };
    const twoOfThree = { evaluationPeriods: 3, datapointsToAlarm: 2 };
    const any = { statistic: "Sum", comparisonOperator: "GreaterThanThreshold", threshold: 0, ...twoOfThree };
    const always = { treatMissingData: "notBreaching" };
    const metric = (metricName: string) => ({
      ...{ namespace: "AWS/ApiGateway", metricName, dimensions: { ApiId: API }, stat: "Sum", period: 300 },
    });
    const alarm = (name: string) => settings(dev.named("MetricAlarm", `monitoring-alarms-${name}`));
    const named = (name: string) => ({ name: `image-resizer/dev/${name}`, ...always });
    assert.deepEqual(alarm("resizer-errors"), { ...named("resizer-errors"), ...lambda, ...any, metricName: "Errors" });
    assert.deepEqual(alarm("resizer-throttles"), {
      ...{ ...named("resizer-throttles"), ...lambda, ...any },
      metricName: "Throttles",
    });
    assert.deepEqual(alarm("resizer-slow"), {
      ...{ ...named("resizer-slow"), ...lambda },
      metricName: "Duration",
      extendedStatistic: "p95",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 11_200,
      evaluateLowSampleCountPercentiles: "evaluate",
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });
    assert.deepEqual(alarm("api-5xx"), {
      ...{ ...named("api-5xx"), ...twoOfThree },
      metricQueries: [
        {
          id: "rate",
          expression: "IF(FILL(failures, 0) >= 5, 100 * failures / requests, 0)",
          label: "5xx, % of requests",
          returnData: true,
        },
        { id: "failures", metric: metric("5xx") },
        { id: "requests", metric: metric("Count") },
      ],
      comparisonOperator: "GreaterThanThreshold",
      threshold: 5,
    });
    assert.deepEqual(alarm("misses-unusual"), {
      ...named("misses-unusual"),
      metricQueries: [
        { id: "misses", metric: metric("Count"), returnData: true },
        { id: "usual", expression: "ANOMALY_DETECTION_BAND(misses, 4)", label: "usual", returnData: true },
      ],
      thresholdMetricId: "usual",
      comparisonOperator: "GreaterThanUpperThreshold",
      evaluationPeriods: 6,
      datapointsToAlarm: 6,
    });
    assert.equal(dev.all("MetricAlarm").length, 5);
  });

  it("calls the resizer slow before it gives up, whatever its time", () => {
    for (let timeout = 3; timeout <= 29; timeout++) {
      assert.ok(slowMilliseconds(timeout) < timeout * 1000 - 1000, String(timeout));
    }
    assert.equal(slowMilliseconds(3), 1600);
  });

  it("has two more where changes of originals delete variants", async () => {
    const alarms = await purgeAlarms();
    assert.deepEqual(
      alarms.map((alarm) => {
        const { name, metricName, dimensions, statistic, threshold, evaluationPeriods } = alarm.inputs;
        return { name, metricName, dimensions, statistic, threshold, evaluationPeriods };
      }),
      [
        {
          name: "image-resizer/dev/purge-dead-letters",
          metricName: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: "image-resizer-dev-purge-failed" },
          statistic: "Maximum",
          threshold: 0,
          evaluationPeriods: 1,
        },
        {
          name: "image-resizer/dev/purge-late",
          metricName: "ApproximateAgeOfOldestMessage",
          dimensions: { QueueName: "image-resizer-dev-purge-now" },
          statistic: "Maximum",
          threshold: 600,
          evaluationPeriods: 1,
        },
      ],
    );
  });

  it("says with every alarm what to do and where more is, tells the topic, and watches what exists", async () => {
    const runbook = readFileSync(path.join(ROOT, RUNBOOK), "utf8");
    const purge = (await purgeAlarms()).map(({ inputs }) => inputs as unknown as AlarmInputs);
    const alarms = [...alarmsOf(dev), ...purge];
    assert.equal(alarms.length, 7);
    for (const alarm of alarms) {
      const subject = alarm.name.slice("image-resizer/dev/".length);
      assert.match(
        alarm.alarmDescription,
        /^[A-Z].{20,}\. What to do: .{40,}\. More: docs\/operations\.md, "[a-z0-9-]+"\.$/,
      );
      assert.ok(alarm.alarmDescription.endsWith(`"${subject}".`), subject);
      // CloudWatch takes no longer one.
      assert.ok(alarm.alarmDescription.length <= 1024);
      assert.match(runbook, new RegExp(`^#+ ${subject}$`, "m"), `${RUNBOOK} has no section ${subject}`);
      assert.deepEqual([alarm.alarmActions, alarm.okActions], [[TOPIC], [TOPIC]]);
      const queries = alarm.metricQueries?.flatMap(({ metric }) => metric ?? []) ?? [
        { namespace: alarm.namespace ?? "", metricName: alarm.metricName ?? "", dimensions: alarm.dimensions ?? {} },
      ];
      for (const { namespace, metricName, dimensions } of queries) {
        assertReported(namespace, metricName, Object.keys(dimensions));
      }
    }
  });
});

describe("the dashboard", () => {
  const SUBJECTS: Subjects = {
    region: "eu-central-1",
    alarmArns: ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:image-resizer/dev/api-5xx"],
    distributionId: "E2QWRUHEXAMPLE",
    apiId: API,
    names: namesOf("image-resizer", "dev"),
    timeoutMs: 15_000,
    slowMs: 11_200,
    reservedConcurrency: 5,
    allowList: { sizes: ["360x270", "640w"], formats: [], maxDimension: 4096 },
    purges: true,
  };
  type Graph = Extract<DashboardBody["widgets"][number], { type: "metric" }>;
  const graphs = (body: DashboardBody) => body.widgets.filter((widget): widget is Graph => widget.type === "metric");
  const titled = (title: string, subjects = SUBJECTS) => {
    const found = graphs(dashboardBody(subjects)).find(({ properties }) => properties.title === title);
    assert.ok(found, title);
    return found.properties;
  };

  it("is that of the stack's own resources", async () => {
    const dev = await register({
      stack: "dev",
      config: { "operations.monitoring": true, "resizer.reservedConcurrency": 3 },
    });
    const { dashboardName, dashboardBody: text } = dev.one("Dashboard").inputs;
    assert.equal(dashboardName, "image-resizer-dev");
    assert.deepEqual(
      JSON.parse(String(text)),
      JSON.parse(
        JSON.stringify(
          dashboardBody({
            ...SUBJECTS,
            region: "us-east-1",
            alarmArns: ["resizer-errors", "resizer-throttles", "resizer-slow", "api-5xx", "misses-unusual"].map(
              (name) => String(dev.named("MetricAlarm", `monitoring-alarms-${name}`).outputs.arn),
            ),
            reservedConcurrency: 3,
            allowList: { sizes: ["200x150", "360x270", "640w"], formats: [], maxDimension: 4096 },
            purges: false,
          }),
        ),
      ),
    );
  });

  it("has widgets within the grid, none upon another", () => {
    const { widgets } = dashboardBody(SUBJECTS);
    const cells = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      assert.ok(x >= 0 && x + width <= 24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          assert.ok(!cells.has(`${column},${row}`), `two widgets at ${column},${row}`);
          cells.add(`${column},${row}`);
        }
      }
    }
    assert.equal(widgets.length, 18);
  });

  it("graphs metrics that exist, CloudFront's where they are kept", () => {
    for (const { properties } of graphs(dashboardBody(SUBJECTS))) {
      for (const line of properties.metrics) {
        const [namespace = "", name = "", ...dimensions] = line.slice(0, -1) as string[];
        assertReported(
          namespace,
          name,
          dimensions.filter((_, index) => index % 2 === 0),
        );
        assert.equal(properties.region, namespace === "AWS/CloudFront" ? "us-east-1" : "eu-central-1");
      }
      assert.ok(properties.metrics.length > 0, properties.title);
    }
  });

  it("has a line for each size, each format and each reason", () => {
    const labels = (metrics: readonly GraphedMetric[]) =>
      metrics.map((line) => (line.at(-1) as { label: string }).label);
    assert.deepEqual(labels(titled("Variants made, by size").metrics), ["360x270", "640w"]);
    assert.deepEqual(labels(titled("Variants made, by format").metrics), ["jpeg", "png", "webp", "avif"]);
    assert.equal(titled("Refusals, by reason").metrics.length, 9);
    assert.deepEqual(
      labels(
        titled("Variants made, by size", { ...SUBJECTS, allowList: { sizes: "any", formats: [], maxDimension: 4096 } })
          .metrics,
      ),
      ["other"],
    );
  });

  it("shows the time and the number at once beside their limits", () => {
    assert.deepEqual(titled("Time of a miss, ms").annotations?.horizontal, [
      { label: "timeout", value: 15_000 },
      { label: "alarm", value: 11_200 },
    ]);
    const title = "Variants in the making at once";
    assert.deepEqual(titled(title).annotations?.horizontal, [{ label: "reservedConcurrency", value: 5 }]);
    assert.equal(titled(title, { ...SUBJECTS, reservedConcurrency: undefined }).annotations, undefined);
  });
});
