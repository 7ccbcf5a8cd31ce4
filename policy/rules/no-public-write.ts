import { type AclSubject, cannedAclProblem, grantProblem } from "../iam/acl";
import { readDocument, type Statement } from "../iam/document";
import {
  ACL_BLOCKS,
  BUCKET_ACLS,
  BUCKET_DOCUMENTS,
  BUCKET_GRANTS,
  checkPaths,
  OBJECT_ACLS,
  OBJECT_GRANTS,
  typesOf,
} from "../iam/property-paths";
import { isPublicStatement } from "../iam/public-policy";
import { isObjectPattern } from "../iam/resource-pattern";
import { hasEffect } from "../iam/s3-actions";
import { hasWildcard } from "../lib/glob";
import { type Report, resourceRule } from "../lib/rule";
import { checkAll } from "../lib/unknown";
import { propertyOf, recordOf, shown, type Json } from "../lib/values";

const PUBLIC_ACCESS_BLOCKS = [
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
];
const OWNERSHIP_CONTROLS = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
/** Types without a policy where its text or document is empty. */
const OPTIONAL_DOCUMENT = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/accessPoint:AccessPoint"];
const ACL_SETTINGS = ["blockPublicAcls", "ignorePublicAcls"];

/** Everybody may read objects, and nothing else. */
export const noPublicWrite = resourceRule(
  {
    name: "no-public-write",
    description: "Everybody may read objects at most.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals, or allow everybody s3:GetObject on arn:aws:s3:::BUCKET/* and nothing more.",
  },
  [
    ...typesOf(BUCKET_DOCUMENTS, BUCKET_ACLS, BUCKET_GRANTS, OBJECT_ACLS, OBJECT_GRANTS, ACL_BLOCKS),
    ...PUBLIC_ACCESS_BLOCKS,
    OWNERSHIP_CONTROLS,
  ],
  {},
  (resource, report) => {
    const { type, props } = resource;
    checkAll([
      () => {
        checkPaths(resource, report, [
          [BUCKET_DOCUMENTS, OPTIONAL_DOCUMENT.includes(type) ? checkOptionalDocument : checkDocument],
          [BUCKET_ACLS, aclCheck("bucket", cannedAclProblem)],
          [OBJECT_ACLS, aclCheck("object", cannedAclProblem)],
          [BUCKET_GRANTS, aclCheck("bucket", grantProblem)],
          [OBJECT_GRANTS, aclCheck("object", grantProblem)],
          [ACL_BLOCKS, checkAclBlock],
        ]);
      },
      ...(PUBLIC_ACCESS_BLOCKS.includes(type) ? ACL_SETTINGS : []).map((setting) => () => {
        // False by default.
        const value = propertyOf(props, setting) ?? false;
        if (value !== true) report(`${setting} is ${shown(value)}, so an ACL can open the bucket`, "Set it to true");
      }),
      () => {
        if (type !== OWNERSHIP_CONTROLS) return;
        const ownership = propertyOf(propertyOf(props, "rule"), "objectOwnership");
        if (ownership === "BucketOwnerEnforced") return;
        report(
          `objectOwnership is ${shown(ownership)}, so ACLs apply`,
          "Set it to BucketOwnerEnforced, so that the bucket policy alone decides",
        );
      },
    ]);
  },
);

function aclCheck(subject: AclSubject, problemOf: (acl: Json, subject: AclSubject) => string | undefined) {
  return (acl: Json, where: string, report: Report): void => {
    const problem = problemOf(acl, subject);
    if (problem !== undefined) report(`${where} ${problem}`, "Remove it, because the bucket policy decides");
  };
}

function checkOptionalDocument(value: Json, where: string, report: Report): void {
  if (value !== "" && value !== "{}") checkDocument(value, where, report);
}

function checkDocument(value: Json, where: string, report: Report): void {
  const { statements, problems } = readDocument(value, "resource");
  for (const problem of problems) {
    report(`${where} ${problem}, so its access is unknown`, "Fix the policy document");
  }
  for (const statement of statements.filter(isPublicStatement)) {
    for (const access of excessOf(statement)) {
      report(
        `${statement.label} of ${where} allows everybody ${access}`,
        "Name the principals, or allow everybody s3:GetObject on objects and nothing more",
      );
    }
  }
}

/** True by default. */
function checkAclBlock(value: Json, where: string, report: Report): void {
  if (recordOf(value) === undefined) {
    report(`${where} is ${shown(value)}, not a block of settings`, "Set blockPublicAcls and ignorePublicAcls to true");
    return;
  }
  for (const setting of ACL_SETTINGS) {
    const block = propertyOf(value, setting) ?? true;
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
