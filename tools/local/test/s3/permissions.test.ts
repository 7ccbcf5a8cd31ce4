import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  BUCKET,
  DECLARED,
  declaredResources,
  raw,
  refusal,
  ROLE,
  ROLE_ARN,
  startStorage,
  type TestStorage,
} from "./storage-helper";

const Bucket = BUCKET;
const VARIANT = "p_1/640w/a.jpg";

/** A storage whose role has these statements, with an object at `p_1/a.jpg`. */
async function storageWith(...roleStatements: object[]): Promise<{ test: TestStorage; role: S3Client }> {
  const test = await startStorage(declaredResources({ roleStatements, bucketStatements: undefined }));
  await test.admin.send(new PutObjectCommand({ Bucket, Key: "p_1/a.jpg", Body: "original", Tagging: "a=b" }));
  return { test, role: test.client(ROLE) };
}
const allow = (...Action: string[]) => ({
  Effect: "Allow",
  Action,
  Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
});

describe("what a role may do at the S3 endpoint", () => {
  it("reads originals and writes variants with the declared policy, and nothing else", async () => {
    const { test, role } = await storageWith(...DECLARED.roleStatements);
    assert.equal(await refusal(role.send(new GetObjectCommand({ Bucket, Key: "p_1/a.jpg" }))), "no error");
    assert.equal(
      await refusal(role.send(new PutObjectCommand({ Bucket, Key: VARIANT, Body: "v", IfNoneMatch: "*" }))),
      "no error",
    );
    const denied = {
      "an unlisted size": () => role.send(new PutObjectCommand({ Bucket, Key: "p_1/641w/a.jpg", Body: "v" })),
      "an original": () => role.send(new PutObjectCommand({ Bucket, Key: "p_1/a.jpg", Body: "v" })),
      "a tag": () => role.send(new PutObjectCommand({ Bucket, Key: VARIANT, Body: "v", Tagging: "a=b" })),
      listing: () => role.send(new ListObjectsV2Command({ Bucket })),
      tagging: () => role.send(new GetObjectTaggingCommand({ Bucket, Key: "p_1/a.jpg" })),
      deleting: () => role.send(new DeleteObjectCommand({ Bucket, Key: VARIANT })),
      uploading: () => role.send(new CreateMultipartUploadCommand({ Bucket, Key: "p_1/a.jpg" })),
      aborting: () => role.send(new AbortMultipartUploadCommand({ Bucket, Key: "p_1/a.jpg", UploadId: "x" })),
      "a copy of an original's tags": () =>
        role.send(
          new CopyObjectCommand({
            Bucket,
            Key: VARIANT,
            CopySource: `${BUCKET}/p_1/a.jpg`,
          }),
        ),
    };
    for (const [what, call] of Object.entries(denied)) {
      assert.equal(await refusal(call()), "403 AccessDenied", what);
    }
    const { Deleted, Errors } = await role.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: VARIANT }] } }),
    );
    assert.equal(Deleted, undefined);
    assert.deepEqual(Errors, [{ Key: VARIANT, Code: "AccessDenied", Message: "Access Denied" }]);
    await test.close();
  });

  it("is told who was refused what, as AWS tells", async () => {
    const { test, role } = await storageWith(allow("s3:GetObject"));
    await assert.rejects(role.send(new PutObjectCommand({ Bucket, Key: VARIANT, Body: "v" })), {
      message: `User: ${ROLE_ARN} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/${VARIANT}": no statement allows s3:PutObject`,
    });
    await test.close();
  });

  it("gets 403 for a missing key without s3:ListBucket, and 404 with it", async () => {
    const missing = (role: S3Client) => [
      refusal(role.send(new GetObjectCommand({ Bucket, Key: "missing" }))),
      refusal(role.send(new HeadObjectCommand({ Bucket, Key: "missing" }))),
    ];
    const without = await storageWith(allow("s3:GetObject"));
    assert.deepEqual(await Promise.all(missing(without.role)), ["403 AccessDenied", "403 Unknown"]);
    await without.test.close();
    const withList = await storageWith(allow("s3:GetObject", "s3:ListBucket"));
    assert.deepEqual(await Promise.all(missing(withList.role)), ["404 NoSuchKey", "404 NotFound"]);
    await withList.test.close();
    const listOnly = await storageWith(allow("s3:ListBucket"));
    assert.deepEqual(await Promise.all(missing(listOnly.role)), ["403 AccessDenied", "403 Unknown"]);
    await listOnly.test.close();
  });

  it("copies only what it may read", async () => {
    const { test, role } = await storageWith(allow("s3:PutObject", "s3:PutObjectTagging", "s3:GetObjectTagging"));
    const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${BUCKET}/p_1/a.jpg` });
    assert.equal(await refusal(role.send(copy)), "403 AccessDenied");
    await test.close();
  });

  it("needs s3:PutObjectTagging to tag what it puts", async () => {
    const { test, role } = await storageWith(allow("s3:PutObject", "s3:PutObjectTagging"));
    assert.equal(
      await refusal(role.send(new PutObjectCommand({ Bucket, Key: "t", Body: "", Tagging: "a=b" }))),
      "no error",
    );
    await test.close();
  });

  it("loses a permission, and gets it back, while the stack runs", async () => {
    const { test, role } = await storageWith(allow("s3:GetObject"));
    const read = () => refusal(role.send(new GetObjectCommand({ Bucket, Key: "p_1/a.jpg" })));
    assert.equal(await read(), "no error");
    const before = test.storage.iam.policies.role(ROLE_ARN)?.policies.get("resizer");
    test.storage.iam.policies.setRolePolicy(ROLE_ARN, "resizer", undefined);
    assert.equal(await read(), "403 AccessDenied");
    test.storage.iam.policies.setRolePolicy(ROLE_ARN, "resizer", before);
    assert.equal(await read(), "no error");
    await test.close();
  });

  it("is anonymous without a signature", async () => {
    const { test } = await storageWith(allow("s3:*"));
    const answer = await raw(test.s3, "GET", `/${BUCKET}/p_1/a.jpg`);
    assert.equal(answer.status, 403);
    assert.match(answer.body.toString(), /<Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/);
    await test.close();
    const open = await startStorage();
    await open.admin.send(new PutObjectCommand({ Bucket, Key: "a b.jpg", Body: "public" }));
    assert.equal((await raw(open.s3, "GET", `/${BUCKET}/a%20b.jpg`)).body.toString(), "public");
    assert.equal((await raw(open.s3, "PUT", `/${BUCKET}/new`, {}, Buffer.from("x"))).status, 403);
    // A body that is still coming in does not hide the answer.
    assert.equal((await raw(open.s3, "PUT", `/${BUCKET}/new`, {}, Buffer.alloc(5_000_000))).status, 403);
    await open.close();
  });
});
