import assert from "node:assert/strict";
import { ADMINISTRATOR, ANONYMOUS } from "../../iam/iam";
import { createIam, type AccessRequest } from "../../iam/iam";
import { LOCAL_ACCOUNT_ID, UserError, type RegisteredResource } from "@image-resizer/lib/program";
import {
  BUCKET,
  DECLARED,
  declaredResources,
  policy,
  resource,
  ROLE,
  ROLE_ARN,
  roleResource,
  type Declared,
} from "../s3/storage-helper";
import { Trace } from "../../trace";

const iamOf = (resources: readonly RegisteredResource[]) => createIam(resources, LOCAL_ACCOUNT_ID, new Trace());
const declared = (changes: Partial<Declared> = {}) => iamOf(declaredResources(changes));
const arn = (key: string) => `arn:aws:s3:::${BUCKET}/${key}`;
const ask = (request: Partial<AccessRequest>): AccessRequest => ({
  principal: ROLE,
  action: "s3:GetObject",
  resource: arn("p_1/a.jpg"),
  secureTransport: true,
  ...request,
});

describe("IAM", () => {
  it("allows an administrator everything, even what the bucket policy denies", () => {
    const iam = declared({
      bucketStatements: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }],
    });
    assert.deepEqual(iam.decide(ask({ principal: ADMINISTRATOR, action: "s3:DeleteObject" })), {
      allowed: true,
      reason: "allowed to an administrator",
    });
  });

  it("decides about a role by its policy and names the statement", () => {
    const iam = declared();
    const write = (key: string) => iam.decide(ask({ action: "s3:PutObject", resource: arn(key) }));
    assert.deepEqual(iam.decide(ask({})), { allowed: true, reason: "allowed by ReadOriginals" });
    assert.deepEqual(write("p_1/640w/a.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(write("640w/a.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(write("a/b/c/640w/d/e.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(write("p_1/641w/a.jpg"), { allowed: false, reason: "no statement allows s3:PutObject" });
    assert.deepEqual(write("p_1/640w"), { allowed: false, reason: "no statement allows s3:PutObject" });
    assert.equal(iam.decide(ask({ action: "s3:ListBucket", resource: `arn:aws:s3:::${BUCKET}` })).allowed, false);
  });

  it("does not let '*' in a path that only begins with a size match the rule for no prefix", () => {
    const Resource = `arn:aws:s3:::${BUCKET}/*/640w/*`;
    const iam = declared({ roleStatements: [{ Effect: "Allow", Action: "s3:PutObject", Resource }] });
    assert.equal(iam.decide(ask({ action: "s3:PutObject", resource: arn("640w/a.jpg") })).allowed, false);
  });

  it("denies what the bucket policy denies, by transport", () => {
    const iam = declared();
    const write = ask({ action: "s3:PutObject", resource: arn("640w/a.jpg"), secureTransport: false });
    assert.deepEqual(iam.decide(write), { allowed: false, reason: "denied by DenyWritesWithoutTls" });
  });

  it("decides about anonymous requests by the bucket policy alone", () => {
    const read = ask({ principal: ANONYMOUS, secureTransport: false });
    const iam = declared();
    assert.deepEqual(iam.decide(read), { allowed: true, reason: "allowed by ReadObjects" });
    assert.equal(iam.decide({ ...read, action: "s3:PutObject" }).allowed, false);
    assert.deepEqual(declared({ bucketStatements: undefined }).decide(read), {
      allowed: false,
      reason: "no statement allows s3:GetObject",
    });
  });

  it("reads every character of a key as itself", () => {
    const Resource = `arn:aws:s3:::${BUCKET}/640w/*`;
    const iam = declared({
      bucketStatements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource }],
    });
    const may = (key: string) => iam.decide(ask({ principal: ANONYMOUS, resource: arn(key) })).allowed;
    for (const name of [
      "a*b",
      "a?b",
      "a:b",
      "a${aws:username}",
      "a\nb",
      "a\u2028b",
      "é日本😀",
      "a\\b",
      "(a|b)[c].$^+",
    ]) {
      assert.equal(may(`640w/${name}`), true, name);
      assert.equal(may(`${name}/640w/x`), false, name);
    }
    assert.equal(may("*"), false);
    assert.equal(may("*/x"), false);
  });

  describe("public access block", () => {
    const read = ask({ principal: ANONYMOUS });

    it("keeps a bucket without a block of its own private", () => {
      const iam = declared({ publicAccessBlock: undefined });
      assert.deepEqual(iam.decide(read), {
        allowed: false,
        reason: "the public access block (blockPublicPolicy) rejects the bucket's public policy",
      });
    });

    it("restricts a public policy to the account", () => {
      const block = { blockPublicPolicy: false, restrictPublicBuckets: true };
      const iam = declared({ publicAccessBlock: block, roleStatements: DECLARED.roleStatements.slice(1) });
      assert.deepEqual(iam.decide(read), {
        allowed: false,
        reason: "denied by the public access block (restrictPublicBuckets)",
      });
      assert.deepEqual(iam.decide(ask({})), { allowed: true, reason: "allowed by ReadObjects" });
    });

    it("rejects a public policy whole, and leaves one that is not public", () => {
      const block = { blockPublicPolicy: true, restrictPublicBuckets: false };
      const roleStatements = DECLARED.roleStatements.slice(1);
      const refused = declared({ publicAccessBlock: block, roleStatements });
      assert.equal(refused.decide(ask({})).allowed, false);
      const limited = (Condition: object) => ({
        publicAccessBlock: block,
        roleStatements,
        bucketStatements: [
          {
            Sid: "Limited",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "s3:GetObject",
            Resource: arn("*"),
            Condition,
          },
        ],
      });
      const byAccount = declared(limited({ StringEquals: { "aws:PrincipalAccount": LOCAL_ACCOUNT_ID } }));
      assert.deepEqual(byAccount.decide(ask({})), { allowed: true, reason: "allowed by Limited" });
      const byTransport = declared(limited({ Bool: { "aws:SecureTransport": "true" } }));
      assert.equal(byTransport.decide(ask({})).allowed, false);
    });

    it("honours the account's block over the bucket's", () => {
      const account = resource("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account", {
        restrictPublicBuckets: true,
      });
      const iam = iamOf([...declaredResources(), account]);
      assert.equal(iam.decide(read).allowed, false);
    });
  });

  describe("attached policies", () => {
    const POLICY_ARN = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:policy/own`;
    const own = (Action: string) =>
      resource(
        "aws:iam/policy:Policy",
        "own",
        { policy: policy([{ Sid: "Own", Effect: "Allow", Action, Resource: "*" }]) },
        { arn: POLICY_ARN },
      );
    const attach = (policyArn: string) =>
      resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", { role: "resizer-1a2b3c4", policyArn });
    const remove = ask({ action: "s3:DeleteObject" });

    it("reads inline policies and policies that the program declares", () => {
      const inlinePolicies = [
        { name: "own", policy: policy([{ Effect: "Allow", Action: "s3:DeleteObject", Resource: "*" }]) },
      ];
      for (const [resources, reason] of [
        [[roleResource({ inlinePolicies })], "allowed by statement 1 of own"],
        [[roleResource(), own("s3:Delete*"), attach(POLICY_ARN)], "allowed by Own"],
        [[roleResource({ managedPolicyArns: [POLICY_ARN] }), own("s3:*")], "allowed by Own"],
      ] as const) {
        assert.deepEqual(iamOf(resources).decide(remove), { allowed: true, reason });
      }
    });

    it("rejects one that the program does not declare, by name", () => {
      const policyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
      const message = (name: string) =>
        new UserError(`${name} attaches ${policyArn}: the local stack knows only policies that the program declares`);
      assert.throws(() => iamOf([roleResource(), attach(policyArn)]), message("attached"));
      assert.throws(() => iamOf([roleResource({ permissionsBoundary: policyArn })]), message("resizer"));
    });

    it("keeps a role within its permissions boundary", () => {
      const everything = policy([{ Effect: "Allow", Action: "*", Resource: "*" }]);
      const iam = iamOf([
        roleResource({ inlinePolicies: [{ policy: everything }], permissionsBoundary: POLICY_ARN }),
        own("s3:Get*"),
      ]);
      assert.deepEqual(iam.decide(remove), {
        allowed: false,
        reason: "the permissions boundary does not allow s3:DeleteObject",
      });
      assert.deepEqual(iam.decide(ask({})), { allowed: true, reason: "allowed by statement 1 of inline 1" });
    });
  });

  describe("rejects at the start, in one sentence,", () => {
    const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const when = (Condition: object) => [{ ...READ, Condition }];
    const everybody = { ...READ, Principal: "*" };
    const cases: readonly (readonly [what: string, changes: Partial<Declared>, message: string])[] = [
      [
        "an Effect that IAM does not know",
        { roleStatements: [{ ...READ, Effect: "Alow" }] },
        "IAM rejects the policy resizer: it has an Effect that is neither Allow nor Deny in statement 1",
      ],
      [
        "an element that IAM does not know",
        { bucketStatements: [{ ...everybody, Prinzipal: "*" }] },
        "IAM rejects the policy images: it has the element Prinzipal, which IAM does not know, in statement 1",
      ],
      [
        "a condition operator that is not evaluated",
        { roleStatements: when({ NumericLessThan: { "s3:max-keys": "10" } }) },
        "the local stack does not evaluate the condition operator NumericLessThan (statement 1 of the policy resizer)",
      ],
      [
        "an operator on several values",
        { roleStatements: when({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }) },
        "the local stack does not evaluate the condition operator ForAnyValue:StringEquals (statement 1 of the policy resizer)",
      ],
      [
        "a policy variable",
        { roleStatements: [{ ...READ, Sid: "Home", Resource: "arn:aws:s3:::home/${aws:username}/*" }] },
        'the local stack does not evaluate the policy variable in arn:aws:s3:::home/${aws:username}/* (statement "Home" of the policy resizer)',
      ],
      [
        "an ARN without its parts",
        { roleStatements: when({ ArnLike: { "aws:SourceArn": "*" } }) },
        "the local stack does not evaluate ArnLike with *, which is no ARN (statement 1 of the policy resizer)",
      ],
      [
        "NotPrincipal",
        { bucketStatements: [{ ...READ, NotPrincipal: { AWS: LOCAL_ACCOUNT_ID } }] },
        "the local stack does not evaluate NotPrincipal (statement 1 of the policy images)",
      ],
      [
        "a principal with a wildcard",
        { bucketStatements: [{ ...READ, Principal: { AWS: "arn:aws:iam::*:root" } }] },
        "the local stack does not evaluate the principal AWS: arn:aws:iam::*:root (statement 1 of the policy images)",
      ],
    ];
    for (const [what, changes, message] of cases) {
      it(what, () => {
        assert.throws(() => declared(changes), new UserError(message));
      });
    }

    it("what is no document", () => {
      const message = new UserError("the policy of resizer is no JSON object");
      assert.throws(() => iamOf([roleResource({ assumeRolePolicy: "{" })]), message);
    });
  });

  it("says which service may assume a role", () => {
    const iam = declared();
    assert.equal(iam.assumable(ROLE_ARN, "lambda.amazonaws.com").allowed, true);
    assert.deepEqual(iam.assumable(ROLE_ARN, "ec2.amazonaws.com"), {
      allowed: false,
      reason: "no statement allows sts:AssumeRole",
    });
  });

  it("follows changes of the policies while it runs", () => {
    const iam = declared();
    const denial = {
      Version: "2012-10-17",
      Statement: [{ Sid: "Off", Effect: "Deny", Action: "s3:*", Resource: "*" }],
    };
    assert.equal(iam.decide(ask({})).allowed, true);
    iam.policies.roles.get(ROLE_ARN)?.policies.set("switch", denial);
    assert.deepEqual(iam.decide(ask({})), { allowed: false, reason: "denied by Off" });
    iam.policies.roles.get(ROLE_ARN)?.policies.delete("switch");
    assert.equal(iam.decide(ask({})).allowed, true);

    const read = ask({ principal: ANONYMOUS });
    iam.policies.buckets.delete(BUCKET);
    assert.equal(iam.decide(read).allowed, false);
  });
});
