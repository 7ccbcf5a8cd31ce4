import assert from "node:assert/strict";
import { namesOf } from "../../../infra/names";
import {
  type DashboardBody,
  dashboardBody,
  type GraphedMetric,
  type Subjects,
} from "../../../infra/operations/dashboard";
import { register } from "../../support/program";
import { assertReported } from "./reported-metrics";

describe("the dashboard", () => {
  const SUBJECTS: Subjects = {
    region: "eu-central-1",
    alarmArns: ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:image-resizer/dev/api-5xx"],
    distributionId: "E2QWRUHEXAMPLE",
    apiId: "k28ihy1li5",
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
    assert.deepEqual(labels(titled("Variants created, by size").metrics), ["360x270", "640w"]);
    assert.deepEqual(labels(titled("Variants created, by format").metrics), ["jpeg", "png", "webp", "avif"]);
    assert.equal(titled("Rejections, by reason").metrics.length, 9);
    assert.deepEqual(
      labels(
        titled("Variants created, by size", {
          ...SUBJECTS,
          allowList: { sizes: "any", formats: [], maxDimension: 4096 },
        }).metrics,
      ),
      ["other"],
    );
  });

  it("shows the time and the number at once beside their limits", () => {
    assert.deepEqual(titled("Time of a miss, ms").annotations?.horizontal, [
      { label: "timeout", value: 15_000 },
      { label: "alarm", value: 11_200 },
    ]);
    const title = "Variants in creation at once";
    assert.deepEqual(titled(title).annotations?.horizontal, [{ label: "reservedConcurrency", value: 5 }]);
    assert.equal(titled(title, { ...SUBJECTS, reservedConcurrency: undefined }).annotations, undefined);
  });
});
