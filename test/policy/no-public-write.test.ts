import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noPublicWrite } from "../../policy/rules/no-public-write";
import { judge, type Properties, resource } from "./judge";

const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const OBJECTS = "arn:aws:s3:::photos/*";
const EVERYBODY = { Effect: "Allow", Principal: "*", Resource: OBJECTS };
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

type Row = readonly [what: string, type: string, properties: Properties];

const policy = (...statements: readonly unknown[]): Properties => ({
  bucket: "photos",
  policy: { Version: "2012-10-17", Statement: statements },
});
const everybody = (action: unknown, more: Properties = {}): Properties =>
  policy({ ...EVERYBODY, Action: action, ...more });
const putIf = (condition: unknown): Properties => everybody("s3:PutObject", { Condition: condition });
const grant = (permission: string, uri: string): Properties => ({
  accessControlPolicy: { owner: { id: "1" }, grants: [{ permission, grantee: { type: "Group", uri } }] },
});

const PUT = "lets everybody do s3:PutObject, which is more than reading objects";

const FORBIDDEN: readonly (readonly [...Row, says: string])[] = [
  ["s3:PutObject for everybody", BUCKET_POLICY, everybody("s3:PutObject"), `statement 1 of policy ${PUT}`],
  ["as JSON text", BUCKET_POLICY, { policy: JSON.stringify(everybody("s3:PutObject").policy) }, PUT],
  ["by a bucket's own policy", BUCKET, { policy: everybody("s3:PutObject").policy }, PUT],
  ['for {"AWS": "*"}', BUCKET_POLICY, everybody("s3:PutObject", { Principal: { AWS: "*" } }), PUT],
  [
    "for a list that holds *",
    BUCKET_POLICY,
    everybody("s3:PutObject", { Principal: { AWS: ["123456789012", "*"] } }),
    PUT,
  ],
  ['for {"*": "*"}', BUCKET_POLICY, everybody("s3:PutObject", { Principal: { "*": "*" } }), PUT],
  [
    "for a root of any account",
    BUCKET_POLICY,
    everybody("s3:PutObject", { Principal: { AWS: "arn:aws:iam::*:root" } }),
    PUT,
  ],
  [
    "for all but one",
    BUCKET_POLICY,
    policy({ Effect: "Allow", NotPrincipal: { AWS: "123456789012" }, Action: "s3:PutObject", Resource: OBJECTS }),
    PUT,
  ],
  ["s3:*", BUCKET_POLICY, everybody("s3:*"), "lets everybody do s3:*"],
  ["*", BUCKET_POLICY, everybody("*"), "lets everybody do *"],
  ["s3:P*", BUCKET_POLICY, everybody("s3:P*"), "lets everybody do s3:P*"],
  ["s3:Delete*", BUCKET_POLICY, everybody("s3:Delete*"), "lets everybody do s3:Delete*"],
  ["s3:*Object", BUCKET_POLICY, everybody("s3:*Object"), "lets everybody do s3:*Object"],
  ["s3:?etObject, which may be a Set", BUCKET_POLICY, everybody("s3:?etObject"), "lets everybody do s3:?etObject"],
  ["S3:PUTOBJECT", BUCKET_POLICY, everybody("S3:PUTOBJECT"), "lets everybody do S3:PUTOBJECT"],
  ["s3:PutObjectAcl", BUCKET_POLICY, everybody("s3:PutObjectAcl"), "lets everybody do s3:PutObjectAcl"],
  ["s3:PutBucketPolicy", BUCKET_POLICY, everybody("s3:PutBucketPolicy"), "lets everybody do s3:PutBucketPolicy"],
  ["s3:AbortMultipartUpload", BUCKET_POLICY, everybody("s3:AbortMultipartUpload"), "s3:AbortMultipartUpload"],
  ["s3:RestoreObject", BUCKET_POLICY, everybody("s3:RestoreObject"), "lets everybody do s3:RestoreObject"],
  ["s3express:CreateSession", BUCKET_POLICY, everybody("s3express:CreateSession"), "s3express:CreateSession"],
  ["one write among reads", BUCKET_POLICY, everybody(["s3:GetObject", "s3:PutObject"]), PUT],
  [
    "NotAction",
    BUCKET_POLICY,
    policy({ ...EVERYBODY, NotAction: "s3:DeleteBucket" }),
    "lets everybody do all but s3:DeleteBucket (NotAction)",
  ],
  [
    "one bad statement of many",
    BUCKET_POLICY,
    policy({ ...EVERYBODY, Action: "s3:GetObject" }, { ...EVERYBODY, Sid: "Upload", Action: "s3:PutObject" }),
    `statement "Upload" of policy ${PUT}`,
  ],
  [
    "s3:ListBucket for everybody",
    BUCKET_POLICY,
    everybody("s3:ListBucket", { Resource: "arn:aws:s3:::photos" }),
    "lets everybody do s3:ListBucket, which tells everybody the names of the objects",
  ],
  ["s3:List*", BUCKET_POLICY, everybody("s3:List*"), "tells everybody the names"],
  [
    "s3:GetBucketPolicy",
    BUCKET_POLICY,
    everybody("s3:GetBucketPolicy", { Resource: "arn:aws:s3:::photos" }),
    "tells everybody how the bucket is set up",
  ],
  [
    "s3:Get* of the bucket, too",
    BUCKET_POLICY,
    everybody("s3:Get*", { Resource: ["arn:aws:s3:::photos", OBJECTS] }),
    "set up",
  ],

  ["aws:Referer", BUCKET_POLICY, putIf({ StringLike: { "aws:Referer": "https://example.com/*" } }), PUT],
  ["aws:UserAgent", BUCKET_POLICY, putIf({ StringEquals: { "aws:UserAgent": "secret" } }), PUT],
  ["TLS", BUCKET_POLICY, putIf({ Bool: { "aws:SecureTransport": "true" } }), PUT],
  ['StringLike "*"', BUCKET_POLICY, putIf({ StringLike: { "aws:PrincipalOrgID": "*" } }), PUT],
  ["any VPC", BUCKET_POLICY, putIf({ StringLike: { "aws:SourceVpc": "vpc-*" } }), PUT],
  [
    "one fixed value beside a wildcard",
    BUCKET_POLICY,
    putIf({ StringLike: { "aws:SourceVpc": ["vpc-1", "vpc-*"] } }),
    PUT,
  ],
  ["all but an account", BUCKET_POLICY, putIf({ StringNotEquals: { "aws:SourceAccount": "123456789012" } }), PUT],
  ["if it exists", BUCKET_POLICY, putIf({ StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } }), PUT],
  ["ForAllValues", BUCKET_POLICY, putIf({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } }), PUT],
  [
    "a policy variable",
    BUCKET_POLICY,
    putIf({ StringEquals: { "aws:SourceAccount": "${aws:PrincipalAccount}" } }),
    PUT,
  ],
  ["half of the internet", BUCKET_POLICY, putIf({ IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }), PUT],
  ["the whole of IPv6", BUCKET_POLICY, putIf({ IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "::/0"] } }), PUT],
  ["all but a range", BUCKET_POLICY, putIf({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }), PUT],
  ["no value", BUCKET_POLICY, putIf({ StringEquals: { "aws:SourceAccount": [] } }), PUT],
  [
    "an access point of any account",
    BUCKET_POLICY,
    putIf({ ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/*" } }),
    PUT,
  ],
  ["every user id", BUCKET_POLICY, putIf({ StringLike: { "aws:userid": "*:me" } }), PUT],

  ["an access point's policy", "aws:s3/accessPoint:AccessPoint", everybody("s3:PutObject"), PUT],
  ["a policy of an access point", "aws:s3control/accessPointPolicy:AccessPointPolicy", everybody("s3:PutObject"), PUT],
  [
    "a multi-region access point's policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
    { details: { name: "m", policy: JSON.stringify(everybody("s3:PutObject").policy) } },
    `details.policy ${PUT}`,
  ],
  [
    "an Object Lambda access point's policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
    everybody("s3-object-lambda:PutObject"),
    "s3-object-lambda:PutObject",
  ],
  ["a bucket on Outposts", "aws:s3control/bucketPolicy:BucketPolicy", everybody("s3-outposts:*"), "s3-outposts:*"],
  [
    "a bucket of tables",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy",
    { resourcePolicy: everybody("s3tables:PutTableData").policy },
    "s3tables:PutTableData",
  ],

  [
    "public-read-write on a bucket",
    BUCKET,
    { acl: "public-read-write" },
    "acl is public-read-write, which lets everybody write",
  ],
  ["public-read-write by a BucketAcl", BUCKET_ACL, { acl: "public-read-write" }, "public-read-write"],
  [
    "public-read-write by an old BucketAclV2",
    "aws:s3/bucketAclV2:BucketAclV2",
    { acl: "public-read-write" },
    "public-read-write",
  ],
  ["public-read-write on an object", OBJECT, { acl: "public-read-write" }, "public-read-write"],
  [
    "public-read-write on an older object",
    "aws:s3/bucketObject:BucketObject",
    { acl: "Public-Read-Write" },
    "public-read-write",
  ],
  ["public-read on a bucket, which lists it", BUCKET_ACL, { acl: "public-read" }, "lets everybody list the bucket"],
  ["an ACL that is a number", BUCKET_ACL, { acl: 5 }, "acl is 5, not the name of an ACL"],
  [
    "WRITE to all users",
    BUCKET_ACL,
    grant("WRITE", ALL_USERS),
    "accessControlPolicy.grants[0] gives WRITE to AllUsers",
  ],
  ["WRITE_ACP to all users", BUCKET_ACL, grant("WRITE_ACP", ALL_USERS), "gives WRITE_ACP to AllUsers"],
  [
    "FULL_CONTROL to AWS users",
    BUCKET_ACL,
    grant("FULL_CONTROL", AUTHENTICATED),
    "gives FULL_CONTROL to AuthenticatedUsers",
  ],
  ["READ of a bucket, which lists it", BUCKET_ACL, grant("READ", ALL_USERS), "gives READ to AllUsers"],
  [
    "a grant of a bucket",
    BUCKET,
    { grants: [{ type: "Group", uri: ALL_USERS, permissions: ["READ", "WRITE"] }] },
    "READ, WRITE",
  ],
  [
    "a grant of a copied object",
    "aws:s3/objectCopy:ObjectCopy",
    { grants: [{ type: "Group", uri: ALL_USERS, permissions: ["FULL_CONTROL"] }] },
    "grants[0] gives FULL_CONTROL to AllUsers",
  ],
  ["ACLs that are not blocked", ACCESS_BLOCK, { bucket: "b", ignorePublicAcls: true }, "blockPublicAcls is false"],
  [
    "ACLs that are not ignored",
    ACCESS_BLOCK,
    { blockPublicAcls: true, ignorePublicAcls: false },
    "ignorePublicAcls is false",
  ],
  [
    "an account's ACLs",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    { blockPublicAcls: true },
    "ignorePublicAcls",
  ],
  [
    "an access point's ACLs",
    "aws:s3/accessPoint:AccessPoint",
    { publicAccessBlockConfiguration: { blockPublicAcls: false } },
    "publicAccessBlockConfiguration.blockPublicAcls is false",
  ],
  [
    "ownership by the writer",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    { rule: { objectOwnership: "ObjectWriter" } },
    "objectOwnership is ObjectWriter",
  ],

  ["text that is not JSON", BUCKET_POLICY, { policy: "{" }, "policy is text that is not JSON"],
  ["no text", BUCKET_POLICY, { policy: "" }, "policy is text that is not JSON"],
  ["an empty document", BUCKET_POLICY, { policy: "{}" }, "has no Statement"],
  [
    "no Principal",
    BUCKET_POLICY,
    policy({ Effect: "Allow", Action: "s3:GetObject", Resource: OBJECTS }),
    "has no Principal",
  ],
  [
    "a Principal that is a number",
    BUCKET_POLICY,
    everybody("s3:GetObject", { Principal: 5 }),
    "Principal that is neither",
  ],
  [
    "a Condition that is text",
    BUCKET_POLICY,
    everybody("s3:GetObject", { Condition: "no" }),
    "Condition that is not an object",
  ],
  ["getPolicyDocument's own form", BUCKET_POLICY, { policy: { statements: [] } }, "has no Statement"],
];

const ALLOWED: readonly Row[] = [
  ["public s3:GetObject", BUCKET_POLICY, everybody("s3:GetObject")],
  ["public s3:GetObject in small letters", BUCKET_POLICY, everybody("s3:getobject")],
  ["public s3:GetObject*", BUCKET_POLICY, everybody(["s3:GetObject*", "s3:GetObjectVersion"])],
  ["public s3:Get* of objects", BUCKET_POLICY, everybody("s3:Get*")],
  ["public s3-object-lambda:GetObject", BUCKET_POLICY, everybody("s3-object-lambda:GetObject")],
  ["a Deny of s3:* for everybody", BUCKET_POLICY, policy({ ...EVERYBODY, Effect: "Deny", Action: "s3:*" })],
  [
    "a Deny of writes without TLS",
    BUCKET_POLICY,
    policy({
      ...EVERYBODY,
      Effect: "Deny",
      Action: ["s3:Put*", "s3:Delete*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
  ],
  [
    "a Deny for all but one",
    BUCKET_POLICY,
    policy({ Effect: "Deny", NotPrincipal: { AWS: "123456789012" }, Action: "s3:*", Resource: OBJECTS }),
  ],
  [
    "a service principal",
    BUCKET_POLICY,
    everybody("s3:PutObject", { Principal: { Service: "cloudtrail.amazonaws.com" } }),
  ],
  [
    "a role",
    BUCKET_POLICY,
    everybody("s3:PutObject", { Principal: { AWS: "arn:aws:iam::123456789012:role/resizer" } }),
  ],
  ["an account", BUCKET_POLICY, everybody("s3:*", { Principal: { AWS: ["123456789012", "210987654321"] } })],
  ["a canonical user", BUCKET_POLICY, everybody("s3:*", { Principal: { CanonicalUser: "79a59df900b949e5" } })],
  [
    "an origin access identity",
    BUCKET_POLICY,
    everybody("s3:PutObject", {
      Principal: { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" },
    }),
  ],
  ["a fixed aws:SourceArn", BUCKET_POLICY, putIf({ ArnEquals: { "aws:SourceArn": "arn:aws:s3:::source" } })],
  [
    "a fixed aws:SourceAccount",
    BUCKET_POLICY,
    putIf({ StringEquals: { "AWS:SourceAccount": ["123456789012", "210987654321"] } }),
  ],
  ["a fixed aws:PrincipalOrgID", BUCKET_POLICY, putIf({ StringEquals: { "aws:PrincipalOrgID": "o-1a2b3c" } })],
  ["a fixed aws:SourceVpce", BUCKET_POLICY, putIf({ StringEquals: { "aws:SourceVpce": "vpce-1a2b3c" } })],
  ["a fixed aws:SourceVpc with StringLike", BUCKET_POLICY, putIf({ StringLike: { "aws:SourceVpc": "vpc-1a2b3c" } })],
  [
    "a fixed value for any of several",
    BUCKET_POLICY,
    putIf({ "ForAnyValue:StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
  ],
  [
    "a fixed value beside a referer",
    BUCKET_POLICY,
    putIf({ StringLike: { "aws:Referer": "*" }, StringEquals: { "aws:SourceVpc": "vpc-1" } }),
  ],
  [
    "an office's addresses",
    BUCKET_POLICY,
    putIf({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"] } }),
  ],
  ["the sessions of one role", BUCKET_POLICY, putIf({ StringLike: { "aws:userid": "AROAEXAMPLEID12345678:*" } })],
  [
    "any access point of one account",
    BUCKET_POLICY,
    putIf({ ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:*:123456789012:accesspoint/*" } }),
  ],
  [
    "all but one, of one organisation",
    BUCKET_POLICY,
    policy({
      Effect: "Allow",
      NotPrincipal: { AWS: "123456789012" },
      Action: "s3:PutObject",
      Resource: OBJECTS,
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
    }),
  ],
  ["an access point without a policy", "aws:s3/accessPoint:AccessPoint", { bucket: "photos" }],
  ["an access point whose policy is taken away", "aws:s3/accessPoint:AccessPoint", { bucket: "photos", policy: "{}" }],
  ["a private bucket", BUCKET, { bucket: "photos", acl: "private" }],
  ["log delivery", BUCKET_ACL, { acl: "log-delivery-write" }],
  ["a log group's writes", BUCKET_ACL, grant("WRITE", "http://acs.amazonaws.com/groups/s3/LogDelivery")],
  [
    "a grant to a user",
    BUCKET_ACL,
    {
      accessControlPolicy: { grants: [{ permission: "FULL_CONTROL", grantee: { type: "CanonicalUser", id: "79a5" } }] },
    },
  ],
  ["an object that everybody reads", OBJECT, { acl: "public-read" }],
  [
    "a copied object that everybody reads",
    "aws:s3/objectCopy:ObjectCopy",
    { grants: [{ uri: ALL_USERS, permissions: ["READ"] }] },
  ],
  [
    "ACLs blocked, public policies not",
    ACCESS_BLOCK,
    { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false },
  ],
  [
    "ownership enforced",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    { rule: { objectOwnership: "BucketOwnerEnforced" } },
  ],
  ["a policy of an identity", "aws:iam/policy:Policy", everybody("s3:PutObject")],
];

describe("no-public-write", () => {
  for (const [what, type, properties, says] of FORBIDDEN) {
    it(`refuses ${what}`, async () => {
      const violations = await judge(noPublicWrite, [resource(type, properties)]);
      assert.ok(
        violations.some((violation) => violation.includes(says)),
        `no violation says "${says}": ${violations.join("\n") || "there is none"}`,
      );
    });
  }

  for (const [what, type, properties] of ALLOWED) {
    it(`lets ${what} pass`, async () => {
      assert.deepEqual(await judge(noPublicWrite, [resource(type, properties)]), []);
    });
  }

  it("names the resource, what is wrong and the mend", async () => {
    assert.deepEqual(
      await judge(noPublicWrite, [resource(BUCKET_POLICY, everybody("s3:PutObject"), "images-policy")]),
      [
        'aws.s3.BucketPolicy "images-policy": statement 1 of policy lets everybody do s3:PutObject, which is more than ' +
          "reading objects. Name the principals, or leave everybody s3:GetObject on objects and nothing more.",
      ],
    );
  });
});
