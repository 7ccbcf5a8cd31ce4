import assert from "node:assert/strict";
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { freedAfterEach } from "../support/freed";
import { BUCKET, DECLARED, declaredResources, errorOf, raw, ROLE, ROLE_ARN, startStorage } from "./storage-helper";

const Bucket = BUCKET;
const ORIGINAL = "p_1/a.jpg";
const VARIANT = "p_1/640w/a.jpg";

const allow = (...Action: string[]) => ({
  Effect: "Allow",
  Action,
  Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
});

describe("a role's permissions at the S3 endpoint", () => {
  const free = freedAfterEach();

  /** Starts a storage whose role has these statements, with an original in it. */
  async function storageWith(...roleStatements: object[]) {
    const test = await startStorage(free, declaredResources({ roleStatements, bucketStatements: undefined }));
    await test.admin.send(new PutObjectCommand({ Bucket, Key: ORIGINAL, Body: "original", Tagging: "a=b" }));
    return { ...test, role: test.client(ROLE) };
  }

  it("reads originals and writes variants with the declared policy, and nothing else", async () => {
    const test = await storageWith(...DECLARED.roleStatements);
    const { role } = test;
    const variant = { Bucket, Key: VARIANT, Body: "v" };
    const calls: [call: string, send: () => Promise<unknown>, expected: string][] = [
      ["an original", () => role.send(new GetObjectCommand({ Bucket, Key: ORIGINAL })), "no error"],
      ["a variant", () => role.send(new PutObjectCommand({ ...variant, IfNoneMatch: "*" })), "no error"],
      [
        "an unlisted size",
        () => role.send(new PutObjectCommand({ ...variant, Key: "p_1/641w/a.jpg" })),
        "403 AccessDenied",
      ],
      ["over an original", () => role.send(new PutObjectCommand({ ...variant, Key: ORIGINAL })), "403 AccessDenied"],
      ["a tag", () => role.send(new PutObjectCommand({ ...variant, Tagging: "a=b" })), "403 AccessDenied"],
      ["listing", () => role.send(new ListObjectsV2Command({ Bucket })), "403 AccessDenied"],
      ["deleting", () => role.send(new DeleteObjectCommand({ Bucket, Key: VARIANT })), "403 AccessDenied"],
      ["parts", () => role.send(new CreateMultipartUploadCommand({ Bucket, Key: ORIGINAL })), "403 AccessDenied"],
      [
        "aborting",
        () => role.send(new AbortMultipartUploadCommand({ Bucket, Key: ORIGINAL, UploadId: "x" })),
        "403 AccessDenied",
      ],
    ];
    for (const [call, send, expected] of calls) assert.equal(await errorOf(send()), expected, call);
    const Delete = { Objects: [{ Key: VARIANT }] };
    const { Deleted, Errors } = await role.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.equal(Deleted, undefined);
    assert.deepEqual(Errors, [{ Key: VARIANT, Code: "AccessDenied", Message: "Access Denied" }]);
  });

  it("are named in AWS's words when one is missing", async () => {
    const test = await storageWith(allow("s3:GetObject"));
    await assert.rejects(test.role.send(new PutObjectCommand({ Bucket, Key: VARIANT, Body: "v" })), {
      message: `User: ${ROLE_ARN} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${BUCKET}/${VARIANT}": no statement allows s3:PutObject`,
    });
  });

  for (const [actions, get, head] of [
    [["s3:GetObject"], "403 AccessDenied", "403 Unknown"],
    [["s3:GetObject", "s3:ListBucket"], "404 NoSuchKey", "404 NotFound"],
    [["s3:ListBucket"], "403 AccessDenied", "403 Unknown"],
  ] as const) {
    it(`make a missing key a ${get} with ${actions.join(" and ")}`, async () => {
      const test = await storageWith(allow(...actions));
      assert.equal(await errorOf(test.role.send(new GetObjectCommand({ Bucket, Key: "missing" }))), get);
      assert.equal(await errorOf(test.role.send(new HeadObjectCommand({ Bucket, Key: "missing" }))), head);
    });
  }

  it("include s3:PutObjectTagging for a put with tags", async () => {
    const test = await storageWith(allow("s3:PutObject", "s3:PutObjectTagging"));
    const put = new PutObjectCommand({ Bucket, Key: "t", Body: "", Tagging: "a=b" });
    assert.equal(await errorOf(test.role.send(put)), "no error");
  });

  it("are those of an anonymous caller without a signature", async () => {
    const closed = await storageWith(allow("s3:*"));
    const answer = await raw(closed.s3, "GET", `/${BUCKET}/${ORIGINAL}`);
    assert.equal(answer.status, 403);
    assert.match(answer.body.toString(), /<Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/);
    const open = await startStorage(free);
    await open.admin.send(new PutObjectCommand({ Bucket, Key: "a b.jpg", Body: "public" }));
    assert.equal((await raw(open.s3, "GET", `/${BUCKET}/a%20b.jpg`)).body.toString(), "public");
    // A body that is still coming in does not hide the response.
    for (const size of [1, 5_000_000]) {
      assert.equal((await raw(open.s3, "PUT", `/${BUCKET}/new`, {}, Buffer.alloc(size))).status, 403);
    }
  });
});
