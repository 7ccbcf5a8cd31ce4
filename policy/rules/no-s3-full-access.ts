import { readDocument, type Statement } from "../iam/document";
import { checkPaths, IDENTITY_DOCUMENTS, MANAGED_POLICIES, typesOf } from "../iam/property-paths";
import { coversEveryBucket } from "../iam/resource-pattern";
import { hasEffect } from "../iam/s3-actions";
import { hasWildcard } from "../lib/glob";
import { type Report, resourceRule } from "../lib/rule";
import { shown, type Json } from "../lib/values";

/** AWS's own policies that allow every action on every bucket, in any partition. */
const FULL_ACCESS =
  /^arn:aws[a-z-]*:iam::aws:policy\/(?:.*\/)?(AmazonS3FullAccess|AdministratorAccess|PowerUserAccess)$/i;

/** No identity has `AmazonS3FullAccess`, a policy like it, or a document that allows the same. */
export const noS3FullAccess = resourceRule(
  {
    name: "no-s3-full-access",
    description: "No identity may change every bucket.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*.",
  },
  typesOf(IDENTITY_DOCUMENTS, MANAGED_POLICIES),
  {},
  (resource, report) => {
    checkPaths(resource, report, [
      [MANAGED_POLICIES, checkManagedPolicy],
      [IDENTITY_DOCUMENTS, checkDocument],
    ]);
  },
);

function checkManagedPolicy(arn: Json, where: string, report: Report): void {
  if (typeof arn !== "string") {
    report(`${where} is ${shown(arn)}, not the ARN of a policy`, "Set it to the policy's ARN");
    return;
  }
  const name = FULL_ACCESS.exec(arn.trim())?.[1];
  if (name === undefined) return;
  report(
    `${where} is ${name}, which allows every action on every bucket of the account`,
    "Write a policy that names the actions and the bucket instead",
  );
}

function checkDocument(value: Json, where: string, report: Report): void {
  const { statements, problems } = readDocument(value, "identity");
  for (const problem of problems) {
    report(`${where} ${problem}, so its permissions are unknown`, "Fix the policy document");
  }
  for (const statement of statements.filter(({ allows }) => allows)) {
    const everywhere = everyBucketOf(statement);
    const change = changeOf(statement);
    if (everywhere === undefined || change === undefined) continue;
    report(
      `${statement.label} of ${where} allows ${change} on ${everywhere}, which is every bucket`,
      "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*",
    );
  }
}

/** Returns the part of a statement that includes every bucket; undefined if none does. */
function everyBucketOf(statement: Statement): string | undefined {
  if (statement.notResources !== undefined) return `all but ${statement.notResources.join(", ")} (NotResource)`;
  return statement.resources?.find(coversEveryBucket);
}

/**
 * Returns the part of a statement that allows changes of buckets; undefined if none does. With a wildcard every change
 * counts; by name, those of objects, ACLs and existing buckets, so that `s3:CreateBucket` is allowed on `*`.
 */
function changeOf(statement: Statement): string | undefined {
  if (statement.notActions !== undefined) return `all but ${statement.notActions.join(", ")} (NotAction)`;
  return statement.actions?.find(
    (action) =>
      hasEffect(action, "write", "delete", "control") || (hasWildcard(action) && hasEffect(action, "account")),
  );
}
