import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../names";

export interface BudgetArgs {
  readonly names: Names;
  /** In US dollars a month. */
  readonly monthlyUsd: number;
  /** Address of the alerts. AWS Budgets sends them itself: no topic has to be confirmed before the first one. */
  readonly email: string;
  /** The stack's tags, of which `Project` and `Stack` tell its costs apart. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Alerts at shares of the budget that are spent, and at one that the month is forecast to spend. */
const ALERTS = [
  { notificationType: "FORECASTED", threshold: 100 },
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
] as const;

/** Tags that tell the costs of a stack apart. */
const BILLED_BY = ["Project", "Stack"] as const;

/**
 * The stack's monthly budget. It counts what carries both of the stack's tags, from the day on which both are cost
 * allocation tags: before that it counts nothing.
 */
export class Budget extends pulumi.ComponentResource {
  constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Budget", name, {}, opts);
    new aws.budgets.Budget(
      name,
      {
        name: args.names.budget,
        budgetType: "COST",
        limitAmount: String(args.monthlyUsd),
        limitUnit: "USD",
        timeUnit: "MONTHLY",
        // An expression says that both tags must match; the older costFilters leave it open, and exclude `metrics`.
        metrics: "UnblendedCost",
        filterExpression: {
          ands: BILLED_BY.map((key) => ({ tags: { key, values: [args.tags[key] ?? ""] } })),
        },
        notifications: ALERTS.map((alert) => ({
          ...alert,
          comparisonOperator: "GREATER_THAN",
          thresholdType: "PERCENTAGE",
          subscriberEmailAddresses: [args.email],
        })),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/**
 * Lets the account's bill be split by the tags that tell stacks apart. AWS accepts a key that it has seen on a resource for
 * up to a day, and only in the account that pays (Billing user guide, "Activating user-defined cost
 * allocation tags").
 */
export class CostAllocation extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:CostAllocation", name, {}, opts);
    for (const tagKey of BILLED_BY) {
      new aws.costexplorer.CostAllocationTag(
        `${name}-${tagKey.toLowerCase()}`,
        { tagKey, status: "Active" },
        // A key is the account's, not the stack's: without it the bills and budgets of other stacks would stop as well.
        { parent: this, retainOnDelete: true },
      );
    }
    this.registerOutputs();
  }
}
