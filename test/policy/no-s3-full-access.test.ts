import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noS3FullAccess } from "../../policy/rules/no-s3-full-access";
import { judge, type Properties, resource } from "./judge";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const TRUST = { Version: "2012-10-17", Statement: [] };

type Row = readonly [what: string, type: string, properties: Properties];

const allow = (action: unknown, target: unknown, more: Properties = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: action, Resource: target, ...more }],
});
const inline = (document: unknown): Properties => ({ role: "it", policy: document });

/** Attachments and documents that must be refused, with what the message must say. */
const FORBIDDEN: readonly (readonly [...Row, says: string])[] = [
  ["attached to a role", ATTACHMENT, { role: "it", policyArn: FULL }, "policyArn is AmazonS3FullAccess"],
  ["in China", ATTACHMENT, { policyArn: "arn:aws-cn:iam::aws:policy/AmazonS3FullAccess" }, "AmazonS3FullAccess"],
  ["in GovCloud", ATTACHMENT, { policyArn: "arn:aws-us-gov:iam::aws:policy/AmazonS3FullAccess" }, "AmazonS3FullAccess"],
  [
    "AdministratorAccess",
    ATTACHMENT,
    { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    "AdministratorAccess",
  ],
  ["PowerUserAccess", ATTACHMENT, { policyArn: "arn:aws:iam::aws:policy/PowerUserAccess" }, "PowerUserAccess"],
  [
    "attached to a user",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    { user: "u", policyArn: FULL },
    "policyArn",
  ],
  [
    "attached to a group",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    { group: "g", policyArn: FULL },
    "policyArn",
  ],
  ["attached to many", "aws:iam/policyAttachment:PolicyAttachment", { roles: ["r"], policyArn: FULL }, "policyArn"],
  [
    "a role's exclusive attachments",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    { roleName: "r", policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", FULL] },
    "policyArns[1] is AmazonS3FullAccess",
  ],
  [
    "a user's exclusive attachments",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    { userName: "u", policyArns: [FULL] },
    "policyArns[0]",
  ],
  [
    "a group's exclusive attachments",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    { groupName: "g", policyArns: [FULL] },
    "policyArns[0]",
  ],
  ["a role's managedPolicyArns", ROLE, { managedPolicyArns: [FULL] }, "managedPolicyArns[0] is AmazonS3FullAccess"],
  ["a role's boundary", ROLE, { permissionsBoundary: FULL }, "permissionsBoundary is AmazonS3FullAccess"],
  ["a user's boundary", "aws:iam/user:User", { permissionsBoundary: FULL }, "permissionsBoundary"],
  [
    "an SSO permission set",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    { managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    "managedPolicyArn is AdministratorAccess",
  ],
  [
    "an SSO permission set's exclusive attachments",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
    { managedPolicyArns: [FULL] },
    "managedPolicyArns[0]",
  ],
  [
    "an SSO permission set's boundary",
    "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
    { permissionsBoundary: { managedPolicyArn: FULL } },
    "permissionsBoundary.managedPolicyArn",
  ],
  [
    "an SSO permission set's inline policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
    { inlinePolicy: JSON.stringify(allow("s3:*", "*")) },
    "inlinePolicy allows s3:* on *",
  ],
  [
    "a QuickSight assignment",
    "aws:quicksight/iamPolicyAssignment:IamPolicyAssignment",
    { policyArn: FULL },
    "policyArn",
  ],
  ["an ARN that is a number", ATTACHMENT, { policyArn: 5 }, "policyArn is 5, not the ARN of a policy"],

  ["s3:* on *", ROLE_POLICY, inline(allow("s3:*", "*")), "statement 1 of policy allows s3:* on *"],
  ["s3:* on * as JSON text", POLICY, { policy: JSON.stringify(allow("s3:*", "*")) }, "allows s3:* on *"],
  ["* on *", ROLE_POLICY, inline(allow("*", "*")), "allows * on *"],
  ["*:* on *", ROLE_POLICY, inline(allow("*:*", "*")), "allows *:* on *"],
  ["S3:PUT* in capitals", ROLE_POLICY, inline(allow("S3:PUT*", "*")), "allows S3:PUT* on *"],
  ["s3:P*", ROLE_POLICY, inline(allow("s3:P*", "*")), "allows s3:P* on *"],
  ["s3:*Object", ROLE_POLICY, inline(allow("s3:*Object", "*")), "allows s3:*Object on *"],
  ["s3:?utObject", ROLE_POLICY, inline(allow("s3:?utObject", "*")), "allows s3:?utObject on *"],
  ["s3:Delete*", ROLE_POLICY, inline(allow("s3:Delete*", "*")), "allows s3:Delete* on *"],
  ["s3:Create*", ROLE_POLICY, inline(allow("s3:Create*", "*")), "allows s3:Create* on *"],
  [
    "s3:PutObject by name, on every bucket",
    ROLE_POLICY,
    inline(allow("s3:PutObject", "*")),
    "allows s3:PutObject on *",
  ],
  ["s3:PutBucketPolicy, on every bucket", ROLE_POLICY, inline(allow("s3:PutBucketPolicy", "*")), "s3:PutBucketPolicy"],
  ["on arn:aws:s3:::*", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3:::*")), "on arn:aws:s3:::*"],
  ["on arn:aws:s3:::*/*", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3:::*/*")), "on arn:aws:s3:::*/*"],
  [
    "on one folder of every bucket",
    ROLE_POLICY,
    inline(allow("s3:*", "arn:aws:s3:::*/in/*")),
    "on arn:aws:s3:::*/in/*",
  ],
  ["on arn:aws-cn:s3:::*", ROLE_POLICY, inline(allow("s3:*", "arn:aws-cn:s3:::*")), "on arn:aws-cn:s3:::*"],
  ["on arn:*:s3:::*", ROLE_POLICY, inline(allow("s3:*", "arn:*:s3:::*")), "on arn:*:s3:::*"],
  ["on arn:aws:s3*", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3*")), "on arn:aws:s3*"],
  ["on arn:*", ROLE_POLICY, inline(allow("s3:*", "arn:*")), "on arn:*"],
  ["on ?*", ROLE_POLICY, inline(allow("s3:*", ["arn:aws:s3:::?*"])), "on arn:aws:s3:::?*"],
  ["on every access point", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3:*:*:accesspoint/*")), "accesspoint/*"],
  ["the one bad action of many", ROLE_POLICY, inline(allow(["s3:GetObject", "s3:*"], "*")), "allows s3:* on *"],
  [
    "the one bad resource of many",
    ROLE_POLICY,
    inline(allow("s3:*", ["arn:aws:s3:::photos/*", "arn:aws:s3:::*"])),
    "on arn:aws:s3:::*",
  ],
  [
    "the one bad statement of many",
    ROLE_POLICY,
    inline({
      Statement: [
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" },
        { Sid: "Everything", Effect: "Allow", Action: "s3:*", Resource: "*" },
      ],
    }),
    'statement "Everything" of policy allows s3:* on *',
  ],
  [
    "a statement that is no list",
    ROLE_POLICY,
    inline({ Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } }),
    "allows s3:* on *",
  ],
  [
    "NotAction",
    ROLE_POLICY,
    inline({ Statement: [{ Effect: "Allow", NotAction: ["iam:*"], Resource: "*" }] }),
    "allows all but iam:* (NotAction) on *",
  ],
  [
    "NotResource",
    ROLE_POLICY,
    inline({ Statement: [{ Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::secret/*" }] }),
    "on all but arn:aws:s3:::secret/* (NotResource)",
  ],
  [
    "with a condition",
    ROLE_POLICY,
    inline(allow("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } })),
    "allows s3:* on *",
  ],
  ["a user's policy", "aws:iam/userPolicy:UserPolicy", { policy: allow("s3:*", "*") }, "allows s3:* on *"],
  ["a group's policy", "aws:iam/groupPolicy:GroupPolicy", { policy: allow("s3:*", "*") }, "allows s3:* on *"],
  [
    "a role's inline policy",
    ROLE,
    {
      inlinePolicies: [
        { name: "a", policy: allow("s3:Get*", "*") },
        { name: "b", policy: JSON.stringify(allow("s3:*", "*")) },
      ],
    },
    "inlinePolicies[1].policy allows s3:* on *",
  ],

  ["text that is not JSON", ROLE_POLICY, inline("{"), "policy is text that is not JSON"],
  ["JSON that is no document", ROLE_POLICY, inline("5"), "policy is a number, not a policy document"],
  ["a list", ROLE_POLICY, inline([]), "policy is a list"],
  ["no statements", ROLE_POLICY, inline({ Version: "2012-10-17" }), "policy has no Statement"],
  [
    "a version of nobody",
    ROLE_POLICY,
    inline({ ...allow("s3:GetObject", "arn:aws:s3:::b/*"), Version: "2022-10-17" }),
    "2022-10-17",
  ],
  [
    "a statement that is text",
    ROLE_POLICY,
    inline({ Statement: ["Allow"] }),
    "has text that is not JSON as statement 1",
  ],
  [
    "no Effect",
    ROLE_POLICY,
    inline({ Statement: [{ Action: "s3:GetObject", Resource: "*" }] }),
    "neither Allow nor Deny",
  ],
  ["no Action", ROLE_POLICY, inline({ Statement: [{ Effect: "Allow", Resource: "*" }] }), "has no Action"],
  ["no Resource", ROLE_POLICY, inline({ Statement: [{ Effect: "Allow", Action: "s3:GetObject" }] }), "has no Resource"],
  ["a number as an Action", ROLE_POLICY, inline(allow([5], "*")), "something other than text in Action"],
  ["an action without a service", ROLE_POLICY, inline(allow("PutObject", "arn:aws:s3:::b/*")), "names no service"],
  [
    "a name that was undefined",
    ROLE_POLICY,
    inline(allow("s3:GetObject", "undefined/*")),
    "undefined/*, which is no ARN",
  ],
  [
    "a Principal",
    ROLE_POLICY,
    inline(allow("s3:GetObject", "arn:aws:s3:::b/*", { Principal: "*" })),
    "has a Principal",
  ],
  ["inline policies that are a number", ROLE, { inlinePolicies: 5 }, "inlinePolicies[0] is a number"],
];

/** Attachments and documents that must be let pass, some of which look bad. */
const ALLOWED: readonly Row[] = [
  ["AmazonS3ReadOnlyAccess", ATTACHMENT, { policyArn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }],
  [
    "a policy of one's own with the name",
    ATTACHMENT,
    { policyArn: "arn:aws:iam::123456789012:policy/AmazonS3FullAccess" },
  ],
  [
    "a policy whose name begins like one",
    ATTACHMENT,
    { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess-Amplify" },
  ],
  ["a role with nothing", ROLE, { assumeRolePolicy: TRUST }],
  ["a role whose inline policies are taken away", ROLE, { inlinePolicies: [{}] }],
  ["a Deny of s3:* on *", ROLE_POLICY, inline({ Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] })],
  [
    "a Deny of everything outside a region",
    ROLE_POLICY,
    inline({
      Statement: [
        {
          Effect: "Deny",
          NotAction: ["iam:*"],
          Resource: "*",
          Condition: { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
        },
      ],
    }),
  ],
  ["s3:* on one bucket", ROLE_POLICY, inline(allow("s3:*", ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]))],
  ["s3:* on buckets of one prefix", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3:::acme-*"))],
  ["s3:Put* on one folder", ROLE_POLICY, inline(allow("s3:Put*", "arn:aws:s3:::photos/640w/*"))],
  ["s3:Get* and s3:List* on *", ROLE_POLICY, inline(allow(["s3:Get*", "s3:List*"], "*"))],
  ["s3:ListAllMyBuckets on *", ROLE_POLICY, inline(allow("s3:ListAllMyBuckets", "*"))],
  ["s3:CreateBucket by name on *", ROLE_POLICY, inline(allow("s3:CreateBucket", "*"))],
  [
    "a log group's :*",
    ROLE_POLICY,
    inline(allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:x:*")),
  ],
  ["logs:* on *", ROLE_POLICY, inline(allow("logs:*", "*"))],
  ["xray:Put* on *", ROLE_POLICY, inline(allow("xray:Put*", "*"))],
  ["dynamodb:* on every table", ROLE_POLICY, inline(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/*"))],
  ["* on one bucket", ROLE_POLICY, inline(allow("*", "arn:aws:s3:::photos/*"))],
  ["the folder of whoever signs in", ROLE_POLICY, inline(allow("s3:*", "arn:aws:s3:::home/${aws:username}/*"))],
  [
    "one access point",
    ROLE_POLICY,
    inline(allow("s3:*", "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/object/*")),
  ],
  ["an older version", ROLE_POLICY, inline({ ...allow("s3:GetObject", "arn:aws:s3:::b/*"), Version: "2008-10-17" })],
  ["a resource of another kind", "aws:s3/bucketPolicy:BucketPolicy", { policy: allow("s3:*", "*") }],
];

describe("no-s3-full-access", () => {
  for (const [what, type, properties, says] of FORBIDDEN) {
    it(`refuses ${what}`, async () => {
      const violations = await judge(noS3FullAccess, [resource(type, properties)]);
      assert.ok(
        violations.some((violation) => violation.includes(says)),
        `no violation says "${says}": ${violations.join("\n") || "there is none"}`,
      );
    });
  }

  for (const [what, type, properties] of ALLOWED) {
    it(`lets ${what} pass`, async () => {
      assert.deepEqual(await judge(noS3FullAccess, [resource(type, properties)]), []);
    });
  }

  it("names the resource, what is wrong and the mend", async () => {
    assert.deepEqual(
      await judge(noS3FullAccess, [resource(ROLE_POLICY, inline(allow("s3:*", "*")), "resizer-policy")]),
      [
        'aws.iam.RolePolicy "resizer-policy": statement 1 of policy allows s3:* on *, which is every bucket. ' +
          "Name the actions and the bucket: s3:GetObject on arn:aws:s3:::BUCKET/*.",
      ],
    );
  });
});
