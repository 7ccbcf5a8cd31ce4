import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noPublicWrite } from "../../../policy/rules/no-public-write";
import { accepts, check, type Properties, rejects, resource } from "../support/check";

const OBJECTS = "arn:aws:s3:::photos/*";
const BUCKET = "arn:aws:s3:::photos";
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const PUT = "allows everybody s3:PutObject, which is more than reading objects";
const ACCOUNT = "123456789012";

const document = (...statements: readonly Properties[]) => ({
  Version: "2012-10-17",
  Statement: statements.map((statement) => ({ Effect: "Allow", Principal: "*", Resource: OBJECTS, ...statement })),
});
const bucketPolicy = (policy: unknown) => resource("aws:s3/bucketPolicy:BucketPolicy", { bucket: "photos", policy });
/** A bucket policy for everybody, but for what is changed in its statement. */
const everybody = (Action: unknown, more: Properties = {}) => bucketPolicy(document({ Action, ...more }));
const putBy = (Principal: unknown) => everybody("s3:PutObject", { Principal });
const putIf = (operator: string, key: string, value: unknown) =>
  everybody("s3:PutObject", { Condition: { [operator]: { [key]: value } } });
const allBut = (more: Properties) =>
  bucketPolicy(document({ Principal: undefined, NotPrincipal: { AWS: ACCOUNT }, Action: "s3:PutObject", ...more }));
const policyOf = (type: string, action: string, property = "policy") =>
  resource(type, { [property]: document({ Action: action }) });
const bucket = (inputs: Properties) => resource("aws:s3/bucket:Bucket", inputs);
const acl = (inputs: Properties, type = "aws:s3/bucketAcl:BucketAcl") => resource(type, inputs);
const grant = (permission: string, uri: string) =>
  acl({ accessControlPolicy: { owner: { id: "1" }, grants: [{ permission, grantee: { type: "Group", uri } }] } });
const copy = (...permissions: string[]) =>
  resource("aws:s3/objectCopy:ObjectCopy", { grants: [{ type: "Group", uri: ALL_USERS, permissions }] });
const block = (inputs: Properties, type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock") =>
  resource(type, inputs);
const accessPoint = (inputs: Properties) => resource("aws:s3/accessPoint:AccessPoint", { bucket: "photos", ...inputs });
const ownership = (objectOwnership: string) =>
  resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls", { rule: { objectOwnership } });

describe("no-public-write", () => {
  describe("of everybody", () => {
    rejects(noPublicWrite, [
      ['"*"', putBy("*"), `statement 1 of policy ${PUT}`],
      ["JSON text", bucketPolicy(JSON.stringify(document({ Action: "s3:PutObject" }))), PUT],
      ['{"AWS": "*"}', putBy({ AWS: "*" }), PUT],
      ["a list that holds *", putBy({ AWS: [ACCOUNT, "*"] }), PUT],
      ['{"*": "*"}', putBy({ "*": "*" }), PUT],
      ["the root of any account", putBy({ AWS: "arn:aws:iam::*:root" }), PUT],
      ["all but one", allBut({}), PUT],
    ]);
    accepts(noPublicWrite, [
      ["a service", putBy({ Service: "cloudtrail.amazonaws.com" })],
      ["a role", putBy({ AWS: `arn:aws:iam::${ACCOUNT}:role/resizer` })],
      ["accounts", putBy({ AWS: [ACCOUNT, "210987654321"] })],
      ["a canonical user", putBy({ CanonicalUser: "79a59df900b949e5" })],
      [
        "an origin access identity",
        putBy({ AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" }),
      ],
      ["a Deny of s3:* for everybody", everybody("s3:*", { Effect: "Deny" })],
      ["a Deny for all but one", allBut({ Effect: "Deny", Action: "s3:*" })],
      [
        "a Deny of writes without TLS",
        everybody(["s3:Put*", "s3:Delete*"], {
          Effect: "Deny",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      ],
    ]);
  });

  describe("by an action", () => {
    const more = [
      ...["s3:*", "*", "s3:P*", "s3:Delete*", "s3:*Object", "s3:?etObject", "S3:PUTOBJECT", "s3:PutObjectAcl"],
      ...["s3:PutBucketPolicy", "s3:AbortMultipartUpload", "s3:RestoreObject", "s3express:CreateSession"],
    ];
    const onBucket = { Resource: BUCKET };
    rejects(noPublicWrite, [
      ...more.map((action) => {
        return [action, everybody(action), `allows everybody ${action}, which is more than reading objects`] as const;
      }),
      ["one write among reads", everybody(["s3:GetObject", "s3:PutObject"]), PUT],
      [
        "NotAction",
        everybody(undefined, { NotAction: "s3:DeleteBucket" }),
        "all but s3:DeleteBucket (NotAction), which",
      ],
      [
        "one bad statement of many",
        bucketPolicy(document({ Action: "s3:GetObject" }, { Sid: "Upload", Action: "s3:PutObject" })),
        `statement "Upload" of policy ${PUT}`,
      ],
      ["s3:ListBucket", everybody("s3:ListBucket", onBucket), "s3:ListBucket, which shows the names of the objects"],
      ["s3:List*", everybody("s3:List*"), "s3:List*, which shows the names of the objects"],
      ["s3:GetBucketPolicy", everybody("s3:GetBucketPolicy", onBucket), "which shows the bucket's configuration"],
      ["s3:Get* of the bucket, too", everybody("s3:Get*", { Resource: [BUCKET, OBJECTS] }), "configuration"],
    ]);
    accepts(noPublicWrite, [
      ["s3:GetObject", everybody("s3:GetObject")],
      ["s3:getobject", everybody("s3:getobject")],
      ["s3:GetObject*", everybody(["s3:GetObject*", "s3:GetObjectVersion"])],
      ["s3:Get* of objects", everybody("s3:Get*")],
      ["s3-object-lambda:GetObject", everybody("s3-object-lambda:GetObject")],
    ]);
  });

  describe("with a condition on", () => {
    const org = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } };
    rejects(noPublicWrite, [
      ["aws:Referer", putIf("StringLike", "aws:Referer", "https://example.com/*"), PUT],
      ["aws:UserAgent", putIf("StringEquals", "aws:UserAgent", "secret"), PUT],
      ["TLS", putIf("Bool", "aws:SecureTransport", "true"), PUT],
      ['StringLike "*"', putIf("StringLike", "aws:PrincipalOrgID", "*"), PUT],
      ["any VPC", putIf("StringLike", "aws:SourceVpc", "vpc-*"), PUT],
      ["a fixed value beside a wildcard", putIf("StringLike", "aws:SourceVpc", ["vpc-1", "vpc-*"]), PUT],
      ["all but an account", putIf("StringNotEquals", "aws:SourceAccount", ACCOUNT), PUT],
      ["a key that may be missing", putIf("StringEqualsIfExists", "aws:SourceVpce", "vpce-1"), PUT],
      ["a missing key", putIf("Null", "aws:SourceArn", "true"), PUT],
      ["all values of a key", putIf("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-1"), PUT],
      ["a policy variable", putIf("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"), PUT],
      ["half of the internet", putIf("IpAddress", "aws:SourceIp", "0.0.0.0/1"), PUT],
      ["the whole of IPv6", putIf("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "::/0"]), PUT],
      ["all but a range", putIf("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), PUT],
      ["no value", putIf("StringEquals", "aws:SourceAccount", []), PUT],
      ["any access point", putIf("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:*:*:accesspoint/*"), PUT],
      ["every user id", putIf("StringLike", "aws:userid", "*:me"), PUT],
    ]);
    accepts(noPublicWrite, [
      ["a fixed aws:SourceArn", putIf("ArnEquals", "aws:SourceArn", "arn:aws:s3:::source")],
      ["a fixed aws:SourceAccount", putIf("StringEquals", "AWS:SourceAccount", [ACCOUNT, "210987654321"])],
      ["a fixed aws:PrincipalOrgID", putIf("StringEquals", "aws:PrincipalOrgID", "o-1a2b3c")],
      ["a fixed aws:SourceVpce", putIf("StringEquals", "aws:SourceVpce", "vpce-1a2b3c")],
      ["a fixed aws:SourceVpc with StringLike", putIf("StringLike", "aws:SourceVpc", "vpc-1a2b3c")],
      ["any of several fixed values", putIf("ForAnyValue:StringEquals", "aws:PrincipalOrgID", "o-1")],
      [
        "an office's addresses",
        putIf("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"]),
      ],
      ["the sessions of one role", putIf("StringLike", "aws:userid", "AROAEXAMPLEID12345678:*")],
      [
        "any access point of one account",
        putIf("ArnLike", "s3:DataAccessPointArn", `arn:aws:s3:*:${ACCOUNT}:accesspoint/*`),
      ],
      [
        "a fixed value beside a referer",
        everybody("s3:PutObject", {
          Condition: { StringLike: { "aws:Referer": "*" }, StringEquals: { "aws:SourceVpc": "vpc-1" } },
        }),
      ],
      ["all but one account, of one organisation", allBut(org)],
    ]);
  });

  describe("by a policy", () => {
    const regional = "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy";
    const details = { name: "m", policy: JSON.stringify(document({ Action: "s3:PutObject" })) };
    const lambda = "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy";
    const tables = "aws:s3tables/tableBucketPolicy:TableBucketPolicy";
    rejects(noPublicWrite, [
      ["of a bucket's own", policyOf("aws:s3/bucket:Bucket", "s3:PutObject"), PUT],
      ["of an access point's own", policyOf("aws:s3/accessPoint:AccessPoint", "s3:PutObject"), PUT],
      ["of an access point", policyOf("aws:s3control/accessPointPolicy:AccessPointPolicy", "s3:PutObject"), PUT],
      ["of a multi-region access point", resource(regional, { details }), `details.policy ${PUT}`],
      [
        "of an Object Lambda access point",
        policyOf(lambda, "s3-object-lambda:PutObject"),
        "s3-object-lambda:PutObject",
      ],
      ["of S3 on Outposts", policyOf("aws:s3control/bucketPolicy:BucketPolicy", "s3-outposts:*"), "s3-outposts:*"],
      ["of tables", policyOf(tables, "s3tables:PutTableData", "resourcePolicy"), "s3tables:PutTableData"],
    ]);
    accepts(noPublicWrite, [
      ["of no access point", accessPoint({})],
      ["of an access point that is removed", accessPoint({ policy: "{}" })],
      ["of an identity", policyOf("aws:iam/policy:Policy", "s3:PutObject")],
    ]);
  });

  describe("by an ACL", () => {
    const write = { acl: "public-read-write" };
    const object = (name: string, value: string) => resource(`aws:s3/${name}`, { acl: value });
    const account = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
    rejects(noPublicWrite, [
      ["on a bucket", bucket(write), "acl is public-read-write, which allows everybody to write to the bucket"],
      ["of a BucketAcl", acl(write), "acl is public-read-write"],
      ["of an older BucketAclV2", acl(write, "aws:s3/bucketAclV2:BucketAclV2"), "acl is public-read-write"],
      ["on an object", object("bucketObjectv2:BucketObjectv2", "public-read-write"), "allows everybody to write"],
      ["on an older object", object("bucketObject:BucketObject", "Public-Read-Write"), "acl is public-read-write"],
      ["that lists the bucket", acl({ acl: "public-read" }), "which allows everybody to list the bucket"],
      ["that is a number", acl({ acl: 5 }), "acl is 5, not the name of an ACL"],
      ["of WRITE to all", grant("WRITE", ALL_USERS), "accessControlPolicy.grants[0] grants WRITE to AllUsers"],
      ["of WRITE_ACP to all", grant("WRITE_ACP", ALL_USERS), "grants WRITE_ACP to AllUsers"],
      ["of FULL_CONTROL", grant("FULL_CONTROL", AUTHENTICATED), "grants FULL_CONTROL to AuthenticatedUsers"],
      ["of READ, which lists the bucket", grant("READ", ALL_USERS), "grants READ to AllUsers"],
      ["of grants", bucket({ grants: [{ uri: ALL_USERS, permissions: ["READ", "WRITE"] }] }), "grants READ, WRITE to"],
      ["of a copied object", copy("FULL_CONTROL"), "grants[0] grants FULL_CONTROL to AllUsers"],
      ["that is not blocked", block({ ignorePublicAcls: true }), "blockPublicAcls is false, so an ACL can open"],
      ["that is not ignored", block({ blockPublicAcls: true, ignorePublicAcls: false }), "ignorePublicAcls is false"],
      ["that an account does not ignore", block({ blockPublicAcls: true }, account), "ignorePublicAcls is false"],
      [
        "of an access point",
        accessPoint({ publicAccessBlockConfiguration: { blockPublicAcls: false } }),
        "publicAccessBlockConfiguration.blockPublicAcls is false",
      ],
      ["because the writer owns objects", ownership("ObjectWriter"), "objectOwnership is ObjectWriter, so ACLs apply"],
    ]);
    const user = { permission: "FULL_CONTROL", grantee: { type: "CanonicalUser", id: "79a5" } };
    accepts(noPublicWrite, [
      ["that is private", bucket({ bucket: "photos", acl: "private" })],
      ["for log delivery", acl({ acl: "log-delivery-write" })],
      ["of the log delivery group", grant("WRITE", "http://acs.amazonaws.com/groups/s3/LogDelivery")],
      ["of a user", acl({ accessControlPolicy: { grants: [user] } })],
      ["of an object that everybody reads", object("bucketObjectv2:BucketObjectv2", "public-read")],
      ["of a copied object that everybody reads", copy("READ")],
      ["blocked", block({ blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false })],
      ["without effect", ownership("BucketOwnerEnforced")],
    ]);
  });

  describe("unreadable:", () => {
    const get = (more: Properties) => everybody("s3:GetObject", more);
    rejects(noPublicWrite, [
      ["text that is not JSON", bucketPolicy("{"), "policy is text that is not JSON"],
      ["no text", bucketPolicy(""), "policy is text that is not JSON"],
      ["an empty document", bucketPolicy("{}"), "has no Statement"],
      [
        "no Principal",
        get({ Principal: undefined }),
        "policy has no Principal in statement 1, so its access is unknown",
      ],
      ["a Principal that is a number", get({ Principal: 5 }), "Principal that is neither"],
      ["a Condition that is text", get({ Condition: "no" }), "Condition that is not an object"],
      ["an element that IAM does not know", get({ Prinzipal: "*" }), "the element Prinzipal, which IAM does not know"],
      [
        "getPolicyDocument's own form",
        bucketPolicy({ statements: [] }),
        ["the element statements, which IAM", "no Statement"],
      ],
    ]);
  });

  it("names the resource, the problem and the fix", async () => {
    assert.deepEqual(await check(noPublicWrite, { ...everybody("s3:PutObject"), name: "images-policy" }), [
      'aws.s3.BucketPolicy "images-policy": statement 1 of policy allows everybody s3:PutObject, which is more than ' +
        "reading objects. Name the principals, or allow everybody s3:GetObject on objects and nothing more.",
    ]);
  });
});
