import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../environment";
import { stackName } from "../names";

export interface BudgetArgs {
  readonly environment: Environment;
  /** In US dollars a month. */
  readonly monthlyUsd: number;
  /** Who is told. Straight from AWS Budgets: no topic has to be confirmed before the first alert comes through. */
  readonly email: string;
  /** The stack's tags, of which `Project` and `Stack` say what is its own. */
  readonly tags: Readonly<Record<string, string>>;
}

/** When the address is told: at shares of the budget that are spent, and one that the month is on its way to. */
const ALERTS = [
  { notificationType: "FORECASTED", threshold: 100 },
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
] as const;

/** What a stack's bill is told apart by. */
export const BILLED_BY = ["Project", "Stack"] as const;

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
        name: stackName(args.environment.project, args.environment.stack),
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
        tags: { ...args.tags },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
