import { readDocument, type Statement } from "../iam/document";
import { checkPaths, MESSAGE_DOCUMENTS, typesOf } from "../iam/property-paths";
import { hasFixedCondition, includesEverybody } from "../iam/public-policy";
import { type Report, resourceRule } from "../lib/rule";
import type { Json } from "../lib/values";

/** A queue or a topic accepts messages from named principals, and from a service of AWS for a named resource. */
export const noPublicMessages = resourceRule(
  {
    name: "no-public-messages",
    description: "Only the stack's own resources send to a queue or a topic.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals; for a service of AWS, name the sending resource in aws:SourceArn.",
  },
  typesOf(MESSAGE_DOCUMENTS),
  {},
  (resource, report) => {
    checkPaths(resource, report, [[MESSAGE_DOCUMENTS, checkPolicy]]);
  },
);

function checkPolicy(policy: Json, where: string, report: Report): void {
  if (policy === "") return;
  const { statements, problems } = readDocument(policy, "resource");
  for (const problem of problems) {
    report(`${where} ${problem}, so its senders are unknown`, "Fix the policy document");
  }
  for (const statement of statements.filter(({ allows }) => allows)) {
    if (hasFixedCondition(statement.conditions, "queue")) continue;
    const services = servicesOf(statement);
    if (includesEverybody(statement, "queue")) {
      report(`${statement.label} of ${where} allows everybody`, "Name the principals, or a fixed aws:SourceArn");
    } else if (services.length > 0) {
      report(
        `${statement.label} of ${where} allows ${services.join(", ")} for resources of any account`,
        "Name the sending resource in aws:SourceArn, or the account in aws:SourceAccount",
      );
    }
  }
}

/** A service acts for its callers in any account (IAM user guide, "The confused deputy problem"). */
function servicesOf({ principals = [] }: Statement): string[] {
  return principals.filter(({ kind }) => kind.toLowerCase() === "service").map(({ value }) => value);
}
