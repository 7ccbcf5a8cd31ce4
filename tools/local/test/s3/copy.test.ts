import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { ObjectChange } from "../../s3/storage";
import { freedAfterAll } from "../support/freed";
import { BUCKET, errorOf, ROLE, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;

describe("copies at the S3 endpoint", () => {
  const free = freedAfterAll();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
    const named = { ContentType: "image/jpeg", CacheControl: "no-cache", Metadata: { a: "b" }, Tagging: "x=y" };
    await test.admin.send(new PutObjectCommand({ Bucket, Key: "p/é 1.jpg", Body: "image", ...named }));
  });

  const copy = (input: Partial<CopyObjectCommandInput>) =>
    test.admin.send(
      new CopyObjectCommand({ Bucket, Key: "copy", CopySource: encodeURI(`${BUCKET}/p/é 1.jpg`), ...input }),
    );
  const read = async (Key: string) => {
    const { Body, ...headers } = await test.admin.send(new GetObjectCommand({ Bucket, Key }));
    return { text: await Body?.transformToString(), ...headers };
  };
  const tagsOf = async (key: string) => [...((await test.storage.objects(BUCKET).get(key))?.tags ?? [])];

  it("have the bytes, the headers and the tags of the source, and are reported", async () => {
    const changes: ObjectChange[] = [];
    test.storage.listenToChanges((change) => changes.push(change));
    const { CopyObjectResult } = await copy({});
    const { text, ContentType, CacheControl, Metadata, ETag } = await read("copy");
    assert.deepEqual([text, ContentType, CacheControl, Metadata], ["image", "image/jpeg", "no-cache", { a: "b" }]);
    assert.deepEqual(await tagsOf("copy"), [["x", "y"]]);
    assert.equal(CopyObjectResult?.ETag, ETag);
    assert.deepEqual(
      changes.map(({ key, reason, object }) => [key, reason, object?.size]),
      [["copy", "CopyObject", 5]],
    );
  });

  it("have those of the request where it replaces them, even over the source", async () => {
    const replaced = { MetadataDirective: "REPLACE", TaggingDirective: "REPLACE" } as const;
    await copy({ ...replaced, ContentType: "text/plain" });
    const { ContentType, CacheControl, Metadata } = await read("copy");
    assert.deepEqual([ContentType, CacheControl, Metadata], ["text/plain", undefined, {}]);
    assert.deepEqual(await tagsOf("copy"), []);
    const CopySource = `${BUCKET}/copy`;
    await copy({ CopySource, MetadataDirective: "REPLACE", ContentType: "image/png" });
    assert.equal((await read("copy")).ContentType, "image/png");
    assert.equal(await errorOf(copy({ CopySource })), "400 InvalidRequest");
  });

  for (const [what, input, error] of [
    ["a missing source", { CopySource: `${BUCKET}/none` }, "404 NoSuchKey"],
    ["another bucket's object", { CopySource: "other/a" }, "501 NotImplemented"],
    ["a version", { CopySource: `${BUCKET}/copy?versionId=1` }, "501 NotImplemented"],
    ["no object", { CopySource: BUCKET }, "400 InvalidArgument"],
    ["a directive that S3 does not know", { MetadataDirective: "MERGE" as "COPY" }, "400 InvalidArgument"],
    ["another ETag", { CopySourceIfMatch: '"other"' }, "412 PreconditionFailed"],
    ["a condition that is not served", { CopySourceIfNoneMatch: '"other"' }, "501 NotImplemented"],
    [
      "an object that must not exist",
      { IfNoneMatch: "*", Key: "p/é 1.jpg", MetadataDirective: "REPLACE" as const },
      "412 PreconditionFailed",
    ],
  ] as const) {
    it(`are rejected for ${what}`, async () => {
      assert.equal(await errorOf(copy(input)), error);
    });
  }

  it("need the permissions to read and to write", async () => {
    const role = test.client(ROLE);
    const asRole = (Key: string, CopySource = `${BUCKET}/copy`) =>
      errorOf(role.send(new CopyObjectCommand({ Bucket, Key, CopySource })));
    assert.equal(await asRole("p/640w/a.jpg"), "no error");
    assert.equal(await asRole("p/a.jpg"), "403 AccessDenied");
    assert.equal(await asRole("p/640w/b.jpg", `${BUCKET}/none`), "403 AccessDenied");
  });

  it("are parts of an upload, whole or by a range within the source", async () => {
    const Key = "parts";
    const { UploadId } = await test.admin.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = async (CopySourceRange?: string) => {
      const input = { Bucket, Key, UploadId, PartNumber: 1, CopySource: `${BUCKET}/copy`, CopySourceRange };
      return (await test.admin.send(new UploadPartCopyCommand(input))).CopyPartResult?.ETag;
    };
    const [whole, range] = ["78805a221a988e79ef3f42d7c5bfd418", "741f63d12d767bb3fd2b0251ed839499"];
    assert.equal(await part(), `"${whole}"`);
    assert.equal(await part("bytes=1-3"), `"${range}"`);
    assert.equal(await errorOf(part("bytes=5-9")), "400 InvalidArgument");
  });
});
