import { type AclSubject, cannedAclProblem, grantProblem } from "../iam/acl";
import { type DocumentKind, readDocument, type Statement } from "../iam/document";
import {
  ACCESS_POINT_DOCUMENTS,
  ACL_BLOCKS,
  BUCKET_ACLS,
  BUCKET_DOCUMENTS,
  BUCKET_GRANTS,
  checkPaths,
  OBJECT_ACLS,
  OBJECT_GRANTS,
  OWNERSHIPS,
  TRUST_DOCUMENTS,
  typesOf,
} from "../iam/property-paths";
import { isPublicStatement, type PolicyOwner } from "../iam/public-policy";
import { isObjectPattern } from "../iam/resource-pattern";
import { hasEffect } from "../iam/s3-actions";
import { openGroupOf } from "../iam/trust";
import { hasWildcard } from "../lib/glob";
import { type Report, resourceRule } from "../lib/rule";
import { checkAll } from "../lib/unknown";
import { fieldOf, isAbsent, recordOf, shown, type Json } from "../lib/values";

/** Types that are a public access block themselves; "" stands for all of their properties. */
const PUBLIC_ACCESS_BLOCKS: Readonly<Record<string, string>> = {
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "",
  "aws-native:s3:Bucket": "publicAccessBlockConfiguration",
};
const OWNERSHIP_CONTROLS = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
/** Types without a policy where its text or document is empty. */
const OPTIONAL_DOCUMENT = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/accessPoint:AccessPoint"];
const ACL_SETTINGS = ["blockPublicAcls", "ignorePublicAcls"];

/** Everybody may read objects, and nothing else: not by a policy, not by an ACL, and not by assuming a role. */
export const noPublicWrite = resourceRule(
  {
    name: "no-public-write",
    description: "Everybody may read objects at most.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals, or allow everybody s3:GetObject on arn:aws:s3:::BUCKET/* and nothing more.",
  },
  [
    ...typesOf(BUCKET_DOCUMENTS, ACCESS_POINT_DOCUMENTS, TRUST_DOCUMENTS),
    ...typesOf(BUCKET_ACLS, BUCKET_GRANTS, OBJECT_ACLS, OBJECT_GRANTS, ACL_BLOCKS, OWNERSHIPS),
    ...Object.keys(PUBLIC_ACCESS_BLOCKS),
  ],
  {},
  (resource, report) => {
    const { type, props } = resource;
    checkAll([
      () => {
        checkPaths(resource, report, [
          [BUCKET_DOCUMENTS, documentCheck("bucket", type)],
          // An access point for a VPC alone is never public. (S3 user guide, "The meaning of public", "Access points")
          [
            isAbsent(fieldOf(props, "vpcConfiguration")) ? ACCESS_POINT_DOCUMENTS : {},
            documentCheck("access point", type),
          ],
          [TRUST_DOCUMENTS, checkTrust],
          [BUCKET_ACLS, aclCheck("bucket", cannedAclProblem)],
          [OBJECT_ACLS, aclCheck("object", cannedAclProblem)],
          [BUCKET_GRANTS, aclCheck("bucket", grantProblem)],
          [OBJECT_GRANTS, aclCheck("object", grantProblem)],
          [ACL_BLOCKS, checkAclBlock],
          [OWNERSHIPS, checkOwnership],
        ]);
      },
      ...ACL_SETTINGS.map((setting) => () => {
        const property = PUBLIC_ACCESS_BLOCKS[type];
        const block = property === undefined || property === "" ? props : fieldOf(props, property);
        if (property === undefined || isAbsent(block)) return;
        // False by default.
        const value = fieldOf(block, setting) ?? false;
        if (value !== true) report(`${setting} is ${shown(value)}, so an ACL can open the bucket`, "Set it to true");
      }),
      () => {
        const isMissing = type === OWNERSHIP_CONTROLS && isAbsent(fieldOf(fieldOf(props, "rule"), "objectOwnership"));
        if (isMissing) checkOwnership(undefined, "rule.objectOwnership", report);
      },
    ]);
  },
);

function checkOwnership(ownership: Json, where: string, report: Report): void {
  if (ownership === "BucketOwnerEnforced") return;
  report(
    `${where} is ${shown(ownership)}, so ACLs apply`,
    "Set it to BucketOwnerEnforced, so that the bucket policy alone decides",
  );
}

function aclCheck(subject: AclSubject, problemOf: (acl: Json, subject: AclSubject) => string | undefined) {
  return (acl: Json, where: string, report: Report): void => {
    const problem = problemOf(acl, subject);
    if (problem !== undefined) report(`${where} ${problem}`, "Remove it, because the bucket policy decides");
  };
}

function documentCheck(owner: PolicyOwner, type: string) {
  return (value: Json, where: string, report: Report): void => {
    if (OPTIONAL_DOCUMENT.includes(type) && (value === "" || value === "{}")) return;
    for (const statement of readStatements(value, "resource", where, report)) {
      if (!isPublicStatement(statement, owner)) continue;
      for (const access of excessOf(statement)) {
        report(
          `${statement.label} of ${where} allows everybody ${access}`,
          "Name the principals, or allow everybody s3:GetObject on objects and nothing more",
        );
      }
    }
  };
}

function checkTrust(value: Json, where: string, report: Report): void {
  for (const statement of readStatements(value, "trust", where, report)) {
    const group = openGroupOf(statement);
    if (group === undefined) continue;
    report(
      `${statement.label} of ${where} lets ${group} assume the role`,
      "Name the principals, or the organisation, the repository or the application in a condition",
    );
  }
}

function readStatements(value: Json, kind: DocumentKind, where: string, report: Report): readonly Statement[] {
  const { statements, problems } = readDocument(value, kind);
  for (const problem of problems) {
    report(`${where} ${problem}, so its access is unknown`, "Fix the policy document");
  }
  return statements;
}

/** True by default. */
function checkAclBlock(value: Json, where: string, report: Report): void {
  if (recordOf(value) === undefined) {
    report(`${where} is ${shown(value)}, not a block of settings`, "Set blockPublicAcls and ignorePublicAcls to true");
    return;
  }
  for (const setting of ACL_SETTINGS) {
    const block = fieldOf(value, setting) ?? true;
    if (block !== true) report(`${where}.${setting} is ${shown(block)}`, "Set it to true");
  }
}

/** Lists the actions of a public statement beyond reading objects, each with the reason against it. */
function excessOf({ actions = [], notActions, resources = [], notResources }: Statement): readonly string[] {
  if (notActions !== undefined) return [`all but ${notActions.join(", ")} (NotAction), which is more than reading`];
  const objectsOnly = notResources === undefined && resources.every(isObjectPattern);
  return actions.flatMap((action) => {
    const excess = excessOfAction(action, objectsOnly);
    return excess === undefined ? [] : [`${action}, which ${excess}`];
  });
}

/**
 * Reading objects is `GetObject...` of S3, of an Object Lambda access point, or of S3 on Outposts. `s3:Get*` also reads
 * a bucket's policy and ACL, unless the statement is for objects only. Every action that begins with G is a Get.
 */
function excessOfAction(action: string, objectsOnly: boolean): string | undefined {
  if (/^s3(?:-object-lambda|-outposts)?:getobject/i.test(action)) return undefined;
  if (/^s3(?:-object-lambda|-outposts)?:(?:get|ge?[*?])/i.test(action)) {
    return objectsOnly ? undefined : "shows the bucket's configuration";
  }
  const listsOnly = /^s3:l/i.test(action) || (!hasWildcard(action) && hasEffect(action, "list"));
  return listsOnly ? "shows the names of the objects" : "is more than reading objects";
}
