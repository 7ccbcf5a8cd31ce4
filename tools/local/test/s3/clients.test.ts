import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  type ObjectCannedACL,
  PutObjectCommand,
  type StorageClass,
} from "@aws-sdk/client-s3";
import { ROLE, BUCKET, errorOf, startStorage, type TestStorage } from "./storage-helper";
import { freedAfterAll } from "../support/freed";

const Bucket = BUCKET;

describe("what S3 clients ask for beside objects", () => {
  const free = freedAfterAll();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
  });

  it("is the list of buckets, a bucket, and its region", async () => {
    const { Buckets = [] } = await test.admin.send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      [BUCKET],
    );
    assert.equal(await errorOf(test.admin.send(new HeadBucketCommand({ Bucket }))), "no error");
    assert.equal(await errorOf(test.admin.send(new HeadBucketCommand({ Bucket: "other" }))), "404 NotFound");
    const { LocationConstraint } = await test.admin.send(new GetBucketLocationCommand({ Bucket }));
    assert.ok(!LocationConstraint);
    const created = test.admin.send(new CreateBucketCommand({ Bucket }));
    assert.equal(await errorOf(created), "409 BucketAlreadyOwnedByYou");
  });

  it("is denied to a role without the permission", async () => {
    const role = test.client(ROLE);
    assert.equal(await errorOf(role.send(new ListBucketsCommand({}))), "403 AccessDenied");
    assert.equal(await errorOf(role.send(new CreateBucketCommand({ Bucket }))), "403 AccessDenied");
    assert.equal(await errorOf(role.send(new GetBucketLocationCommand({ Bucket }))), "403 AccessDenied");
  });

  it("is a write with the owner's ACL and the standard class, and no other", async () => {
    const put = (ACL?: ObjectCannedACL, StorageClass?: StorageClass) =>
      errorOf(test.admin.send(new PutObjectCommand({ Bucket, Key: "a.jpg", Body: "a", ACL, StorageClass })));
    assert.equal(await put("private", "STANDARD"), "no error");
    assert.equal(await put("bucket-owner-full-control"), "no error");
    assert.equal(await put("public-read"), "400 AccessControlListNotSupported");
    assert.equal(await put(undefined, "GLACIER"), "501 NotImplemented");
  });
});
