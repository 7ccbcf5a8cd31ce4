import { describe } from "mocha";
import { noPublicMessages } from "../../../policy/rules/no-public-messages";
import { noPublicWrite } from "../../../policy/rules/no-public-write";
import { noS3FullAccess } from "../../../policy/rules/no-s3-full-access";
import { noStaticCredentials } from "../../../policy/rules/no-static-credentials";
import { accepts, type Properties, rejects, resource } from "../support/check";

const FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const document = (more: Properties) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
const ALL = document({ Action: "s3:*", Resource: "*" });
const NARROW = document({ Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" });
const PUT = document({ Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::photos/*" });
const GET = document({ Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" });

const native = (type: string, inputs: Properties) => resource(`aws-native:${type}`, inputs);
/** A resource of Cloud Control, whose properties are JSON with CloudFormation's names. */
const held = (typeName: string, desiredState: Properties) =>
  resource("aws:cloudcontrol/resource:Resource", { typeName, desiredState: JSON.stringify(desiredState) });
const extension = (type: string, properties: Properties) =>
  resource("aws-native:index:ExtensionResource", { type, properties });

// CloudFormation template reference: the types and properties that Cloud Control and the native provider share.
describe("types of CloudFormation", () => {
  const full = "is AmazonS3FullAccess";
  const all = "allows s3:* on *";
  rejects(noS3FullAccess, [
    ["ManagedPolicy", native("iam:ManagedPolicy", { policyDocument: ALL }), `policyDocument ${all}`],
    ["RolePolicy", native("iam:RolePolicy", { policyDocument: JSON.stringify(ALL) }), all],
    ["UserPolicy", native("iam:UserPolicy", { policyDocument: ALL }), all],
    ["GroupPolicy", native("iam:GroupPolicy", { policyDocument: ALL }), all],
    ["a role's policies", native("iam:Role", { policies: [{ policyDocument: ALL }] }), `policies[0].policyDocument`],
    ["a role's list", native("iam:Role", { managedPolicyArns: [FULL] }), `managedPolicyArns[0] ${full}`],
    ["a role's boundary", native("iam:Role", { permissionsBoundary: FULL }), full],
    ["a user's list", native("iam:User", { managedPolicyArns: [FULL] }), full],
    ["a group's list", native("iam:Group", { managedPolicyArns: [FULL] }), full],
    ["a permission set's policy", native("sso:PermissionSet", { inlinePolicy: JSON.stringify(ALL) }), all],
    ["a permission set's list", native("sso:PermissionSet", { managedPolicies: [FULL] }), full],
    [
      "a budget's action",
      native("budgets:BudgetsAction", { definition: { iamActionDefinition: { policyArn: FULL } } }),
      full,
    ],
    ["a role of Cloud Control", held("AWS::IAM::Role", { ManagedPolicyArns: [FULL] }), full],
    [
      "a role's policies of Cloud Control",
      held("AWS::IAM::Role", { Policies: [{ PolicyName: "p", PolicyDocument: ALL }] }),
      'aws.cloudcontrol.Resource "it": statement 1 of policies[0].policyDocument allows s3:* on *',
    ],
    ["a policy of Cloud Control", held("AWS::IAM::ManagedPolicy", { PolicyDocument: ALL }), all],
    ["a policy of an extension", extension("AWS::IAM::ManagedPolicy", { PolicyDocument: ALL }), all],
  ]);
  accepts(noS3FullAccess, [
    ["a narrow ManagedPolicy", native("iam:ManagedPolicy", { policyDocument: NARROW })],
    ["a narrow policy of Cloud Control", held("AWS::IAM::RolePolicy", { PolicyDocument: NARROW })],
    ["a role without policies", native("iam:Role", { assumeRolePolicyDocument: {} })],
    ["another type of Cloud Control", held("AWS::Logs::LogGroup", { LogGroupName: "x" })],
    ["a bucket's policy, which is of no identity", held("AWS::S3::BucketPolicy", { PolicyDocument: ALL })],
    ["Cloud Control without a type", resource("aws:cloudcontrol/resource:Resource", { desiredState: "{" })],
  ]);

  const put = "allows everybody s3:PutObject";
  const closed = { BlockPublicAcls: true, IgnorePublicAcls: true };
  rejects(noPublicWrite, [
    ["BucketPolicy", native("s3:BucketPolicy", { bucket: "photos", policyDocument: PUT }), put],
    ["AccessPoint", native("s3:AccessPoint", { policy: PUT }), put],
    ["a multi-region access point", native("s3:MultiRegionAccessPointPolicy", { policy: PUT }), put],
    ["a policy of Cloud Control", held("AWS::S3::BucketPolicy", { Bucket: "photos", PolicyDocument: PUT }), put],
    ["an ACL", native("s3:Bucket", { accessControl: "PublicReadWrite" }), "accessControl is public-read-write"],
    [
      "an ACL of Cloud Control",
      held("AWS::S3::Bucket", { AccessControl: "PublicRead" }),
      "everybody to list the bucket",
    ],
    [
      "ACLs that are not blocked",
      native("s3:Bucket", { publicAccessBlockConfiguration: { blockPublicAcls: false, ignorePublicAcls: true } }),
      "blockPublicAcls is false",
    ],
    [
      "ACLs of Cloud Control that are not ignored",
      held("AWS::S3::Bucket", { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
      "ignorePublicAcls is false",
    ],
    [
      "owners of objects",
      native("s3:Bucket", { ownershipControls: { rules: [{ objectOwnership: "ObjectWriter" }] } }),
      "ownershipControls.rules[0].objectOwnership is ObjectWriter",
    ],
    [
      "a role of Cloud Control",
      held("AWS::IAM::Role", { AssumeRolePolicyDocument: document({ Principal: "*", Action: "sts:AssumeRole" }) }),
      "lets everybody assume the role",
    ],
  ]);
  accepts(noPublicWrite, [
    ["a BucketPolicy that reads", native("s3:BucketPolicy", { policyDocument: GET })],
    ["a private bucket", native("s3:Bucket", { bucketName: "photos", accessControl: "Private" })],
    ["a bucket with ACLs blocked", held("AWS::S3::Bucket", { PublicAccessBlockConfiguration: closed })],
    [
      "a bucket with enforced ownership",
      native("s3:Bucket", {
        ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
      }),
    ],
    [
      "an access point for a VPC alone",
      held("AWS::S3::AccessPoint", { VpcConfiguration: { VpcId: "vpc-1" }, Policy: PUT }),
    ],
  ]);

  const send = document({ Principal: "*", Action: "sqs:SendMessage", Resource: "*" });
  rejects(noPublicMessages, [
    ["a queue's policy", native("sqs:QueuePolicy", { policyDocument: send }), "of policyDocument allows everybody"],
    ["a topic's policy of Cloud Control", held("AWS::SNS::TopicPolicy", { PolicyDocument: send }), "allows everybody"],
  ]);

  const variables = { DB_PASSWORD: "hunter2" };
  rejects(noStaticCredentials, [
    ["a function's variables", native("lambda:Function", { environment: { variables } }), "DB_PASSWORD is named like"],
    ["those of Cloud Control", held("AWS::Lambda::Function", { Environment: { Variables: variables } }), "DB_PASSWORD"],
    ["a user", native("iam:User", {}), "is an IAM user"],
    ["an access key of Cloud Control", held("AWS::IAM::AccessKey", { UserName: "u" }), "is an access key"],
  ]);
  accepts(noStaticCredentials, [
    ["a function", held("AWS::Lambda::Function", { Environment: { Variables: { A: "b" } } })],
  ]);
});
