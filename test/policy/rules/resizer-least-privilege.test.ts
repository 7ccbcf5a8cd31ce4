import { describe } from "mocha";
import type { Subject } from "@image-resizer/policy-check/check-stack";
import { resizerLeastPrivilege } from "../../../policy/rules/resizer-least-privilege";
import { accepts, type Properties, rejects, resource } from "../support/check";

const ARN = "arn:aws:iam::123456789012:role/resizer";
const POLICY_ARN = "arn:aws:iam::123456789012:policy/p";
const BUCKET = "arn:aws:s3:::photos";
const SIZED = `${BUCKET}/*/640w/*`;

const lambda = (name: string) => resource("aws:lambda/function:Function", { role: ARN }, name);
const FUNCTION = lambda("resizer");
const ROLE = resource("aws:iam/role:Role", { name: "resizer", arn: ARN }, "role");

const allow = (Action: unknown, Resource: unknown): Properties => ({ Effect: "Allow", Action, Resource });
const READ = allow("s3:GetObject", `${BUCKET}/*`);
const WRITE = allow(["s3:PutObject", "s3:AbortMultipartUpload"], [SIZED, `${BUCKET}/640w.webp/*`]);
const LOG = allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/resizer:*");

const policy = (...statements: readonly Properties[]): Subject =>
  resource("aws:iam/rolePolicy:RolePolicy", { role: "resizer", policy: { Statement: statements } }, "policy");
/** The function and its role with these resources, which grant the role something. */
const granted = (...subjects: readonly Subject[]) => [FUNCTION, ROLE, ...subjects];
/** The same with a policy that has one more statement than a resizer needs. */
const alsoAllowed = (action: unknown, on: unknown) => granted(policy(READ, WRITE, LOG, allow(action, on)));

describe("resizer-least-privilege", () => {
  describe("of writes", () => {
    const unsized = [
      ["the whole bucket", `${BUCKET}/*`],
      ["the bucket itself", BUCKET],
      ["a folder", `${BUCKET}/variants/*`],
      ["a size that is not a whole segment", `${BUCKET}/*640w/*`],
      ["a size that is the file", `${BUCKET}/*/640w`],
      ["a size with a wildcard", `${BUCKET}/*/6?0w/*`],
      ["a size with a leading zero", `${BUCKET}/*/0640w/*`],
      ["a size in an unknown format", `${BUCKET}/*/640w.gif/*`],
      ["any width", `${BUCKET}/*/*w/*`],
      ["any bucket of a prefix", "arn:aws:s3:::photos*/640w/*"],
      ["a policy variable", `${BUCKET}/\${aws:username}/*`],
    ] as const;
    const anySize = granted(policy(allow("s3:PutObject", [`${BUCKET}/*/*x*/*`, `${BUCKET}/*w.*/*`])));
    accepts(resizerLeastPrivilege, [
      ["under sizes", granted(policy(READ, WRITE, LOG))],
      ["under any size where the config allows it", anySize, { allowUnlistedSizes: true }],
    ]);
    rejects(resizerLeastPrivilege, [
      [
        "in the whole message",
        granted(policy(READ, allow("s3:PutObject", `${BUCKET}/*`))),
        'aws.iam.RolePolicy "policy": policy allows s3:PutObject on arn:aws:s3:::photos/*, which is not under a size ' +
          "segment, in statement 2, for the role role of the function resizer. " +
          "Name the sizes: BUCKET/*/<size>/* and BUCKET/<size>/*, as in photos/*/640w/*.",
      ],
      ...unsized.flatMap(([what, target]) => [
        [`to ${what}`, alsoAllowed("s3:PutObject", target), `on ${target}, which is not under a size segment`] as const,
        [
          `to ${what} among others`,
          alsoAllowed(["s3:GetObject", "s3:Put*"], [SIZED, target]),
          ["which changes a bucket or the access to it", `on ${target}, which is not under a size segment`],
        ] as const,
      ]),
      [
        "to no bucket's ARN",
        alsoAllowed("s3:PutObject", "undefined/640w/*"),
        ["which is no ARN", "Name the resource", "on undefined/640w/*, which is not under a size segment"],
      ],
      ["under any size", anySize, "which is not under a size segment"],
      [
        "anywhere where the config allows any size",
        granted(policy(allow("s3:PutObject", `${BUCKET}/*`))),
        "which is not under a size segment",
        { allowUnlistedSizes: true },
      ],
    ]);
  });

  describe("of other actions", () => {
    const ec2 = { wildcardActions: ["ec2:CreateNetworkInterface"] };
    const notAction = { Effect: "Allow", NotAction: "iam:*", Resource: `${BUCKET}/*` };
    const notResource = { Effect: "Allow", Action: "s3:GetObject", NotResource: BUCKET };
    accepts(resizerLeastPrivilege, [
      ["tracing on *", granted(policy(READ, allow("xray:putTraceSegments", "*")))],
      ["configured actions on *", granted(policy(READ, allow("ec2:CreateNetworkInterface", "*"))), ec2],
      ["a Deny", granted(policy(READ, { Effect: "Deny", NotAction: "s3:*", Resource: "*" }))],
    ]);
    rejects(resizerLeastPrivilege, [
      [
        "s3:DeleteObject",
        alsoAllowed("s3:DeleteObject", SIZED),
        "allows s3:DeleteObject, which deletes, in statement 4",
      ],
      [
        "s3:DeleteObjectVersion",
        alsoAllowed("s3:DeleteObjectVersion", SIZED),
        "s3:DeleteObjectVersion, which deletes,",
      ],
      ["s3:ListBucket", alsoAllowed("s3:ListBucket", BUCKET), "allows s3:ListBucket, which lists,"],
      ["s3:List*", alsoAllowed("s3:List*", BUCKET), "allows s3:List*, which lists,"],
      ["s3:PutObjectAcl", alsoAllowed("s3:PutObjectAcl", SIZED), "allows s3:PutObjectAcl, which changes a bucket or"],
      ["s3:PutBucketPolicy", alsoAllowed("s3:PutBucketPolicy", BUCKET), "s3:PutBucketPolicy, which changes a bucket"],
      ["s3:*", alsoAllowed("s3:*", SIZED), ["s3:*, which changes", "s3:*, which lists", "s3:*, which deletes"]],
      ["s3:GetObject on *", alsoAllowed("s3:GetObject", "*"), "allows s3:GetObject on *"],
      ["every bucket", alsoAllowed("s3:GetObject", "arn:aws:s3:::*"), "allows s3:GetObject on arn:aws:s3:::*"],
      ["every log", alsoAllowed("logs:PutLogEvents", "arn:aws:logs:*:*:*"), "logs:PutLogEvents on arn:aws:logs:*:*:*"],
      ["others on *", alsoAllowed(["xray:PutTraceSegments", "sqs:SendMessage"], "*"), "allows sqs:SendMessage on *"],
      [
        "tracing on * where the config does not allow it",
        alsoAllowed("xray:PutTraceSegments", "*"),
        "allows xray:PutTraceSegments on *",
        { wildcardActions: [] },
      ],
      ["NotAction", granted(policy(notAction)), "allows all but iam:* in statement 1"],
      ["NotResource", granted(policy(notResource)), "allows everything but arn:aws:s3:::photos in statement 1"],
      ["a malformed document", granted(policy({ Effect: "Allow", Action: "s3:GetObject" })), "has no Resource in"],
    ]);
  });

  describe("of functions that may delete or list:", () => {
    const remove = (target: string) => policy(allow("s3:DeleteObject", target));
    const config = { deletingFunctions: ["res*"], listingFunctions: ["resizer"] };
    const unsized = "allows s3:DeleteObject on arn:aws:s3:::photos/*, which is not under a size segment";
    accepts(resizerLeastPrivilege, [
      ["deletes under sizes", granted(remove(SIZED)), config],
      ["lists", granted(policy(allow("s3:ListBucket", BUCKET))), config],
      ["deletes of the function purge", [lambda("purge"), ROLE, remove(SIZED)]],
    ]);
    rejects(resizerLeastPrivilege, [
      ["deletes anywhere", granted(remove(`${BUCKET}/*`)), unsized, config],
      ["deletes of the function purge anywhere", [lambda("purge"), ROLE, remove(`${BUCKET}/*`)], unsized],
      ["deletes of another function", granted(remove(SIZED)), "which deletes", { deletingFunctions: ["purge"] }],
      [
        "deletes of a function that shares the role of one that may",
        granted(lambda("purge"), remove(SIZED)),
        "which deletes, in statement 1, for the role role of the functions resizer, purge",
      ],
    ]);
  });

  describe("however a role gets a policy:", () => {
    const document = { Statement: [allow("s3:PutObject", `${BUCKET}/*`)] };
    const managed = resource("aws:iam/policy:Policy", { arn: POLICY_ARN, policy: document }, "managed");
    const attach = (type: string, inputs: Properties) => granted(managed, resource(`aws:iam/${type}`, inputs));
    const named = { ...allow("s3:PutObject", `${BUCKET}/*`), Principal: { AWS: [ARN] } };
    const lists = { inlinePolicies: [{ name: "a", policy: document }], managedPolicyArns: [POLICY_ARN] };
    const unsized = "s3:PutObject on arn:aws:s3:::photos/*, which is not under a size segment";
    rejects(resizerLeastPrivilege, [
      [
        "a RolePolicy of JSON text",
        granted(resource("aws:iam/rolePolicy:RolePolicy", { role: "resizer", policy: JSON.stringify(document) })),
        unsized,
      ],
      [
        "a RolePolicyAttachment",
        attach("rolePolicyAttachment:RolePolicyAttachment", { role: "resizer", policyArn: POLICY_ARN }),
        unsized,
      ],
      [
        "a PolicyAttachment",
        attach("policyAttachment:PolicyAttachment", { roles: ["other", "resizer"], policyArn: POLICY_ARN }),
        unsized,
      ],
      [
        "exclusive attachments",
        attach("rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", {
          roleName: "resizer",
          policyArns: [POLICY_ARN],
        }),
        unsized,
      ],
      [
        "the bucket's policy",
        granted(resource("aws:s3/bucketPolicy:BucketPolicy", { policy: { Statement: [named] } })),
        unsized,
      ],
      [
        "the role's own lists",
        [FUNCTION, { ...ROLE, inputs: { ...ROLE.inputs, ...lists } }, managed],
        [`inlinePolicies[0].policy allows ${unsized}`, `aws.iam.Policy "managed": policy allows ${unsized}`],
      ],
    ]);
  });

  describe("of managed policies from outside the stack:", () => {
    const attach = (name: string) =>
      granted(
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
          role: "resizer",
          policyArn: `arn:aws:iam::aws:policy/service-role/${name}`,
        }),
      );
    const basic = "AWSLambdaBasicExecutionRole";
    accepts(resizerLeastPrivilege, [
      ["X-Ray's", attach("AWSXRayDaemonWriteAccess")],
      ["one that the config allows", attach(basic), { managedPolicies: [basic] }],
    ]);
    rejects(resizerLeastPrivilege, [
      [
        "all others",
        attach(basic),
        `policyArn attaches the managed policy ${basic}, which is not part of the stack, to the role role of the function`,
      ],
    ]);
  });

  const other = { ...ROLE, inputs: { name: "other", arn: "arn:aws:iam::123456789012:role/other" } };
  const coded = (name: string, more: Properties = {}) =>
    resource("aws:lambda/function:Function", { role: ARN, handler: "index.handler", ...more }, name);
  const settings = { environment: { variables: { SETTINGS: '{"maxInputBytes":1}' } } };
  const unsized = [ROLE, policy(allow("s3:PutObject", `${BUCKET}/*`))];
  accepts(resizerLeastPrivilege, [
    ["a role that no function uses", [FUNCTION, other, policy(allow("s3:*", "*"))]],
    ["a role of a function that has nothing to do with images", [coded("orders"), ...unsized]],
  ]);
  rejects(resizerLeastPrivilege, [
    ["a resizer by its settings", [coded("orders", settings), ...unsized], "for the role role of the function orders"],
    ["a resizer by its name", [coded("imageResizer"), ...unsized], "of the function imageResizer"],
    ["an image function that shares its role", [coded("orders"), FUNCTION, ...unsized], "of the function resizer."],
  ]);
});
