import assert from "node:assert/strict";
import { checkConfig } from "../../../infra/config";
import { namesOf } from "../../../infra/names";
import {
  type DashboardBody,
  dashboardBody,
  type GraphedMetric,
  type Subjects,
} from "../../../infra/operations/dashboard";
import { assertReported } from "./reported-metrics";

function configOf(raw: Readonly<Record<string, unknown>>): Subjects["config"] {
  const { config, problems } = checkConfig({ cdn: { cacheControl: "max-age=60" }, ...raw });
  assert.ok(config, problems.join());
  return config;
}

describe("the dashboard", () => {
  const SUBJECTS: Subjects = {
    region: "eu-central-1",
    alarmArns: ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:image-resizer/dev/api-5xx"],
    distributionId: "E2QWRUHEXAMPLE",
    apiId: "k28ihy1li5",
    names: namesOf("image-resizer", "dev"),
    config: configOf({
      sizes: ["360x270", "640w"],
      bucket: { purgeOnChange: true },
      resizer: { reservedConcurrency: 5 },
    }),
  };
  type Graph = Extract<DashboardBody["widgets"][number], { type: "metric" }>;
  const graphs = (body: DashboardBody) => body.widgets.filter((widget): widget is Graph => widget.type === "metric");
  const titled = (title: string, subjects = SUBJECTS) => {
    const found = graphs(dashboardBody(subjects)).find(({ properties }) => properties.title === title);
    assert.ok(found, title);
    return found.properties;
  };

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
    assert.deepEqual(labels(titled("Variants created, by format").metrics), ["jpeg", "png", "webp", "avif", "gif"]);
    assert.equal(titled("Rejections, by reason").metrics.length, 10);
    assert.deepEqual(
      labels(
        titled("Variants created, by size", { ...SUBJECTS, config: configOf({ image: { allowUnlistedSizes: true } }) })
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
    const title = "Variants in creation at once";
    assert.deepEqual(titled(title).annotations?.horizontal, [{ label: "reservedConcurrency", value: 5 }]);
    const unreserved = configOf({ sizes: ["640w"], resizer: { reservedConcurrency: "unreserved" } });
    assert.equal(titled(title, { ...SUBJECTS, config: unreserved }).annotations, undefined);
  });
});
