import assert from "node:assert/strict";
import { type AccessRequest, ADMINISTRATOR, ANONYMOUS, createIam } from "../../iam/iam";
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

/** Returns the reason of a decision; the reason of every allowed request, and of no other, begins with "allowed". */
function verdict(iam: ReturnType<typeof createIam>, request: Partial<AccessRequest> = {}): string {
  const { allowed, reason } = iam.decide(ask(request));
  assert.equal(allowed, reason.startsWith("allowed"), reason);
  return reason;
}

const NOTHING_ALLOWS = (action: string) => `no statement allows s3:${action}`;
const PUBLIC_READ = { principal: ANONYMOUS };

describe("IAM", () => {
  it("allows an administrator everything, even what the bucket policy denies", () => {
    const iam = declared({ bucketStatements: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }] });
    assert.equal(verdict(iam, { principal: ADMINISTRATOR, action: "s3:DeleteObject" }), "allowed to an administrator");
  });

  it("decides about a role by its policy and names the statement", () => {
    const iam = declared();
    assert.equal(verdict(iam), "allowed by ReadOriginals");
    for (const key of ["p_1/640w/a.jpg", "640w/a.jpg", "a/b/c/640w/d/e.jpg"]) {
      assert.equal(verdict(iam, { action: "s3:PutObject", resource: arn(key) }), "allowed by WriteVariants");
    }
    for (const key of ["p_1/641w/a.jpg", "p_1/640w"]) {
      assert.equal(verdict(iam, { action: "s3:PutObject", resource: arn(key) }), NOTHING_ALLOWS("PutObject"));
    }
    const list = { action: "s3:ListBucket", resource: `arn:aws:s3:::${BUCKET}` };
    assert.equal(verdict(iam, list), NOTHING_ALLOWS("ListBucket"));
  });

  it("does not let '*' in a path that only begins with a size match the rule for no prefix", () => {
    const roleStatements = [{ Effect: "Allow", Action: "s3:PutObject", Resource: arn("*/640w/*") }];
    const iam = declared({ roleStatements });
    const write = { action: "s3:PutObject", resource: arn("640w/a.jpg") };
    assert.equal(verdict(iam, write), NOTHING_ALLOWS("PutObject"));
  });

  it("denies what the bucket policy denies, by transport", () => {
    const write = { action: "s3:PutObject", resource: arn("640w/a.jpg"), secureTransport: false };
    assert.equal(verdict(declared(), write), "denied by DenyWritesWithoutTls");
  });

  it("decides about anonymous requests by the bucket policy alone", () => {
    const read = { ...PUBLIC_READ, secureTransport: false };
    assert.equal(verdict(declared(), read), "allowed by ReadObjects");
    assert.equal(verdict(declared(), { ...read, action: "s3:PutObject" }), "denied by DenyWritesWithoutTls");
    assert.equal(verdict(declared({ bucketStatements: undefined }), read), NOTHING_ALLOWS("GetObject"));
  });

  it("reads every character of a key as itself", () => {
    const Allow = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" };
    const iam = declared({ bucketStatements: [{ ...Allow, Resource: arn("640w/*") }] });
    const read = (key: string) => verdict(iam, { ...PUBLIC_READ, resource: arn(key) });
    const odd = ["a*b", "a?b", "a:b", "a${aws:username}", "a\nb", "a\u2028b", "é日本😀", "a\\b", "(a|b)[c].$^+"];
    for (const name of odd) {
      assert.equal(read(`640w/${name}`), "allowed by statement 1 of the resource's policy", name);
      assert.equal(read(`${name}/640w/x`), NOTHING_ALLOWS("GetObject"), name);
    }
    assert.deepEqual(["*", "*/x"].map(read), [NOTHING_ALLOWS("GetObject"), NOTHING_ALLOWS("GetObject")]);
  });

  describe("public access block", () => {
    const RESTRICTS = { blockPublicPolicy: false, restrictPublicBuckets: true };
    const REJECTS = { blockPublicPolicy: true, restrictPublicBuckets: false };
    // Without the statement that lets it read.
    const roleStatements = DECLARED.roleStatements.slice(1);
    const restricted = "denied by the public access block (restrictPublicBuckets)";
    const rejected = "the public access block (blockPublicPolicy) rejects the bucket's public policy";

    it("keeps a bucket without a block of its own private", () => {
      assert.equal(verdict(declared({ publicAccessBlock: undefined }), PUBLIC_READ), rejected);
    });

    it("restricts a public policy to the account", () => {
      const iam = declared({ publicAccessBlock: RESTRICTS, roleStatements });
      assert.equal(verdict(iam, PUBLIC_READ), restricted);
      assert.equal(verdict(iam), "allowed by ReadObjects");
    });

    it("rejects a public policy whole, and leaves one that is not public", () => {
      assert.equal(verdict(declared({ publicAccessBlock: REJECTS, roleStatements })), rejected);
      const Limited = { Sid: "Limited", Effect: "Allow", Principal: { AWS: "*" }, Action: "s3:GetObject" };
      for (const [Condition, reason] of [
        [{ StringEquals: { "aws:PrincipalAccount": LOCAL_ACCOUNT_ID } }, "allowed by Limited"],
        [{ Bool: { "aws:SecureTransport": "true" } }, rejected],
      ] as const) {
        const bucketStatements = [{ ...Limited, Resource: arn("*"), Condition }];
        assert.equal(verdict(declared({ publicAccessBlock: REJECTS, roleStatements, bucketStatements })), reason);
      }
    });

    it("honours the account's block over the bucket's", () => {
      const type = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
      const account = resource(type, "account", { restrictPublicBuckets: true });
      assert.equal(verdict(iamOf([...declaredResources(), account]), PUBLIC_READ), restricted);
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
    const remove = { action: "s3:DeleteObject" };

    it("reads inline policies and policies that the program declares", () => {
      const inlinePolicies = [
        { name: "own", policy: policy([{ Effect: "Allow", Action: "s3:DeleteObject", Resource: "*" }]) },
      ];
      for (const [resources, reason] of [
        [[roleResource({ inlinePolicies })], "allowed by statement 1 of own"],
        [[roleResource(), own("s3:Delete*"), attach(POLICY_ARN)], "allowed by Own"],
        [[roleResource({ managedPolicyArns: [POLICY_ARN] }), own("s3:*")], "allowed by Own"],
      ] as const) {
        assert.equal(verdict(iamOf(resources), remove), reason);
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
      assert.equal(verdict(iam, remove), "the permissions boundary does not allow s3:DeleteObject");
      assert.equal(verdict(iam), "allowed by statement 1 of inline 1");
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
    const Statement = [{ Sid: "Off", Effect: "Deny", Action: "s3:*", Resource: "*" }];
    const { policies } = iam.policies.roles.get(ROLE_ARN) ?? {};
    assert.equal(verdict(iam), "allowed by ReadOriginals");
    policies?.set("switch", { Version: "2012-10-17", Statement });
    assert.equal(verdict(iam), "denied by Off");
    policies?.delete("switch");
    assert.equal(verdict(iam), "allowed by ReadOriginals");
    iam.policies.buckets.delete(BUCKET);
    assert.equal(verdict(iam, PUBLIC_READ), NOTHING_ALLOWS("GetObject"));
  });
});
