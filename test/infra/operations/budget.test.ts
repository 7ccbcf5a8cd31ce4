import assert from "node:assert/strict";
import { register } from "../../support/program";

const EMAIL = "images@example.com";

describe("the bill", () => {
  it("has no budget, no cost allocation tags and no cap unless they are asked for", async () => {
    const dev = await register({ stack: "dev" });
    assert.deepEqual([dev.all("Budget").length, dev.all("CostAllocationTag").length], [0, 0]);
    assert.equal("reservedConcurrentExecutions" in dev.one("Function").inputs, false);
  });

  it("has a monthly budget of what the stack's tags mark, with an alert ahead and two behind", async () => {
    const config = { "operations.monthlyBudgetUsd": 20, "operations.alarmEmail": EMAIL, tags: { Project: "shop" } };
    const { run } = await register({ stack: "dev", config });
    const budget = run.resources.find(({ type }) => type === "aws:budgets/budget:Budget");
    const told = {
      comparisonOperator: "GREATER_THAN",
      thresholdType: "PERCENTAGE",
      subscriberEmailAddresses: [EMAIL],
    };
    assert.deepEqual(budget?.inputs, {
      name: "image-resizer-dev",
      budgetType: "COST",
      limitAmount: "20",
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      metrics: "UnblendedCost",
      filterExpression: {
        ands: [{ tags: { key: "Project", values: ["shop"] } }, { tags: { key: "Stack", values: ["dev"] } }],
      },
      notifications: [
        { notificationType: "FORECASTED", threshold: 100, ...told },
        { notificationType: "ACTUAL", threshold: 80, ...told },
        { notificationType: "ACTUAL", threshold: 100, ...told },
      ],
      tags: { Project: "shop", Stack: "dev", ManagedBy: "Pulumi" },
    });
  });

  it("needs somebody to tell", async () => {
    await assert.rejects(
      register({ stack: "dev", config: { "operations.monthlyBudgetUsd": 20 } }),
      /operations.alarmEmail is missing/,
    );
  });

  it("can be split by project and stack, and stays so for other stacks when this one goes", async () => {
    const dev = await register({ stack: "dev", config: { "operations.costAllocationTags": true } });
    assert.deepEqual(
      dev.all("CostAllocationTag").map(({ inputs, options }) => [inputs, options.retainOnDelete]),
      [
        [{ tagKey: "Project", status: "Active" }, true],
        [{ tagKey: "Stack", status: "Active" }, true],
      ],
    );
  });

  it("is capped by how many variants are made at once", async () => {
    const dev = await register({ stack: "dev", config: { "resizer.reservedConcurrency": 5 } });
    assert.equal(dev.one("Function").inputs.reservedConcurrentExecutions, 5);
  });
});

describe("tracing", () => {
  it("lets the function send traces, which AWS allows on everything or not at all", async () => {
    const dev = await register({ stack: "dev", config: { "operations.tracing": true } });
    assert.deepEqual(dev.one("Function").inputs.tracingConfig, { mode: "Active" });
    const { Statement } = dev.one("RolePolicy").inputs.policy as { Statement: { Sid: string }[] };
    assert.deepEqual(Statement.at(-1), {
      Sid: "SendTraces",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: ["*"],
    });
    assert.equal(Statement.length, 5);
  });

  it("is off unless it is asked for", async () => {
    const dev = await register({ stack: "dev" });
    assert.equal("tracingConfig" in dev.one("Function").inputs, false);
  });
});
