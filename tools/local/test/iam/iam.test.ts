import assert from "node:assert/strict";
import { LOCAL_ACCOUNT_ID, type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type AccessRequest, ADMINISTRATOR, ANONYMOUS, Iam } from "../../iam/iam";
import { declaredPolicies } from "../../iam/policies";
import { Trace } from "../../trace";
import { BUCKET, DECLARED, type Declared, declaredResources, ROLE, ROLE_ARN, roleResource } from "../s3/storage-helper";
import { resource } from "../support/resources";

const iamOf = (resources: readonly RegisteredResource[]) =>
  new Iam(declaredPolicies(resources), LOCAL_ACCOUNT_ID, new Trace());
const declared = (changes: Partial<Declared> = {}) => iamOf(declaredResources(changes));
const arn = (key: string) => `arn:aws:s3:::${BUCKET}/${key}`;
const ask = (request: Partial<AccessRequest>): AccessRequest => ({
  principal: ROLE,
  action: "s3:GetObject",
  resource: arn("p_1/a.jpg"),
  ...request,
});
const anonymous = ask({ principal: ANONYMOUS });
const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

describe("IAM", () => {
  it("allows an administrator everything, even what the bucket policy denies", () => {
    const bucketStatements = [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }];
    const request = ask({ principal: ADMINISTRATOR, action: "s3:DeleteObject" });
    const reason = "allowed to an administrator";
    assert.deepEqual(declared({ bucketStatements }).decide(request), { allowed: true, reason });
  });

  for (const [action, resource, reason] of [
    ["s3:GetObject", arn("p_1/a.jpg"), "allowed by ReadOriginals"],
    ["s3:PutObject", arn("p_1/640w/a.jpg"), "allowed by WriteVariants"],
    ["s3:PutObject", arn("640w/a.jpg"), "allowed by WriteVariants"],
    ["s3:PutObject", arn("a/b/c/640w/d/e.jpg"), "allowed by WriteVariants"],
    ["s3:PutObject", arn("p_1/641w/a.jpg"), "no statement allows s3:PutObject"],
    ["s3:PutObject", arn("p_1/640w"), "no statement allows s3:PutObject"],
    ["s3:ListBucket", `arn:aws:s3:::${BUCKET}`, "no statement allows s3:ListBucket"],
  ] as const) {
    it(`decides about a role by its policy: ${action} on ${resource} is ${reason}`, () => {
      assert.deepEqual(declared().decide(ask({ action, resource })), { allowed: reason.startsWith("allowed"), reason });
    });
  }

  it("does not let '*' in a path that only begins with a size match the rule for no prefix", () => {
    const Resource = arn("*/640w/*");
    const iam = declared({ roleStatements: [{ Effect: "Allow", Action: "s3:PutObject", Resource }] });
    assert.equal(iam.decide(ask({ action: "s3:PutObject", resource: arn("640w/a.jpg") })).allowed, false);
  });

  it("denies what the bucket policy denies, by transport", () => {
    const write = ask({ action: "s3:PutObject", resource: arn("640w/a.jpg"), secureTransport: false });
    assert.deepEqual(declared().decide(write), { allowed: false, reason: "denied by DenyWritesWithoutTls" });
  });

  it("decides about anonymous requests by the bucket policy alone", () => {
    const iam = declared();
    assert.deepEqual(iam.decide(anonymous), { allowed: true, reason: "allowed by ReadObjects" });
    assert.equal(iam.decide({ ...anonymous, action: "s3:PutObject" }).allowed, false);
    const reason = "no statement allows s3:GetObject";
    assert.deepEqual(declared({ bucketStatements: undefined }).decide(anonymous), { allowed: false, reason });
  });

  it("reads every character of a key as itself", () => {
    const iam = declared({
      bucketStatements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: arn("640w/*") }],
    });
    const may = (key: string) => iam.decide({ ...anonymous, resource: arn(key) }).allowed;
    const names = ["a*b", "a?b", "a:b", "a${aws:username}", "a\nb", "a\u2028b", "é日本😀", "a\\b", "(a|b)[c].$^+"];
    for (const name of names) {
      assert.equal(may(`640w/${name}`), true, name);
      assert.equal(may(`${name}/640w/x`), false, name);
    }
    assert.deepEqual(["*", "*/x"].map(may), [false, false]);
  });

  describe("public access block", () => {
    const roleStatements = DECLARED.roleStatements.slice(1);
    const byPolicy = "the public access block (blockPublicPolicy) rejects the bucket's public policy";

    it("keeps a bucket without a block of its own private", () => {
      const iam = declared({ publicAccessBlock: undefined });
      assert.deepEqual(iam.decide(anonymous), { allowed: false, reason: byPolicy });
    });

    it("restricts a public policy to the account", () => {
      const iam = declared({ publicAccessBlock: { restrictPublicBuckets: true }, roleStatements });
      const reason = "denied by the public access block (restrictPublicBuckets)";
      assert.deepEqual(iam.decide(anonymous), { allowed: false, reason });
      assert.deepEqual(iam.decide(ask({})), { allowed: true, reason: "allowed by ReadObjects" });
    });

    it("rejects a public policy whole, and leaves one that is not public", () => {
      const decide = (Condition?: object) => {
        const limited = { Sid: "Limited", Principal: { AWS: "*" }, ...READ, ...(Condition ? { Condition } : {}) };
        const publicAccessBlock = { blockPublicPolicy: true };
        return declared({ publicAccessBlock, roleStatements, bucketStatements: [limited] }).decide(ask({}));
      };
      assert.deepEqual(decide(), { allowed: false, reason: byPolicy });
      assert.deepEqual(decide({ StringEquals: { "aws:PrincipalAccount": LOCAL_ACCOUNT_ID } }), {
        allowed: true,
        reason: "allowed by Limited",
      });
      assert.equal(decide({ Bool: { "aws:SecureTransport": "true" } }).allowed, false);
    });
  });

  describe("rejects at the start, in one sentence,", () => {
    const when = (Condition: object) => ({ roleStatements: [{ ...READ, Condition }] });
    const not = "the local stack does not evaluate";
    const cases: readonly (readonly [what: string, changes: Partial<Declared>, message: string])[] = [
      [
        "an Effect that IAM does not know",
        { roleStatements: [{ ...READ, Effect: "Alow" }] },
        "IAM rejects the policy resizer: it has an Effect that is neither Allow nor Deny in statement 1",
      ],
      [
        "an element that IAM does not know",
        { bucketStatements: [{ ...READ, Principal: "*", Prinzipal: "*" }] },
        "IAM rejects the policy images: it has the element Prinzipal, which IAM does not know, in statement 1",
      ],
      [
        "a condition operator that is not evaluated",
        when({ StringNotLike: { "s3:prefix": "10" } }),
        `${not} the condition operator StringNotLike (statement 1 of the policy resizer)`,
      ],
      [
        "an operator on several values",
        when({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }),
        `${not} the condition operator ForAnyValue:StringEquals (statement 1 of the policy resizer)`,
      ],
      [
        "a policy variable",
        { roleStatements: [{ ...READ, Sid: "Home", Resource: "arn:aws:s3:::home/${aws:username}/*" }] },
        `${not} the policy variable in arn:aws:s3:::home/\${aws:username}/* (statement "Home" of the policy resizer)`,
      ],
      [
        "an ARN without its parts",
        when({ ArnLike: { "aws:SourceArn": "*" } }),
        `${not} ArnLike with *, which is no ARN (statement 1 of the policy resizer)`,
      ],
      [
        "NotPrincipal",
        { bucketStatements: [{ ...READ, NotPrincipal: { AWS: LOCAL_ACCOUNT_ID } }] },
        `${not} NotPrincipal (statement 1 of the policy images)`,
      ],
      [
        "a principal with a wildcard",
        { bucketStatements: [{ ...READ, Principal: { AWS: "arn:aws:iam::*:root" } }] },
        `${not} the principal AWS: arn:aws:iam::*:root (statement 1 of the policy images)`,
      ],
    ];
    for (const [what, changes, message] of cases) {
      it(what, () => {
        assert.throws(() => declared(changes), new UserError(message));
      });
    }

    const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
    const account = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
    for (const [what, declaration, message] of [
      ["what is no document", roleResource({ assumeRolePolicy: "{" }), "the policy of resizer is no JSON object"],
      [
        "a permissions boundary",
        roleResource({ permissionsBoundary: "arn" }),
        'aws:iam/role:Role "resizer" cannot be served: permissionsBoundary: the local stack does not serve it',
      ],
      ["an attached policy", resource(attachment, "a", {}), `the local stack does not serve ${attachment} "a"`],
      ["a block of the account", resource(account, "b", {}), `the local stack does not serve ${account} "b"`],
    ] as const) {
      it(what, () => {
        assert.throws(() => iamOf([declaration]), new UserError(message));
      });
    }
  });

  it("says which service may assume a role", () => {
    const iam = declared();
    assert.equal(iam.assumable(ROLE_ARN, "lambda.amazonaws.com").allowed, true);
    const reason = "no statement allows sts:AssumeRole";
    assert.deepEqual(iam.assumable(ROLE_ARN, "ec2.amazonaws.com"), { allowed: false, reason });
  });

  it("follows changes of the policies while it runs", () => {
    const iam = declared();
    const denial = {
      Version: "2012-10-17",
      Statement: [{ Sid: "Off", Effect: "Deny", Action: "s3:*", Resource: "*" }],
    };
    const own = iam.policies.roles.get(ROLE_ARN)?.policies;
    own?.set("switch", denial);
    assert.deepEqual(iam.decide(ask({})), { allowed: false, reason: "denied by Off" });
    own?.delete("switch");
    assert.equal(iam.decide(ask({})).allowed, true);
    iam.policies.buckets.delete(BUCKET);
    assert.equal(iam.decide(anonymous).allowed, false);
  });
});
