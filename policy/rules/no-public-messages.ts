import { readDocument, type Statement } from "../iam/document";
import { speaksToEverybody } from "../iam/principal";
import { keepsFromPublic } from "../iam/public-condition";
import { isAbsent, propertyOf, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";

/** What messages are sent to, by their own property or by a policy of a type of its own. */
const TYPES = [
  "aws:sqs/queue:Queue",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:sns/topic:Topic",
  "aws:sns/topicPolicy:TopicPolicy",
];

/** A queue or topic takes messages from who is named, and from a service of AWS for something that is named. */
export const noPublicMessages = resourceRule(
  {
    name: "no-public-messages",
    description: "Nobody but the stack's own resources sends to a queue or a topic.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals; for a service of AWS, name what it sends for in aws:SourceArn.",
  },
  TYPES,
  {},
  ({ props }, report) => {
    const policy = propertyOf(props, "policy");
    if (!isAbsent(policy) && policy !== "") judgePolicy(policy, report);
  },
);

function judgePolicy(policy: Json, report: Report): void {
  const { statements, problems } = readDocument(policy, "resource");
  for (const problem of problems) {
    report(`policy ${problem}, so who may send cannot be told`, "Mend the policy document");
  }
  for (const statement of statements.filter(({ allows }) => allows)) {
    if (keepsFromPublic(statement.conditions)) continue;
    if (speaksToEverybody(statement)) {
      report(`${statement.label} of policy lets everybody in`, "Name the principals, or a fixed aws:SourceArn");
    } else if (servicesOf(statement).length > 0) {
      report(
        `${statement.label} of policy lets ${servicesOf(statement).join(", ")} in for anybody's resources`,
        "Name the resource that it sends for in aws:SourceArn, or the account in aws:SourceAccount",
      );
    }
  }
}

/** Services act for whoever asks them, in any account (IAM user guide, "The confused deputy problem"). */
function servicesOf({ principals = [] }: Statement): string[] {
  return principals.filter(({ kind }) => kind.toLowerCase() === "service").map(({ value }) => value);
}
