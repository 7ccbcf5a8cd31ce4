import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { ADMINISTRATOR } from "../../iam/principal";
import { BUCKET, raw, refusal, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;

describe("objects at the S3 endpoint", () => {
  let test: TestStorage;
  before(async () => {
    test = await startStorage();
  });
  after(() => test.close());
  const put = (Key: string, input: object) => test.admin.send(new PutObjectCommand({ Bucket, Key, ...input }));
  const get = (Key: string, input: object = {}) => test.admin.send(new GetObjectCommand({ Bucket, Key, ...input }));

  it("stores an object with its headers, metadata and tags", async () => {
    const Body = randomBytes(100_000);
    const { ETag } = await put("a.jpg", {
      Body,
      ContentType: "image/jpeg",
      CacheControl: "public, max-age=31536000, immutable",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      Metadata: { original: '"abc"' },
      Tagging: "variant=yes&made%20by=resizer",
    });
    assert.equal(ETag, `"${createHash("md5").update(Body).digest("hex")}"`);
    const got = await get("a.jpg");
    assert.deepEqual(Buffer.from((await got.Body?.transformToByteArray()) ?? []), Body);
    assert.equal(got.ETag, ETag);
    assert.equal(got.ContentLength, 100_000);
    assert.equal(got.ContentType, "image/jpeg");
    assert.equal(got.CacheControl, "public, max-age=31536000, immutable");
    assert.equal(got.ContentDisposition, "inline");
    assert.equal(got.ContentEncoding, "identity");
    assert.equal(got.AcceptRanges, "bytes");
    assert.deepEqual(got.Metadata, { original: '"abc"' });
    assert.ok(Math.abs(Date.now() - (got.LastModified?.getTime() ?? 0)) < 60_000);
    const { TagSet } = await test.admin.send(new GetObjectTaggingCommand({ Bucket, Key: "a.jpg" }));
    assert.deepEqual(TagSet, [
      { Key: "variant", Value: "yes" },
      { Key: "made by", Value: "resizer" },
    ]);
  });

  it("takes streams, which the SDK sends in chunks with a trailing checksum", async () => {
    const bytes = randomBytes(300_000);
    const Body = Readable.from([bytes.subarray(0, 10), bytes.subarray(10, 200_000), bytes.subarray(200_000)]);
    await put("stream.bin", { Body, ContentLength: bytes.length });
    const got = await get("stream.bin");
    assert.deepEqual(Buffer.from((await got.Body?.transformToByteArray()) ?? []), bytes);
    assert.equal(got.ContentEncoding, undefined);
    assert.equal(got.ContentType, "application/octet-stream");
  });

  it("stores an empty object", async () => {
    await put("empty", { Body: "" });
    const got = await get("empty");
    assert.equal(got.ContentLength, 0);
    assert.equal(await got.Body?.transformToString(), "");
    assert.equal(await refusal(get("empty", { Range: "bytes=0-0" })), "416 InvalidRange");
  });

  it("overwrites, and deletes what is there and what is not", async () => {
    await put("over", { Body: "one", CacheControl: "no-store" });
    await put("over", { Body: "three" });
    const got = await get("over");
    assert.equal(await got.Body?.transformToString(), "three");
    assert.equal(got.CacheControl, undefined);
    for (const Key of ["over", "over", "never"]) {
      const { $metadata } = await test.admin.send(new DeleteObjectCommand({ Bucket, Key }));
      assert.equal($metadata.httpStatusCode, 204);
    }
    assert.equal(await refusal(get("over")), "404 NoSuchKey");
  });

  it("answers ranges", async () => {
    await put("range", { Body: "0123456789" });
    const part = async (Range: string) => {
      const { ContentRange, ContentLength, Body, $metadata } = await get("range", { Range });
      return [$metadata.httpStatusCode, ContentRange, ContentLength, await Body?.transformToString()];
    };
    assert.deepEqual(await part("bytes=2-4"), [206, "bytes 2-4/10", 3, "234"]);
    assert.deepEqual(await part("bytes=7-"), [206, "bytes 7-9/10", 3, "789"]);
    assert.deepEqual(await part("bytes=-2"), [206, "bytes 8-9/10", 2, "89"]);
    assert.deepEqual(await part("bytes=-99"), [206, "bytes 0-9/10", 10, "0123456789"]);
    assert.deepEqual(await part("bytes=8-99"), [206, "bytes 8-9/10", 2, "89"]);
    assert.deepEqual(await part("bytes=0-1,4-5"), [200, undefined, 10, "0123456789"]);
    assert.deepEqual(await part("bytes=4-2"), [200, undefined, 10, "0123456789"]);
    assert.equal(await refusal(get("range", { Range: "bytes=10-" })), "416 InvalidRange");
    assert.equal(await refusal(get("range", { Range: "bytes=-0" })), "416 InvalidRange");
  });

  it("answers conditional reads", async () => {
    const { ETag } = await put("condition", { Body: "x" });
    const { LastModified } = await get("condition");
    const earlier = new Date((LastModified?.getTime() ?? 0) - 1000);
    const outcome = async (input: object) => {
      const call = get("condition", input).then(({ $metadata }) => $metadata.httpStatusCode);
      return call.catch(
        (error: unknown) => (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode,
      );
    };
    assert.equal(await outcome({ IfNoneMatch: ETag }), 304);
    assert.equal(await outcome({ IfNoneMatch: `"other", W/${ETag ?? ""}` }), 304);
    assert.equal(await outcome({ IfNoneMatch: '"other"' }), 200);
    assert.equal(await outcome({ IfMatch: ETag }), 200);
    assert.equal(await outcome({ IfMatch: '"other"' }), 412);
    assert.equal(await outcome({ IfModifiedSince: LastModified }), 304);
    assert.equal(await outcome({ IfModifiedSince: earlier }), 200);
    assert.equal(await outcome({ IfUnmodifiedSince: LastModified }), 200);
    assert.equal(await outcome({ IfUnmodifiedSince: earlier }), 412);
    // The ETag decides where both are given. (RFC 9110, 13.2.2)
    assert.equal(await outcome({ IfMatch: ETag, IfUnmodifiedSince: earlier }), 200);
    assert.equal(await outcome({ IfNoneMatch: '"other"', IfModifiedSince: LastModified }), 200);
  });

  it("copies with the source's metadata and tags, or with new ones", async () => {
    await put("source", { Body: "x", ContentType: "image/png", Metadata: { a: "1" }, Tagging: "t=1" });
    const copy = (Key: string, input: object) =>
      test.admin.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${BUCKET}/source`, ...input }));
    const { CopyObjectResult } = await copy("kept", {});
    const kept = await get("kept");
    assert.equal(CopyObjectResult?.ETag, kept.ETag);
    assert.deepEqual([kept.ContentType, kept.Metadata], ["image/png", { a: "1" }]);
    const tags = async (Key: string) => (await test.admin.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
    assert.deepEqual(await tags("kept"), [{ Key: "t", Value: "1" }]);

    const replaced = { MetadataDirective: "REPLACE", TaggingDirective: "REPLACE", ContentType: "image/webp" };
    await copy("new", replaced);
    const fresh = await get("new");
    assert.deepEqual([fresh.ContentType, fresh.Metadata, await tags("new")], ["image/webp", {}, []]);
    assert.equal(await refusal(copy("source", {})), "400 InvalidRequest");
    const missing = test.admin.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${BUCKET}/missing` }));
    assert.equal(await refusal(missing), "404 NoSuchKey");
  });

  it("keeps nothing of an upload that breaks off, nor of one that is not what it says", async () => {
    await put("whole", { Body: "before" });
    await new Promise<void>((resolve) => {
      const options = { host: "127.0.0.1", port: test.s3.port, method: "PUT", path: `/${BUCKET}/whole` };
      const outgoing = httpRequest({ ...options, headers: { "content-length": 1_000_000 } });
      outgoing.on("error", () => {
        resolve();
      });
      outgoing.write(Buffer.alloc(100_000), () => setTimeout(() => outgoing.destroy(), 50));
    });
    assert.equal(
      await refusal(put("whole", { Body: "after", ContentMD5: createHash("md5").digest("base64") })),
      "400 BadDigest",
    );
    assert.equal(await refusal(put("whole", { Body: "after", ChecksumCRC32: "AAAAAA==" })), "400 BadDigest");
    assert.equal(await refusal(put("whole", { Body: "after", ChecksumSHA256: "AAAA" })), "400 BadDigest");
    assert.equal(await (await get("whole")).Body?.transformToString(), "before");
  });

  it("reads on in the old object while a new one replaces it", async () => {
    const before = Buffer.alloc(4_000_000, "a");
    await put("replaced", { Body: before });
    const { Body } = await get("replaced");
    await put("replaced", { Body: "b" });
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), before);
    assert.equal(await (await get("replaced")).Body?.transformToString(), "b");
  });

  it("says what it does not do, and what is not there", async () => {
    assert.equal(await refusal(test.admin.send(new ListBucketsCommand({}))), "501 NotImplemented");
    assert.equal(await refusal(put("acl", { Body: "", ACL: "public-read" })), "501 NotImplemented");
    assert.equal(await refusal(put("location", { Body: "", WebsiteRedirectLocation: "/x" })), "501 NotImplemented");
    assert.equal(await refusal(get("a.jpg", { VersionId: "1" })), "501 NotImplemented");
    const elsewhere = test.admin.send(new PutObjectCommand({ Bucket: "elsewhere", Key: "a", Body: "" }));
    assert.equal(await refusal(elsewhere), "404 NoSuchBucket");
  });

  it("answers errors as S3's XML, and without a body to HEAD", async () => {
    const answer = await raw(test.s3, "GET", `/${BUCKET}/a%26b?acl`);
    assert.equal(answer.status, 501);
    assert.equal(answer.headers["content-type"], "application/xml");
    const id = String(answer.headers["x-amz-request-id"]);
    assert.match(
      answer.body.toString(),
      new RegExp(
        `^<\\?xml version="1.0" encoding="UTF-8"\\?>\\n<Error><Code>NotImplemented</Code><Message>[^<]+</Message><RequestId>${id}</RequestId><HostId>[^<]+</HostId></Error>$`,
      ),
    );
    const head = await test.admin
      .send(new HeadObjectCommand({ Bucket, Key: "not there" }))
      .catch((error: unknown) => error);
    assert.equal((head as Error).name, "NotFound");
  });

  it("reports every call with the viewer's request, and counts it", async () => {
    const key = test.storage.credentials.issue(ADMINISTRATOR);
    test.storage.credentials.setRequestId(key.accessKeyId, "never used");
    const before = test.storage.count("GetObject");
    await put("counted", { Body: "12345" });
    test.hops.length = 0;
    await raw(test.s3, "GET", `/${BUCKET}/counted`, { "x-local-request-id": "viewer-1" });
    assert.deepEqual(
      test.hops.map(({ requestId, entry, part, what, status, bytes, detail }) => ({
        requestId,
        entry,
        part,
        what,
        status,
        bytes,
        detail,
      })),
      [
        {
          requestId: "viewer-1",
          entry: undefined,
          part: "iam",
          what: "s3:GetObject allowed",
          status: 200,
          bytes: undefined,
          detail: "allowed by ReadObjects",
        },
        {
          requestId: "viewer-1",
          entry: false,
          part: "s3",
          what: "GetObject counted",
          status: 200,
          bytes: 5,
          detail: undefined,
        },
      ],
    );
    test.hops.length = 0;
    await raw(test.s3, "GET", `/${BUCKET}/not-there`, { "x-local-request-id": "viewer-2" });
    assert.deepEqual(
      test.hops.map(({ what, status, detail }) => [what, status, detail]),
      [
        ["s3:GetObject allowed", 200, "allowed by ReadObjects"],
        ["s3:ListBucket denied", 403, "no statement allows s3:ListBucket"],
        ["GetObject not-there", 403, "AccessDenied"],
      ],
    );
    assert.equal(test.storage.count("GetObject") - before, 2);
    assert.equal(test.storage.count("CreateMultipartUpload"), 0);
  });

  it("lists by page, prefix and delimiter without losing a key", async () => {
    const other = await startStorage();
    const keys = ["a-b", "a/1", "a/2", "a/x/3", "a0", "b", "b/1", "\uffff", "😀"];
    for (const Key of keys) await other.admin.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const pages = async (input: object) => {
      const found: string[] = [];
      for (let ContinuationToken: string | undefined, more = true; more; more = ContinuationToken !== undefined) {
        const page = await other.admin.send(new ListObjectsV2Command({ Bucket, ContinuationToken, ...input }));
        found.push(
          ...(page.Contents ?? []).map(({ Key }) => Key ?? ""),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ""),
        );
        assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
        ContinuationToken = page.NextContinuationToken;
      }
      return found;
    };
    assert.deepEqual(await pages({ MaxKeys: 1 }), keys);
    assert.deepEqual(await pages({ MaxKeys: 4 }), keys);
    assert.deepEqual(await pages({ Prefix: "a/", MaxKeys: 2 }), ["a/1", "a/2", "a/x/3"]);
    assert.deepEqual(await pages({ Delimiter: "/", MaxKeys: 1 }), ["a-b", "a/", "a0", "b", "b/", "\uffff", "😀"]);
    assert.deepEqual(await pages({ Prefix: "a/", Delimiter: "/" }), ["a/1", "a/2", "a/x/"]);
    assert.deepEqual(await pages({ StartAfter: "b" }), ["b/1", "\uffff", "😀"]);
    assert.deepEqual(await pages({ EncodingType: "url", StartAfter: "b/1" }), ["%EF%BF%BF", "%F0%9F%98%80"]);
    assert.deepEqual(await pages({ MaxKeys: 0 }), []);
    await other.close();
  });
});
