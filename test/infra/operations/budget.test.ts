import assert from "node:assert/strict";
import { register } from "../../support/program";

const EMAIL = "images@example.com";

describe("the bill", () => {
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
});
