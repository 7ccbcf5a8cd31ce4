import { readDocument, type Statement } from "../iam/document";
import { hasFixedCondition, includesEverybody } from "../iam/public-policy";
import { type Report, resourceRule } from "../lib/rule";
import { isAbsent, propertyOf, type Json } from "../lib/values";

/** Queues and topics, and the types that hold their policies. */
const TYPES = [
  "aws:sqs/queue:Queue",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:sns/topic:Topic",
  "aws:sns/topicPolicy:TopicPolicy",
];

/** A queue or a topic accepts messages from named principals, and from a service of AWS for a named resource. */
export const noPublicMessages = resourceRule(
  {
    name: "no-public-messages",
    description: "Only the stack's own resources send to a queue or a topic.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals; for a service of AWS, name the sending resource in aws:SourceArn.",
  },
  TYPES,
  {},
  ({ props }, report) => {
    const policy = propertyOf(props, "policy");
    if (!isAbsent(policy) && policy !== "") checkPolicy(policy, report);
  },
);

function checkPolicy(policy: Json, report: Report): void {
  const { statements, problems } = readDocument(policy, "resource");
  for (const problem of problems) {
    report(`policy ${problem}, so its senders are unknown`, "Fix the policy document");
  }
  for (const statement of statements.filter(({ allows }) => allows)) {
    if (hasFixedCondition(statement.conditions)) continue;
    const services = servicesOf(statement);
    if (includesEverybody(statement)) {
      report(`${statement.label} of policy allows everybody`, "Name the principals, or a fixed aws:SourceArn");
    } else if (services.length > 0) {
      report(
        `${statement.label} of policy allows ${services.join(", ")} for resources of any account`,
        "Name the sending resource in aws:SourceArn, or the account in aws:SourceAccount",
      );
    }
  }
}

/** A service acts for its callers in any account (IAM user guide, "The confused deputy problem"). */
function servicesOf({ principals = [] }: Statement): string[] {
  return principals.filter(({ kind }) => kind.toLowerCase() === "service").map(({ value }) => value);
}
