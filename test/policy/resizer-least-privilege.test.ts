import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Subject } from "@image-resizer/policy-check/evaluate";
import { resizerLeastPrivilege } from "../../policy/rules/resizer-least-privilege";
import { judge, type Properties, resource } from "./judge";

const ARN = "arn:aws:iam::123456789012:role/resizer";
const FUNCTION = resource("aws:lambda/function:Function", { role: ARN }, "resizer");
const ROLE = resource("aws:iam/role:Role", { name: "resizer", arn: ARN }, "role");
const BUCKET = "arn:aws:s3:::photos";

const allow = (Action: unknown, Resource: unknown): Properties => ({ Effect: "Allow", Action, Resource });
const READ = allow("s3:GetObject", `${BUCKET}/*`);
const WRITE = allow(["s3:PutObject", "s3:AbortMultipartUpload"], [`${BUCKET}/*/640w/*`, `${BUCKET}/640w.webp/*`]);
const LOG = allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/resizer:*");

function policy(...statements: readonly Properties[]): Subject {
  return resource("aws:iam/rolePolicy:RolePolicy", { role: "resizer", policy: { Statement: statements } }, "policy");
}
const judged = (subjects: readonly Subject[], settings: Properties = {}) =>
  judge(resizerLeastPrivilege, [FUNCTION, ROLE, ...subjects], settings);

async function refuses(statement: Properties, says: string, settings: Properties = {}): Promise<void> {
  const violations = await judged([policy(READ, WRITE, LOG, statement)], settings);
  assert.ok(
    violations.some((violation) => violation.includes(says)),
    `no violation says "${says}": ${violations.join("\n") || "there is none"}`,
  );
}

describe("resizer-least-privilege", () => {
  it("lets a role pass that reads objects, writes under sizes and logs", async () => {
    assert.deepEqual(await judged([policy(READ, WRITE, LOG)]), []);
  });

  it("says which role, of which function, where and why", async () => {
    assert.deepEqual(await judged([policy(READ, allow("s3:PutObject", `${BUCKET}/*`))]), [
      'aws.iam.RolePolicy "policy": policy allows s3:PutObject on arn:aws:s3:::photos/*, which is not under a size ' +
        "segment, in statement 2, for the role role of the function resizer. " +
        "Name the sizes: BUCKET/*/<size>/* and BUCKET/<size>/*, as in photos/*/640w/*.",
    ]);
  });

  for (const [what, target] of [
    ["the whole bucket", `${BUCKET}/*`],
    ["the bucket itself", BUCKET],
    ["a folder", `${BUCKET}/variants/*`],
    ["a size that is not a whole segment", `${BUCKET}/*640w/*`],
    ["a size that is the file", `${BUCKET}/*/640w`],
    ["a size with a wildcard", `${BUCKET}/*/6?0w/*`],
    ["a size with a leading zero", `${BUCKET}/*/0640w/*`],
    ["a size in a format of nobody", `${BUCKET}/*/640w.gif/*`],
    ["any width", `${BUCKET}/*/*w/*`],
    ["a bucket of any name", "arn:aws:s3:::photos*/640w/*"],
    ["a policy variable", `${BUCKET}/\${aws:username}/*`],
    ["no bucket's ARN", "undefined/640w/*"],
  ] as const) {
    it(`refuses writes to ${what}`, () => refuses(allow("s3:PutObject", target), "not under a size segment"));
    it(`refuses writes to ${what} among others`, () =>
      refuses(allow(["s3:GetObject", "s3:Put*"], [`${BUCKET}/*/640w/*`, target]), "not under a size segment"));
  }

  it("refuses to delete and to list", async () => {
    await refuses(allow("s3:DeleteObject", `${BUCKET}/*/640w/*`), "allows s3:DeleteObject, which deletes,");
    await refuses(
      allow("s3:DeleteObjectVersion", `${BUCKET}/*/640w/*`),
      "allows s3:DeleteObjectVersion, which deletes,",
    );
    await refuses(allow("s3:ListBucket", BUCKET), "allows s3:ListBucket, which lists,");
    await refuses(allow("s3:List*", BUCKET), "allows s3:List*, which lists,");
  });

  it("refuses changes of the bucket and of who may use it", async () => {
    await refuses(allow("s3:PutObjectAcl", `${BUCKET}/*/640w/*`), "allows s3:PutObjectAcl, which changes");
    await refuses(allow("s3:PutBucketPolicy", BUCKET), "allows s3:PutBucketPolicy, which changes");
    await refuses(allow("s3:*", `${BUCKET}/*/640w/*`), "allows s3:*, which changes");
  });

  it("refuses wildcard resources beyond the configured actions", async () => {
    await refuses(allow("s3:GetObject", "*"), "allows s3:GetObject on *");
    await refuses(allow("s3:GetObject", "arn:aws:s3:::*"), "allows s3:GetObject on arn:aws:s3:::*");
    await refuses(allow("logs:PutLogEvents", "arn:aws:logs:*:*:*"), "allows logs:PutLogEvents on arn:aws:logs:*:*:*");
    await refuses(allow(["xray:PutTraceSegments", "sqs:SendMessage"], "*"), "allows sqs:SendMessage on *");
    await refuses(allow("xray:PutTraceSegments", "*"), "xray:PutTraceSegments on *", { wildcardActions: [] });
    assert.deepEqual(await judged([policy(READ, allow("xray:putTraceSegments", "*"))]), []);
    assert.deepEqual(
      await judged([policy(READ, allow("ec2:CreateNetworkInterface", "*"))], {
        wildcardActions: ["ec2:CreateNetworkInterface"],
      }),
      [],
    );
  });

  it("refuses NotAction and NotResource", async () => {
    await refuses({ Effect: "Allow", NotAction: "iam:*", Resource: `${BUCKET}/*` }, "allows all but iam:*");
    await refuses(
      { Effect: "Allow", Action: "s3:GetObject", NotResource: BUCKET },
      "everything but arn:aws:s3:::photos",
    );
  });

  it("refuses a malformed document, and lets a Deny pass", async () => {
    await refuses({ Effect: "Allow", Action: "s3:GetObject" }, "has no Resource in statement 4");
    assert.deepEqual(await judged([policy(READ, { Effect: "Deny", NotAction: "s3:*", Resource: "*" })]), []);
  });

  it("lets the configured functions delete and list, and delete under sizes only", async () => {
    const remove = (target: string) => [policy(allow("s3:DeleteObject", target))];
    const settings = { deletingFunctions: ["res*"], listingFunctions: ["resizer"] };
    assert.deepEqual(await judged(remove(`${BUCKET}/*/640w/*`), settings), []);
    assert.equal((await judged(remove(`${BUCKET}/*`), settings)).length, 1);
    assert.deepEqual(await judged([policy(allow("s3:ListBucket", BUCKET))], settings), []);
    assert.equal((await judged(remove(`${BUCKET}/*/640w/*`), { deletingFunctions: ["purge"] })).length, 1);
  });

  it("lets the function that purges delete under sizes, as this program has it, and nowhere else", async () => {
    const purge = resource("aws:lambda/function:Function", { role: ARN }, "purge");
    const remove = (target: string) => [purge, ROLE, policy(allow("s3:DeleteObject", target))];
    assert.deepEqual(await judge(resizerLeastPrivilege, remove(`${BUCKET}/*/640w/*`), {}), []);
    const [violation, ...others] = await judge(resizerLeastPrivilege, remove(`${BUCKET}/*`), {});
    assert.match(
      violation ?? "",
      /allows s3:DeleteObject on arn:aws:s3:::photos\/\*, which is not under a size segment/,
    );
    assert.deepEqual(others, []);
  });

  it("does not let a function delete for sharing the role of one that may", async () => {
    const other = resource("aws:lambda/function:Function", { role: ARN }, "purge");
    const violations = await judged([other, policy(allow("s3:DeleteObject", `${BUCKET}/*/640w/*`))], {
      deletingFunctions: ["purge"],
    });
    assert.equal(violations.length, 1);
    assert.match(violations[0] ?? "", /of the functions resizer, purge/);
  });

  it("lets a role write under any size only where the config says so", async () => {
    const anySize = policy(allow("s3:PutObject", [`${BUCKET}/*/*x*/*`, `${BUCKET}/*w.*/*`]));
    assert.equal((await judged([anySize])).length, 1);
    assert.deepEqual(await judged([anySize], { allowUnlistedSizes: true }), []);
    assert.equal(
      (await judged([policy(allow("s3:PutObject", `${BUCKET}/*`))], { allowUnlistedSizes: true })).length,
      1,
    );
  });

  describe("finds what a role may do by every road", () => {
    const document = { Statement: [allow("s3:PutObject", `${BUCKET}/*`)] };
    const managed = resource(
      "aws:iam/policy:Policy",
      { arn: "arn:aws:iam::123456789012:policy/p", policy: document },
      "managed",
    );
    const roads: Readonly<Record<string, readonly Subject[]>> = {
      "a RolePolicy": [
        resource("aws:iam/rolePolicy:RolePolicy", { role: "resizer", policy: JSON.stringify(document) }),
      ],
      "a RolePolicyAttachment": [
        managed,
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
          role: "resizer",
          policyArn: "arn:aws:iam::123456789012:policy/p",
        }),
      ],
      "a PolicyAttachment": [
        managed,
        resource("aws:iam/policyAttachment:PolicyAttachment", {
          roles: ["other", "resizer"],
          policyArn: "arn:aws:iam::123456789012:policy/p",
        }),
      ],
      "exclusive attachments": [
        managed,
        resource("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", {
          roleName: "resizer",
          policyArns: ["arn:aws:iam::123456789012:policy/p"],
        }),
      ],
      "the bucket's policy": [
        resource("aws:s3/bucketPolicy:BucketPolicy", {
          policy: { Statement: [{ ...allow("s3:PutObject", `${BUCKET}/*`), Principal: { AWS: [ARN] } }] },
        }),
      ],
    };
    for (const [road, subjects] of Object.entries(roads)) {
      it(road, async () => {
        const violations = await judged(subjects);
        assert.equal(violations.length, 1);
        assert.match(violations[0] ?? "", /s3:PutObject on arn:aws:s3:::photos\/\*, which is not under a size segment/);
      });
    }

    it("the role's own inline and managed policies", async () => {
      const role = resource("aws:iam/role:Role", {
        ...ROLE.inputs,
        inlinePolicies: [{ name: "a", policy: document }],
        managedPolicyArns: ["arn:aws:iam::123456789012:policy/p"],
      });
      assert.equal((await judge(resizerLeastPrivilege, [FUNCTION, role, managed])).length, 2);
    });
  });

  it("refuses managed policies that it cannot read, but the configured ones", async () => {
    const attach = (name: string) => [
      resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
        role: "resizer",
        policyArn: `arn:aws:iam::aws:policy/service-role/${name}`,
      }),
    ];
    assert.match(
      (await judged(attach("AWSLambdaBasicExecutionRole")))[0] ?? "",
      /gives the role role of the function resizer the managed policy AWSLambdaBasicExecutionRole, whose document/,
    );
    assert.deepEqual(await judged(attach("AWSXRayDaemonWriteAccess")), []);
    assert.deepEqual(
      await judged(attach("AWSLambdaBasicExecutionRole"), { managedPolicies: ["AWSLambdaBasicExecutionRole"] }),
      [],
    );
  });

  it("leaves roles alone that no function of the stack uses", async () => {
    const other = { ...ROLE, inputs: { name: "other", arn: "arn:aws:iam::123456789012:role/other" } };
    assert.deepEqual(await judge(resizerLeastPrivilege, [FUNCTION, other, policy(allow("s3:*", "*"))]), []);
  });
});
