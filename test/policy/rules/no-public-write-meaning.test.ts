import { describe } from "mocha";
import { noPublicWrite } from "../../../policy/rules/no-public-write";
import { accepts, type Properties, rejects, resource } from "../support/check";

const ACCOUNT = "123456789012";
const PUT = "allows everybody s3:PutObject, which is more than reading objects";
const ACCESS_POINT = `arn:aws:s3:eu-west-1:${ACCOUNT}:accesspoint/mine`;

const document = (more: Properties) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:PutObject", Resource: "*", ...more }],
});
const bucket = (more: Properties) => resource("aws:s3/bucketPolicy:BucketPolicy", { policy: document(more) });
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });

/*
 * Amazon S3 user guide, "Blocking public access to your Amazon S3 storage", "The meaning of public": a policy is public
 * unless it allows fixed values of a few keys only. Its edition of 2026 no longer has the KMS key among them.
 */
describe("no-public-write, by S3's meaning of public", () => {
  describe("for a provider of identities", () => {
    const facebook = { Federated: "graph.facebook.com" };
    const ownGitHub = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
    rejects(noPublicWrite, [
      ["the guide's first example", bucket({ Principal: facebook }), PUT],
      ["among accounts", bucket({ Principal: { AWS: ACCOUNT, ...facebook } }), PUT],
      ["in a list", bucket({ Principal: { Federated: ["www.amazon.com", "accounts.google.com"] } }), PUT],
      ["of Cognito", bucket({ Principal: { Federated: "cognito-identity.amazonaws.com" } }), PUT],
      ["of the account's own", bucket({ Principal: { Federated: ownGitHub } }), PUT],
      [
        "with a key that is not on the list",
        bucket({ Principal: facebook, ...when("StringEquals", "graph.facebook.com:app_id", "1") }),
        PUT,
      ],
    ]);
    accepts(noPublicWrite, [
      ["with a fixed VPC", bucket({ Principal: facebook, ...when("StringEquals", "aws:SourceVpc", "vpc-91237329") })],
      ["reading", bucket({ Principal: facebook, Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" })],
      ["in a Deny", bucket({ Principal: facebook, Effect: "Deny" })],
      [
        "of one company, with SAML",
        bucket({ Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/company` } }),
      ],
    ]);
  });

  describe("for wildcards in accounts", () => {
    rejects(noPublicWrite, [
      ["accounts that begin the same", bucket({ Principal: { AWS: "1234*" } }), PUT],
      ["a role of any account", bucket({ Principal: { AWS: "arn:aws:iam::*:role/upload" } }), PUT],
      ["any service", bucket({ Principal: { Service: "*" } }), PUT],
      ["any canonical user", bucket({ Principal: { CanonicalUser: "*" } }), PUT],
    ]);
    accepts(noPublicWrite, [
      ["a session of a role", bucket({ Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/upload/me` } })],
    ]);
  });

  describe("for a condition on", () => {
    const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
    const kms = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    rejects(noPublicWrite, [
      ["the KMS key, which the request names itself", bucket(when("StringEquals", kms, key)), PUT],
      ["any KMS key", bucket(when("StringLike", kms, "*")), PUT],
      ["the storage class", bucket(when("StringEquals", "s3:x-amz-storage-class", "STANDARD")), PUT],
      ["the ACL", bucket(when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control")), PUT],
      ["the bucket's account", bucket(when("StringEquals", "aws:ResourceAccount", ACCOUNT)), PUT],
      ["any resource of one account", bucket(when("ArnLike", "aws:SourceArn", `arn:aws:sns:*:${ACCOUNT}:*`)), PUT],
      ["any role of one account", bucket(when("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${ACCOUNT}:role/*`)), PUT],
      ["a private address, which any network may have", bucket(when("IpAddress", "aws:VpcSourceIp", "10.0.0.1")), PUT],
      ["whether the caller is a service", bucket(when("Bool", "aws:PrincipalIsAWSService", "true")), PUT],
      ["another account's access points", bucket(when("StringLike", "s3:DataAccessPointAccount", "*")), PUT],
    ]);
    accepts(noPublicWrite, [
      ["the account of access points", bucket(when("StringEquals", "s3:DataAccessPointAccount", ACCOUNT))],
      ["one access point", bucket(when("StringEquals", "s3:DataAccessPointArn", ACCESS_POINT))],
      ["the organisation of a resource", bucket(when("StringEquals", "aws:SourceOrgID", "o-1a2b3c"))],
      ["the smallest range that is not public", bucket(when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))],
    ]);
  });

  describe("of an access point", () => {
    const own = when("StringEquals", "s3:DataAccessPointArn", ACCESS_POINT);
    const account = when("StringEquals", "s3:DataAccessPointAccount", ACCOUNT);
    const point = (inputs: Properties, type = "aws:s3/accessPoint:AccessPoint") =>
      resource(type, { bucket: "photos", ...inputs });
    const separate = (more: Properties) =>
      resource("aws:s3control/accessPointPolicy:AccessPointPolicy", { policy: document(more) });
    const regional = "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy";
    const native = { vpcConfiguration: { vpcId: "vpc-1" }, policy: document({}) };
    rejects(noPublicWrite, [
      ["with its own ARN as the condition", point({ policy: document(own) }), PUT],
      ["with its own account as the condition", point({ policy: document(account) }), PUT],
      ["with its own ARN, in a resource of its own", separate(own), PUT],
      ["with its own ARN, of many regions", resource(regional, { details: { policy: document(own) } }), PUT],
      [
        "with any access point's ARN",
        separate(when("ArnLike", "s3:DataAccessPointArn", `arn:aws:s3:*:${ACCOUNT}:accesspoint/*`)),
        PUT,
      ],
    ]);
    accepts(noPublicWrite, [
      ["for a VPC alone", point({ vpcConfiguration: { vpcId: "vpc-1" }, policy: document({}) })],
      ["for a VPC alone, by the native provider", point(native, "aws-native:s3:AccessPoint")],
      ["with one VPC as the condition", separate(when("StringEquals", "aws:SourceVpc", "vpc-1"))],
    ]);
  });

  describe("of objects that a service writes", () => {
    const acl = (type: string, inputs: Properties) => resource(type, inputs);
    const share = "aws:storagegateway/nfsFileShare:NfsFileShare";
    const windows = "aws:storagegateway/smbFileShare:SmbFileShare";
    const rule = "aws:iot/topicRule:TopicRule";
    const open = "public-read-write, which allows everybody to write";
    rejects(noPublicWrite, [
      // Storage Gateway API, CreateNFSFileShare and CreateSMBFileShare, ObjectACL.
      ["a file share", acl(share, { objectAcl: "public-read-write" }), `objectAcl is ${open}`],
      ["a file share of Windows", acl(windows, { objectAcl: "public-read-write" }), `objectAcl is ${open}`],
      // Database Migration Service API, S3Settings, CannedAclForObjects.
      [
        "a database's copy",
        acl("aws:dms/s3Endpoint:S3Endpoint", { cannedAclForObjects: "public_read_write" }),
        `cannedAclForObjects is ${open}`,
      ],
      // IoT API, S3Action, cannedAcl.
      ["a rule", acl(rule, { s3: [{ cannedAcl: "public-read-write" }] }), `s3[0].cannedAcl is ${open}`],
      [
        "a rule's errors",
        acl(rule, { errorAction: { s3: { cannedAcl: "public-read-write" } } }),
        `errorAction.s3.cannedAcl is ${open}`,
      ],
    ]);
    accepts(noPublicWrite, [
      ["a file share without an ACL", acl(share, {})],
      ["a private file share", acl(share, { objectAcl: "private" })],
      ["a file share for the bucket's owner", acl(windows, { objectAcl: "bucket-owner-full-control" })],
      ["a file share that everybody reads", acl(share, { objectAcl: "public-read" })],
      ["a rule of another kind", acl(rule, { sns: [{ targetArn: "arn" }] })],
    ]);
  });
});
