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
import { freedAfterAll } from "../support/freed";
import { BUCKET, errorOf, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;
const MIB = 1024 * 1024;

describe("conditional and multipart writes", () => {
  const free = freedAfterAll();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
  });
  const put = (Key: string, input: object) => test.admin.send(new PutObjectCommand({ Bucket, Key, ...input }));
  const bodyOf = async (Key: string) => {
    const { Body } = await test.admin.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it("puts with If-None-Match: * only a key without an object", async () => {
    await put("once", { Body: "first", IfNoneMatch: "*" });
    assert.equal(await errorOf(put("once", { Body: "second", IfNoneMatch: "*" })), "412 PreconditionFailed");
    assert.equal((await bodyOf("once")).toString(), "first");
  });

  it("accepts exactly one of fifty concurrent writers", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        // Streams and buffers come in at different speeds.
        const Body = index % 2 ? Buffer.alloc(50_000, index) : Readable.from([Buffer.alloc(50_000, index)]);
        return errorOf(put("race", { Body, ContentLength: 50_000, IfNoneMatch: "*" }));
      }),
    );
    const winners = outcomes.flatMap((outcome, index) => (outcome === "no error" ? [index] : []));
    assert.equal(winners.length, 1);
    assert.deepEqual(new Set(outcomes), new Set(["no error", "412 PreconditionFailed"]));
    assert.deepEqual(await bodyOf("race"), Buffer.alloc(50_000, winners[0]));
  });

  it("accepts uploads of lib-storage in one piece and in parts", async () => {
    const upload = (Key: string, Body: Buffer | Readable) => {
      const params = { Bucket, Key, Body, ContentType: "image/png", CacheControl: "no-cache", IfNoneMatch: "*" };
      return new Upload({ client: test.admin, params }).done();
    };
    const small = Buffer.alloc(1000, "s");
    const large = Buffer.concat([Buffer.alloc(5 * MIB, "a"), Buffer.alloc(5 * MIB, "b"), Buffer.alloc(77, "c")]);
    await upload("small", small);
    assert.equal(test.storage.count("UploadPart"), 0);
    const { ETag } = await upload("large", large);
    assert.equal(test.storage.count("UploadPart"), 3);
    assert.match(ETag ?? "", /^"[0-9a-f]{32}-3"$/);
    await upload("streamed", Readable.from([large.subarray(0, 6 * MIB), large.subarray(6 * MIB)]));
    assert.deepEqual(await bodyOf("small"), small);
    assert.deepEqual(await bodyOf("large"), large);
    assert.deepEqual(await bodyOf("streamed"), large);
    const { ContentType, CacheControl } = await test.admin.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    assert.deepEqual([ContentType, CacheControl], ["image/png", "no-cache"]);
    assert.equal(await errorOf(upload("large", small)), "412 PreconditionFailed");
    assert.equal(await errorOf(upload("large", large)), "412 PreconditionFailed");
  });

  it("completes only a whole upload", async () => {
    const Key = "parts";
    const { UploadId } = await test.admin.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = async (PartNumber: number, Body: Buffer) => ({
      PartNumber,
      ETag: (await test.admin.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))).ETag,
    });
    const complete = (Parts: object[], id = UploadId) =>
      errorOf(
        test.admin.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: id, MultipartUpload: { Parts } })),
      );
    const first = await part(1, Buffer.alloc(5 * MIB, 1));
    const small = await part(2, Buffer.alloc(10, 2));
    const last = await part(10_000, Buffer.alloc(10, 3));
    for (const [parts, expected] of [
      [[first, { PartNumber: 3, ETag: last.ETag }], "400 InvalidPart"],
      [[{ PartNumber: 1, ETag: last.ETag }], "400 InvalidPart"],
      [[small, first], "400 InvalidPartOrder"],
      [[first, small, last], "400 EntityTooSmall"],
      [[], "400 MalformedXML"],
    ] as const) {
      assert.equal(await complete([...parts]), expected);
    }
    assert.equal(await complete([first], "unknown"), "404 NoSuchUpload");
    assert.equal(await errorOf(part(10_001, Buffer.alloc(1))), "400 InvalidArgument");
    assert.equal(await errorOf(test.admin.send(new HeadObjectCommand({ Bucket, Key }))), "404 NotFound");
    assert.equal(await complete([first, last]), "no error");
    assert.deepEqual(await bodyOf(Key), Buffer.concat([Buffer.alloc(5 * MIB, 1), Buffer.alloc(10, 3)]));
    assert.equal(await complete([first, last]), "404 NoSuchUpload");
  });

  it("leaves no file of an aborted upload, and none at all after its end", async () => {
    const TMPDIR = process.env.TMPDIR ?? tmpdir();
    const directory = await mkdtemp(path.join(TMPDIR, "storage-"));
    process.env.TMPDIR = directory;
    const closers: (() => unknown)[] = [];
    const other = await startStorage((close) => closers.push(close)).finally(() => {
      process.env.TMPDIR = TMPDIR;
    });
    try {
      const Key = "aborted";
      const { UploadId } = await other.admin.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const upload = () => other.admin.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "x" }));
      await upload();
      await other.admin.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      assert.equal(await errorOf(upload()), "404 NoSuchUpload");
      const once = { Bucket, Key: "once", IfNoneMatch: "*" };
      await other.admin.send(new PutObjectCommand({ ...once, Body: "1" }));
      await errorOf(other.admin.send(new PutObjectCommand({ ...once, Body: "2" })));
      await other.admin.send(new PutObjectCommand({ Bucket, Key: "once", Body: "3" }));
      const [root = ""] = await readdir(directory);
      assert.equal((await readdir(path.join(directory, root))).length, 1);
    } finally {
      for (const close of closers.reverse()) await close();
    }
    assert.deepEqual(await readdir(directory), []);
    await rmdir(directory);
  });
});
