import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noS3FullAccess } from "../../../policy/rules/no-s3-full-access";
import { accepts, check, type Properties, rejects, resource } from "../support/check";

const FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const OBJECTS = "arn:aws:s3:::photos/*";

const statement = (Action: unknown, Resource: unknown, more: Properties = {}) => {
  return { Effect: "Allow", Action, Resource, ...more };
};
const document = (Statement: unknown) => ({ Version: "2012-10-17", Statement });
const all = document([statement("s3:*", "*")]);
const rolePolicy = (policy: unknown) => resource("aws:iam/rolePolicy:RolePolicy", { role: "it", policy });
const allow = (action: unknown, on: unknown, more: Properties = {}) =>
  rolePolicy(document([statement(action, on, more)]));
const role = (inputs: Properties) => resource("aws:iam/role:Role", inputs);
const iam = (name: string, inputs: Properties) => resource(`aws:iam/${name}`, inputs);
const sso = (name: string, inputs: Properties) => resource(`aws:ssoadmin/${name}`, inputs);
const attach = (policyArn: unknown) => iam("rolePolicyAttachment:RolePolicyAttachment", { role: "it", policyArn });

describe("no-s3-full-access", () => {
  describe("of a managed policy", () => {
    const policyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", FULL];
    const only = { policyArns: [FULL] };
    const boundary = { permissionsBoundary: FULL };
    rejects(noS3FullAccess, [
      [
        "of a role",
        attach(FULL),
        "policyArn is AmazonS3FullAccess, which changes every bucket of the account and the access to it",
      ],
      ["in China", attach("arn:aws-cn:iam::aws:policy/AmazonS3FullAccess"), "AmazonS3FullAccess"],
      ["in GovCloud", attach("arn:aws-us-gov:iam::aws:policy/AmazonS3FullAccess"), "AmazonS3FullAccess"],
      ["AdministratorAccess", attach("arn:aws:iam::aws:policy/AdministratorAccess"), "AdministratorAccess"],
      ["PowerUserAccess", attach("arn:aws:iam::aws:policy/PowerUserAccess"), "PowerUserAccess"],
      ["of a user", iam("userPolicyAttachment:UserPolicyAttachment", { policyArn: FULL }), "policyArn is"],
      ["of a group", iam("groupPolicyAttachment:GroupPolicyAttachment", { policyArn: FULL }), "policyArn is"],
      ["of many", iam("policyAttachment:PolicyAttachment", { roles: ["r"], policyArn: FULL }), "policyArn is"],
      [
        "among a role's exclusive ones",
        iam("rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { roleName: "r", policyArns }),
        "policyArns[1] is AmazonS3FullAccess",
      ],
      [
        "among a user's exclusive ones",
        iam("userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", only),
        "policyArns[0]",
      ],
      [
        "among a group's exclusive ones",
        iam("groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive", only),
        "policyArns[0]",
      ],
      ["in a role's own list", role({ managedPolicyArns: [FULL] }), "managedPolicyArns[0] is AmazonS3FullAccess"],
      ["as a role's boundary", role(boundary), "permissionsBoundary is AmazonS3FullAccess"],
      ["as a user's boundary", iam("user:User", boundary), "permissionsBoundary is"],
      [
        "of an SSO permission set",
        sso("managedPolicyAttachment:ManagedPolicyAttachment", { managedPolicyArn: FULL }),
        "managedPolicyArn is AmazonS3FullAccess",
      ],
      [
        "among a permission set's exclusive ones",
        sso("managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive", { managedPolicyArns: [FULL] }),
        "managedPolicyArns[0]",
      ],
      [
        "as a permission set's boundary",
        sso("permissionsBoundaryAttachment:PermissionsBoundaryAttachment", {
          permissionsBoundary: { managedPolicyArn: FULL },
        }),
        "permissionsBoundary.managedPolicyArn",
      ],
      [
        "of a QuickSight assignment",
        resource("aws:quicksight/iamPolicyAssignment:IamPolicyAssignment", { policyArn: FULL }),
        "policyArn is",
      ],
      ["with a number as its ARN", attach(5), "policyArn is 5, not the ARN of a policy"],
    ]);
    accepts(noS3FullAccess, [
      ["AmazonS3ReadOnlyAccess", attach("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")],
      ["of the account with the same name", attach("arn:aws:iam::123456789012:policy/AmazonS3FullAccess")],
      ["whose name begins the same", attach("arn:aws:iam::aws:policy/AdministratorAccess-Amplify")],
    ]);
  });

  describe("of an action:", () => {
    const broad = [
      ...["s3:*", "*", "*:*", "S3:PUT*", "s3:P*", "s3:*Object", "s3:?utObject", "s3:Delete*", "s3:Create*"],
      ...["s3:PutObject", "s3:PutBucketPolicy"],
    ];
    const others = ["s3:ListAllMyBuckets", "s3:CreateBucket", "logs:*", "xray:Put*", ["s3:Get*", "s3:List*"]];
    rejects(noS3FullAccess, [
      ...broad.map((action) => {
        return [action, allow(action, "*"), `statement 1 of policy allows ${action} on *, which is every`] as const;
      }),
      ["one of many", allow(["s3:GetObject", "s3:*"], "*"), "allows s3:* on *"],
      ["NotAction", allow(undefined, "*", { NotAction: ["iam:*"] }), "allows all but iam:* (NotAction) on *"],
      [
        "with a condition",
        allow("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
        "allows s3:* on *",
      ],
    ]);
    accepts(noS3FullAccess, [
      ...others.map((action) => [String(action), allow(action, "*")] as const),
      ["a Deny", allow("s3:*", "*", { Effect: "Deny" })],
      [
        "a Deny outside a region",
        allow(undefined, "*", {
          Effect: "Deny",
          NotAction: ["iam:*"],
          Condition: { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
        }),
      ],
    ]);
  });

  describe("of a resource:", () => {
    const every = [
      ...["arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:aws:s3:::*/in/*", "arn:aws-cn:s3:::*", "arn:*:s3:::*"],
      ...["arn:aws:s3*", "arn:*", "arn:aws:s3:::?*", "arn:aws:s3:*:*:accesspoint/*"],
    ];
    rejects(noS3FullAccess, [
      ...every.map((arn) => [arn, allow("s3:*", arn), `allows s3:* on ${arn}, which is every bucket`] as const),
      ["one of many", allow("s3:*", [OBJECTS, "arn:aws:s3:::*"]), "on arn:aws:s3:::*"],
      [
        "NotResource",
        allow("s3:*", undefined, { NotResource: "arn:aws:s3:::secret/*" }),
        "on all but arn:aws:s3:::secret/* (NotResource)",
      ],
    ]);
    const accessPoint = "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/object/*";
    const logGroup = "arn:aws:logs:eu-west-1:123456789012:log-group:x:*";
    accepts(noS3FullAccess, [
      ["one bucket", allow("s3:*", ["arn:aws:s3:::photos", OBJECTS])],
      ["one bucket, with every service's actions", allow("*", OBJECTS)],
      ["buckets of one prefix", allow("s3:*", "arn:aws:s3:::acme-*")],
      ["one folder", allow("s3:Put*", "arn:aws:s3:::photos/640w/*")],
      ["the user's folder", allow("s3:*", "arn:aws:s3:::home/${aws:username}/*")],
      ["one access point", allow("s3:*", accessPoint)],
      ["a log group's :*", allow("logs:PutLogEvents", logGroup)],
      ["every table of another service", allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/*")],
    ]);
  });

  describe("in a document", () => {
    const inlinePolicies = [
      { name: "a", policy: document([statement("s3:Get*", "*")]) },
      { name: "b", policy: JSON.stringify(all) },
    ];
    const everything = statement("s3:*", "*", { Sid: "Everything" });
    rejects(noS3FullAccess, [
      ["as JSON text", iam("policy:Policy", { policy: JSON.stringify(all) }), "policy allows s3:* on *"],
      ["with one statement", rolePolicy({ Statement: statement("s3:*", "*") }), "allows s3:* on *"],
      [
        "with one bad statement of many",
        rolePolicy(document([statement("s3:GetObject", OBJECTS), everything])),
        'statement "Everything" of policy allows s3:* on *',
      ],
      ["of a user", iam("userPolicy:UserPolicy", { policy: all }), "policy allows s3:* on *"],
      ["of a group", iam("groupPolicy:GroupPolicy", { policy: all }), "policy allows s3:* on *"],
      ["of a role's own list", role({ inlinePolicies }), "inlinePolicies[1].policy allows s3:* on *"],
      [
        "of an SSO permission set",
        sso("permissionSetInlinePolicy:PermissionSetInlinePolicy", { inlinePolicy: JSON.stringify(all) }),
        "inlinePolicy allows s3:* on *",
      ],
    ]);
    accepts(noS3FullAccess, [
      ["of a role without policies", role({ assumeRolePolicy: document([]) })],
      ["of a role whose policies are removed", role({ inlinePolicies: [{}] })],
      ["of an older version", rolePolicy({ Version: "2008-10-17", Statement: statement("s3:GetObject", OBJECTS) })],
      ["of another type", resource("aws:s3/bucketPolicy:BucketPolicy", { policy: all })],
    ]);
  });

  describe("unreadable:", () => {
    const version = { ...document([statement("s3:GetObject", OBJECTS)]), Version: "2022-10-17" };
    const get = (more: Properties) => allow("s3:GetObject", OBJECTS, more);
    rejects(noS3FullAccess, [
      ["text that is not JSON", rolePolicy("{"), "policy is text that is not JSON, not a policy document, so its"],
      ["JSON that is no document", rolePolicy("5"), "policy is a number, not a policy document"],
      ["a list", rolePolicy([]), "policy is a list"],
      ["no statements", rolePolicy({ Version: "2012-10-17" }), "policy has no Statement"],
      ["a version that IAM does not know", rolePolicy(version), "has the Version 2022-10-17, which IAM does not know"],
      ["a statement that is text", rolePolicy({ Statement: ["Allow"] }), "has text that is not JSON as statement 1"],
      ["no Effect", get({ Effect: undefined }), "has an Effect that is neither Allow nor Deny"],
      ["no Action", get({ Action: undefined }), "has no Action in statement 1"],
      ["no Resource", get({ Resource: undefined }), "has no Resource in statement 1"],
      ["a number as an action", allow([5], "*"), "has something other than text in Action"],
      ["an action without a service", allow("PutObject", OBJECTS), "the action PutObject, which names no service"],
      ["an undefined bucket", allow("s3:GetObject", "undefined/*"), "the resource undefined/*, which is no ARN"],
      ["a Principal", get({ Principal: "*" }), "has a Principal, which an identity's policy cannot have"],
      ["an element that IAM does not know", get({ Actions: [] }), "the element Actions, which IAM does not know"],
      ["inline policies that are a number", role({ inlinePolicies: 5 }), "inlinePolicies[0] is a number"],
    ]);
  });

  it("names the resource, the problem and the fix", async () => {
    assert.deepEqual(await check(noS3FullAccess, { ...allow("s3:*", "*"), name: "resizer-policy" }), [
      'aws.iam.RolePolicy "resizer-policy": statement 1 of policy allows s3:* on *, which is every bucket. ' +
        "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*.",
    ]);
  });
});
