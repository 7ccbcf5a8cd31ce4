import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readSettings } from "../../../functions/resizer/settings";
import { slowMilliseconds } from "../../../infra/operations/alarms";
import { register, type Registered } from "../../support/program";
import { assertReported } from "./reported-metrics";

const ROOT = path.resolve(__dirname, "../../..");
/** Runbook with a section for each alarm. */
const RUNBOOK = "docs/operations.md";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:image-resizer-dev-alarms";

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

  it("writes to nobody where there is no address", async () => {
    const silent = await register({ stack: "dev", config: { "operations.monitoring": true } });
    assert.deepEqual([silent.all("TopicSubscription").length, silent.all("MetricAlarm").length], [0, 5]);
  });

  it("calls the resizer slow before it gives up, whatever its time", () => {
    for (let timeout = 3; timeout <= 29; timeout++) {
      assert.ok(slowMilliseconds(timeout) < timeout * 1000 - 1000, String(timeout));
    }
    assert.equal(slowMilliseconds(3), 1600);
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
