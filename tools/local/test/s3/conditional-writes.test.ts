import assert from "node:assert/strict";
import { mkdtemp, readdir, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { BUCKET, refusal, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;
const MIB = 1024 * 1024;

describe("conditional and multipart writes", () => {
  let test: TestStorage;
  before(async () => {
    test = await startStorage();
  });
  after(() => test.close());
  const put = (Key: string, input: object) => test.admin.send(new PutObjectCommand({ Bucket, Key, ...input }));
  const bodyOf = async (Key: string) => {
    const { Body } = await test.admin.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it("puts with If-None-Match: * only what is not there", async () => {
    await put("once", { Body: "first", IfNoneMatch: "*" });
    assert.equal(await refusal(put("once", { Body: "second", IfNoneMatch: "*" })), "412 PreconditionFailed");
    assert.equal((await bodyOf("once")).toString(), "first");
    assert.equal(await refusal(put("once", { Body: "", IfNoneMatch: '"etag"' })), "501 NotImplemented");
  });

  it("lets exactly one of fifty concurrent writers win, whichever", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        // Streams and buffers come in at different speeds.
        const Body = index % 2 ? Buffer.alloc(50_000, index) : Readable.from([Buffer.alloc(50_000, index)]);
        return refusal(put("race", { Body, ContentLength: 50_000, IfNoneMatch: "*" }));
      }),
    );
    const winners = outcomes.flatMap((outcome, index) => (outcome === "no error" ? [index] : []));
    assert.equal(winners.length, 1);
    assert.deepEqual(new Set(outcomes), new Set(["no error", "412 PreconditionFailed"]));
    assert.deepEqual(await bodyOf("race"), Buffer.alloc(50_000, winners[0]));
  });

  it("puts with If-Match only over what it names", async () => {
    const { ETag } = await put("match", { Body: "1" });
    assert.equal(await refusal(put("match", { Body: "2", IfMatch: '"other"' })), "412 PreconditionFailed");
    assert.equal(await refusal(put("nothing", { Body: "2", IfMatch: ETag })), "404 NoSuchKey");
    await put("match", { Body: "2", IfMatch: ETag });
    assert.equal((await bodyOf("match")).toString(), "2");
  });

  it("takes lib-storage's Upload in one piece and in parts", async () => {
    const upload = (Key: string, Body: Buffer | Readable) => {
      const params = { Bucket, Key, Body, ContentType: "image/png", CacheControl: "no-cache", IfNoneMatch: "*" };
      return new Upload({ client: test.admin, params }).done();
    };
    const small = Buffer.alloc(1000, "s");
    const large = Buffer.concat([Buffer.alloc(5 * MIB, "a"), Buffer.alloc(5 * MIB, "b"), Buffer.alloc(77, "c")]);
    const parts = test.storage.count("UploadPart");
    await upload("small", small);
    assert.equal(test.storage.count("UploadPart"), parts);
    const { ETag } = await upload("large", large);
    assert.equal(test.storage.count("UploadPart"), parts + 3);
    assert.match(ETag ?? "", /^"[0-9a-f]{32}-3"$/);
    await upload("streamed", Readable.from([large.subarray(0, 6 * MIB), large.subarray(6 * MIB)]));
    assert.deepEqual(await bodyOf("small"), small);
    assert.deepEqual(await bodyOf("large"), large);
    assert.deepEqual(await bodyOf("streamed"), large);
    const head = await test.admin.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    assert.deepEqual(
      [head.ContentType, head.CacheControl, head.ContentLength],
      ["image/png", "no-cache", large.length],
    );
    assert.equal(await refusal(upload("large", small)), "412 PreconditionFailed");
    assert.equal(await refusal(upload("large", large)), "412 PreconditionFailed");
  });

  it("refuses to complete what is not whole", async () => {
    const Key = "parts";
    const { UploadId } = await test.admin.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = async (PartNumber: number, Body: Buffer) => ({
      PartNumber,
      ETag: (await test.admin.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))).ETag,
    });
    const complete = (Parts: object[], id = UploadId) =>
      refusal(
        test.admin.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: id, MultipartUpload: { Parts } })),
      );
    const first = await part(1, Buffer.alloc(5 * MIB, 1));
    const small = await part(2, Buffer.alloc(10, 2));
    const last = await part(10_000, Buffer.alloc(10, 3));
    assert.equal(await complete([first, { PartNumber: 3, ETag: last.ETag }]), "400 InvalidPart");
    assert.equal(await complete([{ PartNumber: 1, ETag: last.ETag }]), "400 InvalidPart");
    assert.equal(await complete([small, first]), "400 InvalidPartOrder");
    assert.equal(await complete([first, small, last]), "400 EntityTooSmall");
    assert.equal(await complete([]), "400 MalformedXML");
    assert.equal(await complete([first], "unknown"), "404 NoSuchUpload");
    assert.equal(await refusal(part(10_001, Buffer.alloc(1))), "400 InvalidArgument");
    assert.equal(await refusal(test.admin.send(new HeadObjectCommand({ Bucket, Key }))), "404 NotFound");
    assert.equal(await complete([first, last]), "no error");
    assert.deepEqual(await bodyOf(Key), Buffer.concat([Buffer.alloc(5 * MIB, 1), Buffer.alloc(10, 3)]));
    assert.equal(await complete([first, last]), "404 NoSuchUpload");
  });

  it("leaves nothing of an upload that is aborted, and nothing at all when it ends", async () => {
    const TMPDIR = process.env.TMPDIR ?? tmpdir();
    const directory = await mkdtemp(path.join(TMPDIR, "storage-"));
    process.env.TMPDIR = directory;
    const other = await startStorage();
    process.env.TMPDIR = TMPDIR;
    const Key = "aborted";
    const { UploadId } = await other.admin.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await other.admin.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "x" }));
    await other.admin.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    const again = other.admin.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "x" }));
    assert.equal(await refusal(again), "404 NoSuchUpload");
    await other.admin.send(new PutObjectCommand({ Bucket, Key: "once", Body: "1", IfNoneMatch: "*" }));
    await refusal(other.admin.send(new PutObjectCommand({ Bucket, Key: "once", Body: "2", IfNoneMatch: "*" })));
    await other.admin.send(new PutObjectCommand({ Bucket, Key: "once", Body: "3" }));
    const [root = ""] = await readdir(directory);
    assert.equal((await readdir(path.join(directory, root, BUCKET))).length, 1);
    await other.close();
    assert.deepEqual(await readdir(directory), []);
    await rmdir(directory);
  });
});
