import fullAccess from "../data/full-access-policies.json";
import { readDocument } from "../iam/document";
import { checkPaths, IDENTITY_DOCUMENTS, MANAGED_POLICIES, typesOf } from "../iam/property-paths";
import { changeOf, everyBucketOf } from "../iam/s3-access";
import { type Report, resourceRule } from "../lib/rule";
import { shown, type Json } from "../lib/values";

/** The name in the ARN of one of AWS's own policies, in any partition. */
const OF_AWS = /^arn:aws[a-z-]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/i;
const FULL_ACCESS: ReadonlySet<string> = new Set(fullAccess.names.map((name) => name.toLowerCase()));

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
  const name = OF_AWS.exec(arn.trim())?.[1];
  if (name === undefined || !FULL_ACCESS.has(name.toLowerCase())) return;
  report(
    `${where} is ${name}, which changes every bucket of the account and the access to it`,
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
