import { type PolicyDocument, readDocument, type Statement } from "../iam/document";
import { fullAccessPolicy } from "../iam/managed-policy";
import { coversEveryBucket } from "../iam/resource-pattern";
import { IDENTITY_DOCUMENTS, judgeRoad, MANAGED_POLICIES, typesOf } from "../iam/roads";
import { hasEffect } from "../iam/s3-actions";
import { hasWildcard } from "../kit/glob";
import { isAbsent, shown, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";
import { judgeAll } from "../kit/unknown";

/** Nobody gets `AmazonS3FullAccess`, its like, or a document that amounts to the same. */
export const noS3FullAccess = resourceRule(
  {
    name: "no-s3-full-access",
    description: "No identity may do everything to every bucket.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*.",
  },
  typesOf(IDENTITY_DOCUMENTS, MANAGED_POLICIES),
  {},
  (resource, report) => {
    judgeAll([
      () => {
        judgeRoad(MANAGED_POLICIES, resource, (arn, where) => {
          judgeManagedPolicy(arn, where, report);
        });
      },
      () => {
        judgeRoad(IDENTITY_DOCUMENTS, resource, (value, where) => {
          judgeDocument(readDocument(value, "identity"), where, report);
        });
      },
    ]);
  },
);

function judgeManagedPolicy(arn: Json, where: string, report: Report): void {
  if (isAbsent(arn)) return;
  if (typeof arn !== "string") {
    report(`${where} is ${shown(arn)}, not the ARN of a policy`, "Give the policy's ARN");
    return;
  }
  const name = fullAccessPolicy(arn);
  if (name === undefined) return;
  report(
    `${where} is ${name}, which may do anything to every bucket of the account`,
    "Write a policy that names the actions and the bucket instead",
  );
}

function judgeDocument(document: PolicyDocument, where: string, report: Report): void {
  for (const problem of document.problems) {
    report(`${where} ${problem}, so what it allows cannot be told`, "Mend the policy document");
  }
  for (const statement of document.statements.filter(({ allows }) => allows)) {
    const everywhere = everyBucketOf(statement);
    const everything = broadActionOf(statement);
    if (everywhere === undefined || everything === undefined) continue;
    report(
      `${statement.label} of ${where} allows ${everything} on ${everywhere}, which is every bucket`,
      "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*",
    );
  }
}

/** How a statement takes in every bucket; undefined if it does not. */
function everyBucketOf(statement: Statement): string | undefined {
  if (statement.notResources !== undefined) return `all but ${statement.notResources.join(", ")} (NotResource)`;
  return statement.resources?.find(coversEveryBucket);
}

/**
 * How a statement lets its holder change what is in buckets; undefined if it does not. By a wildcard any change counts;
 * by name, those to objects, their ACLs and buckets' own policies: `s3:CreateBucket`, which has no bucket yet, may stay.
 */
function broadActionOf(statement: Statement): string | undefined {
  if (statement.notActions !== undefined) return `all but ${statement.notActions.join(", ")} (NotAction)`;
  return statement.actions?.find(
    (action) =>
      hasEffect(action, "write", "delete", "control") || (hasWildcard(action) && hasEffect(action, "account")),
  );
}
