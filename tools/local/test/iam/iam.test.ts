import assert from "node:assert/strict";
import { ADMINISTRATOR, ANONYMOUS } from "../../iam/principal";
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

const iamOf = (resources: readonly RegisteredResource[]) => createIam(resources, LOCAL_ACCOUNT_ID);
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
  it("allows an administrator everything, even what the bucket policy denies", async () => {
    const iam = await declared({
      bucketStatements: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }],
    });
    assert.deepEqual(await iam.decide(ask({ principal: ADMINISTRATOR, action: "s3:DeleteObject" })), {
      allowed: true,
      reason: "allowed to an administrator",
    });
  });

  it("judges a role by its policy and names the statement", async () => {
    const iam = await declared();
    const write = (key: string) => iam.decide(ask({ action: "s3:PutObject", resource: arn(key) }));
    assert.deepEqual(await iam.decide(ask({})), { allowed: true, reason: "allowed by ReadOriginals" });
    assert.deepEqual(await write("p_1/640w/a.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(await write("640w/a.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(await write("a/b/c/640w/d/e.jpg"), { allowed: true, reason: "allowed by WriteVariants" });
    assert.deepEqual(await write("p_1/641w/a.jpg"), { allowed: false, reason: "no statement allows s3:PutObject" });
    assert.deepEqual(await write("p_1/640w"), { allowed: false, reason: "no statement allows s3:PutObject" });
    assert.equal(
      (await iam.decide(ask({ action: "s3:ListBucket", resource: `arn:aws:s3:::${BUCKET}` }))).allowed,
      false,
    );
  });

  it("does not let '*' in a path that only begins with a size match the rule for no prefix", async () => {
    const Resource = `arn:aws:s3:::${BUCKET}/*/640w/*`;
    const iam = await declared({ roleStatements: [{ Effect: "Allow", Action: "s3:PutObject", Resource }] });
    assert.equal((await iam.decide(ask({ action: "s3:PutObject", resource: arn("640w/a.jpg") }))).allowed, false);
  });

  it("denies what the bucket policy denies, by transport", async () => {
    const iam = await declared();
    const write = ask({ action: "s3:PutObject", resource: arn("640w/a.jpg"), secureTransport: false });
    assert.deepEqual(await iam.decide(write), { allowed: false, reason: "denied by DenyWritesWithoutTls" });
  });

  it("judges anonymous requests by the bucket policy alone", async () => {
    const read = ask({ principal: ANONYMOUS, secureTransport: false });
    const iam = await declared();
    assert.deepEqual(await iam.decide(read), { allowed: true, reason: "allowed by ReadObjects" });
    assert.equal((await iam.decide({ ...read, action: "s3:PutObject" })).allowed, false);
    assert.deepEqual(await (await declared({ bucketStatements: undefined })).decide(read), {
      allowed: false,
      reason: "no statement allows s3:GetObject",
    });
  });

  it("takes every character of a key as itself", async () => {
    const Resource = `arn:aws:s3:::${BUCKET}/640w/*`;
    const iam = await declared({
      bucketStatements: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource }],
    });
    const may = async (key: string) => (await iam.decide(ask({ principal: ANONYMOUS, resource: arn(key) }))).allowed;
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
      assert.equal(await may(`640w/${name}`), true, name);
      assert.equal(await may(`${name}/640w/x`), false, name);
    }
    assert.equal(await may("*"), false);
    assert.equal(await may("*/x"), false);
  });

  describe("public access block", () => {
    const read = ask({ principal: ANONYMOUS });

    it("keeps a bucket without a block of its own private", async () => {
      const iam = await declared({ publicAccessBlock: undefined });
      assert.deepEqual(await iam.decide(read), {
        allowed: false,
        reason: "the public access block (blockPublicPolicy) refuses the bucket's public policy",
      });
    });

    it("restricts a public policy to the account", async () => {
      const block = { blockPublicPolicy: false, restrictPublicBuckets: true };
      const iam = await declared({ publicAccessBlock: block, roleStatements: DECLARED.roleStatements.slice(1) });
      assert.deepEqual(await iam.decide(read), {
        allowed: false,
        reason: "denied by the public access block (restrictPublicBuckets)",
      });
      assert.deepEqual(await iam.decide(ask({})), { allowed: true, reason: "allowed by ReadObjects" });
    });

    it("refuses a public policy whole, and leaves one that is not public", async () => {
      const block = { blockPublicPolicy: true, restrictPublicBuckets: false };
      const roleStatements = DECLARED.roleStatements.slice(1);
      const refused = await declared({ publicAccessBlock: block, roleStatements });
      assert.equal((await refused.decide(ask({}))).allowed, false);
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
      const byAccount = await declared(limited({ StringEquals: { "aws:PrincipalAccount": LOCAL_ACCOUNT_ID } }));
      assert.deepEqual(await byAccount.decide(ask({})), { allowed: true, reason: "allowed by Limited" });
      const byTransport = await declared(limited({ Bool: { "aws:SecureTransport": "true" } }));
      assert.equal((await byTransport.decide(ask({}))).allowed, false);
    });

    it("honours the account's block over the bucket's", async () => {
      const account = resource("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account", {
        restrictPublicBuckets: true,
      });
      const iam = await iamOf([...declaredResources(), account]);
      assert.equal((await iam.decide(read)).allowed, false);
    });
  });

  describe("attached policies", () => {
    const attach = (policyArn: string) =>
      resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", { role: "resizer-1a2b3c4", policyArn });
    const remove = ask({ action: "s3:DeleteObject" });

    it("knows AWS's own that matter", async () => {
      const full = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
      const readOnly = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
      assert.deepEqual(await (await iamOf([roleResource(), attach(full)])).decide(remove), {
        allowed: true,
        reason: `allowed by statement 1 of ${full}`,
      });
      assert.equal((await (await iamOf([roleResource(), attach(readOnly)])).decide(remove)).allowed, false);
      assert.equal((await (await iamOf([roleResource({ managedPolicyArns: [full] })])).decide(remove)).allowed, true);
    });

    it("reads inline policies and policies that the program declares", async () => {
      const statements = [{ Sid: "Remove", Effect: "Allow", Action: "s3:DeleteObject", Resource: "*" }];
      const inline = roleResource({ inlinePolicies: [{ name: "own", policy: policy(statements) }] });
      assert.deepEqual(await (await iamOf([inline])).decide(remove), { allowed: true, reason: "allowed by Remove" });
      const policyArn = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:policy/remove`;
      const own = resource("aws:iam/policy:Policy", "remove", { policy: policy(statements) }, { arn: policyArn });
      assert.equal((await (await iamOf([roleResource(), own, attach(policyArn)])).decide(remove)).allowed, true);
    });

    it("refuses one that it does not know, by name", async () => {
      const policyArn = "arn:aws:iam::aws:policy/AmazonEC2FullAccess";
      await assert.rejects(
        iamOf([roleResource(), attach(policyArn)]),
        new UserError(`attached attaches ${policyArn}, a policy that the local stack does not know`),
      );
    });

    it("keeps a role within its permissions boundary", async () => {
      const permissionsBoundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
      const managedPolicyArns = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"];
      const iam = await iamOf([roleResource({ managedPolicyArns, permissionsBoundary })]);
      assert.deepEqual(await iam.decide(remove), {
        allowed: false,
        reason: "the permissions boundary does not allow s3:DeleteObject",
      });
      assert.equal((await iam.decide(ask({}))).allowed, true);
    });
  });

  it("refuses a malformed policy at once, and says what is wrong", async () => {
    await assert.rejects(
      declared({ roleStatements: [{ Effect: "Alow", Action: "s3:GetObject", Resource: "*" }] }),
      (error) =>
        error instanceof UserError &&
        error.message.startsWith("IAM cannot judge the request: resizer: Statement[0].Effect: "),
    );
    await assert.rejects(
      declared({ bucketStatements: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", Prinzipal: "*" }] }),
      (error) => error instanceof UserError && error.message.includes("the resource's policy: "),
    );
    await assert.rejects(
      iamOf([roleResource({ assumeRolePolicy: "{" })]),
      new UserError("the policy of resizer is no JSON object"),
    );
  });

  it("says which service may assume a role", async () => {
    const iam = await declared();
    assert.equal((await iam.assumable(ROLE_ARN, "lambda.amazonaws.com")).allowed, true);
    assert.deepEqual(await iam.assumable(ROLE_ARN, "ec2.amazonaws.com"), {
      allowed: false,
      reason: "no statement allows sts:AssumeRole",
    });
  });

  it("follows changes of the policies while it runs", async () => {
    const iam = await declared();
    const denial = {
      Version: "2012-10-17",
      Statement: [{ Sid: "Off", Effect: "Deny", Action: "s3:*", Resource: "*" }],
    };
    assert.equal((await iam.decide(ask({}))).allowed, true);
    iam.policies.setRolePolicy(ROLE_ARN, "switch", denial);
    assert.deepEqual(await iam.decide(ask({})), { allowed: false, reason: "denied by Off" });
    iam.policies.setRolePolicy(ROLE_ARN, "switch", undefined);
    assert.equal((await iam.decide(ask({}))).allowed, true);

    const read = ask({ principal: ANONYMOUS });
    const before = iam.policies.bucketPolicy(BUCKET);
    iam.policies.setBucketPolicy(BUCKET, undefined);
    assert.equal((await iam.decide(read)).allowed, false);
    iam.policies.setBucketPolicy(BUCKET, before);
    assert.equal((await iam.decide(read)).allowed, true);
    assert.equal(iam.policies.version, 4);
  });
});
