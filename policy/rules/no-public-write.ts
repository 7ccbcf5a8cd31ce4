import { cannedAclProblem, grantProblem } from "../iam/acl";
import { readDocument } from "../iam/document";
import { type PublicAccess, publicAccessOf } from "../iam/public-statement";
import {
  ACL_BLOCKS,
  BUCKET_ACLS,
  BUCKET_DOCUMENTS,
  BUCKET_GRANTS,
  judgeRoad,
  OBJECT_ACLS,
  OBJECT_GRANTS,
  typesOf,
} from "../iam/roads";
import { propertyOf, recordOf, shown, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";
import { judgeAll } from "../kit/unknown";

const PUBLIC_ACCESS_BLOCKS = [
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
];
const OWNERSHIP_CONTROLS = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
/** Types whose document need not be there. */
const WITHOUT_A_DOCUMENT = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/accessPoint:AccessPoint"];
const ACL_SETTINGS = ["blockPublicAcls", "ignorePublicAcls"];

const MEANINGS: Readonly<Record<PublicAccess["what"], string>> = {
  change: "is more than reading objects",
  list: "tells everybody the names of the objects",
  inspect: "tells everybody how the bucket is set up",
};

/** Everybody may read objects, and nothing else, whatever the road. */
export const noPublicWrite = resourceRule(
  {
    name: "no-public-write",
    description: "Everybody may read objects at most.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Name the principals, or leave everybody s3:GetObject on arn:aws:s3:::BUCKET/* and nothing more.",
  },
  [
    ...typesOf(BUCKET_DOCUMENTS, BUCKET_ACLS, BUCKET_GRANTS, OBJECT_ACLS, OBJECT_GRANTS, ACL_BLOCKS),
    ...PUBLIC_ACCESS_BLOCKS,
    OWNERSHIP_CONTROLS,
  ],
  {},
  (resource, report) => {
    const acl = (problem: string | undefined, where: string): void => {
      if (problem !== undefined) report(`${where} ${problem}`, "Remove it: the bucket policy decides who may do what");
    };
    judgeAll([
      () => {
        judgeRoad(BUCKET_DOCUMENTS, resource, (value, where) => {
          // Here an empty text or document says that there is none.
          const isNone = WITHOUT_A_DOCUMENT.includes(resource.type) && (value === "" || value === "{}");
          if (!isNone) judgeDocument(value, where, report);
        });
      },
      ...[BUCKET_ACLS, OBJECT_ACLS].map((road) => () => {
        judgeRoad(road, resource, (value, where) => {
          acl(cannedAclProblem(value, road === BUCKET_ACLS ? "bucket" : "object"), where);
        });
      }),
      ...[BUCKET_GRANTS, OBJECT_GRANTS].map((road) => () => {
        judgeRoad(road, resource, (value, where) => {
          acl(grantProblem(value, road === BUCKET_GRANTS ? "bucket" : "object"), where);
        });
      }),
      () => {
        judgeRoad(ACL_BLOCKS, resource, (value, where) => {
          judgeAclBlock(value, where, report);
        });
      },
      ...(PUBLIC_ACCESS_BLOCKS.includes(resource.type) ? ACL_SETTINGS : []).map((setting) => () => {
        judgeSetting(resource.props, setting, report);
      }),
      () => {
        if (resource.type === OWNERSHIP_CONTROLS) judgeOwnership(resource.props, report);
      },
    ]);
  },
);

function judgeDocument(value: Json, where: string, report: Report): void {
  const { statements, problems } = readDocument(value, "resource");
  for (const problem of problems) {
    report(`${where} ${problem}, so whom it lets in cannot be told`, "Mend the policy document");
  }
  for (const statement of statements) {
    for (const { what, action } of publicAccessOf(statement)) {
      report(
        `${statement.label} of ${where} lets everybody do ${action}, which ${MEANINGS[what]}`,
        "Name the principals, or leave everybody s3:GetObject on objects and nothing more",
      );
    }
  }
}

/** Here the settings are true unless somebody says otherwise. */
function judgeAclBlock(value: Json, where: string, report: Report): void {
  if (recordOf(value) === undefined) {
    report(`${where} is ${shown(value)}, not a block of settings`, "Give blockPublicAcls and ignorePublicAcls");
    return;
  }
  for (const setting of ACL_SETTINGS) {
    const given = propertyOf(value, setting) ?? true;
    if (given !== true) report(`${where}.${setting} is ${shown(given)}`, "Leave public ACLs blocked");
  }
}

/** Here they are false unless somebody says otherwise. */
function judgeSetting(props: Json, setting: string, report: Report): void {
  const given = propertyOf(props, setting) ?? false;
  if (given !== true) report(`${setting} is ${shown(given)}, so an ACL can open the bucket`, `Set ${setting} to true`);
}

function judgeOwnership(props: Json, report: Report): void {
  const ownership = propertyOf(propertyOf(props, "rule"), "objectOwnership");
  if (ownership !== "BucketOwnerEnforced") {
    report(
      `objectOwnership is ${shown(ownership)}, so ACLs count`,
      "Set it to BucketOwnerEnforced: the bucket policy alone decides then",
    );
  }
}
