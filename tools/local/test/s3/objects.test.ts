import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ADMINISTRATOR } from "../../iam/iam";
import { freedAfterAll } from "../support/freed";
import { BUCKET, errorOf, raw, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;

describe("objects at the S3 endpoint", () => {
  const free = freedAfterAll();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
  });
  const put = (Key: string, input: object) => test.admin.send(new PutObjectCommand({ Bucket, Key, ...input }));
  const get = (Key: string, input: object = {}) => test.admin.send(new GetObjectCommand({ Bucket, Key, ...input }));

  it("stores an object with its headers, metadata and tags", async () => {
    const Body = randomBytes(100_000);
    const headers = {
      ContentType: "image/jpeg",
      CacheControl: "public, max-age=31536000, immutable",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      Metadata: { original: '"abc"' },
    };
    const { ETag } = await put("a.jpg", { Body, ...headers, Tagging: "variant=yes&made%20by=resizer" });
    assert.equal(ETag, `"${createHash("md5").update(Body).digest("hex")}"`);
    const { $metadata, Body: stream, LastModified, ...rest } = await get("a.jpg");
    assert.equal($metadata.httpStatusCode, 200);
    assert.deepEqual(Buffer.from((await stream?.transformToByteArray()) ?? []), Body);
    assert.deepEqual(rest, { ...headers, ETag, ContentLength: 100_000, AcceptRanges: "bytes" });
    const stored = await test.storage.objects(BUCKET).get("a.jpg");
    assert.equal(LastModified?.getTime(), stored?.lastModified.getTime());
    assert.deepEqual(
      [...(stored?.tags ?? [])],
      [
        ["variant", "yes"],
        ["made by", "resizer"],
      ],
    );
    const eleven = Array.from({ length: 11 }, (_, index) => `t${index}=1`).join("&");
    for (const Tagging of ["a=1&a=2", eleven, `${"k".repeat(129)}=1`, `k=${"v".repeat(257)}`]) {
      assert.equal(await errorOf(put("a.jpg", { Body, Tagging })), "400 InvalidTag");
    }
  });

  it("stores streams, which the SDK sends in chunks with a trailing checksum", async () => {
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
    assert.equal(await errorOf(get("empty", { Range: "bytes=0-0" })), "416 InvalidRange");
  });

  it("overwrites, and deletes existing and missing keys", async () => {
    await put("over", { Body: "one", CacheControl: "no-store" });
    await put("over", { Body: "three" });
    const got = await get("over");
    assert.equal(await got.Body?.transformToString(), "three");
    assert.equal(got.CacheControl, undefined);
    for (const Key of ["over", "over", "never"]) {
      const { $metadata } = await test.admin.send(new DeleteObjectCommand({ Bucket, Key }));
      assert.equal($metadata.httpStatusCode, 204);
    }
    assert.equal(await errorOf(get("over")), "404 NoSuchKey");
  });

  for (const [Range, ...expected] of [
    ["bytes=2-4", 206, "bytes 2-4/10", "234"],
    ["bytes=7-", 206, "bytes 7-9/10", "789"],
    ["bytes=-2", 206, "bytes 8-9/10", "89"],
    ["bytes=-99", 206, "bytes 0-9/10", "0123456789"],
    ["bytes=8-99", 206, "bytes 8-9/10", "89"],
    ["bytes=0-1,4-5", 200, undefined, "0123456789"],
    ["bytes=4-2", 200, undefined, "0123456789"],
  ] as const) {
    it(`answers Range: ${Range} with ${expected[0]}`, async () => {
      await put("range", { Body: "0123456789" });
      const { ContentRange, ContentLength, Body, $metadata } = await get("range", { Range });
      const body = await Body?.transformToString();
      assert.deepEqual([$metadata.httpStatusCode, ContentRange, body], expected);
      assert.equal(ContentLength, body?.length);
    });
  }

  it("rejects a range beyond the object", async () => {
    await put("range", { Body: "0123456789" });
    for (const Range of ["bytes=10-", "bytes=-0"]) {
      assert.equal(await errorOf(get("range", { Range })), "416 InvalidRange");
    }
  });

  it("answers conditional reads", async () => {
    const { ETag = "" } = await put("condition", { Body: "x" });
    const { LastModified } = await get("condition");
    const earlier = new Date((LastModified?.getTime() ?? 0) - 1000);
    const cases: [object, number][] = [
      [{ IfNoneMatch: ETag }, 304],
      [{ IfNoneMatch: `"other", W/${ETag}` }, 304],
      [{ IfNoneMatch: '"other"' }, 200],
      [{ IfMatch: ETag }, 200],
      [{ IfMatch: '"other"' }, 412],
      [{ IfModifiedSince: LastModified }, 304],
      [{ IfModifiedSince: earlier }, 200],
      [{ IfUnmodifiedSince: LastModified }, 200],
      [{ IfUnmodifiedSince: earlier }, 412],
      // The ETag decides where both are given. (RFC 9110, 13.2.2)
      [{ IfMatch: ETag, IfUnmodifiedSince: earlier }, 200],
      [{ IfNoneMatch: '"other"', IfModifiedSince: LastModified }, 200],
    ];
    for (const [input, status] of cases) {
      const { $metadata } = await get("condition", input).catch(
        (error: unknown) => error as { $metadata: { httpStatusCode?: number } },
      );
      assert.equal($metadata.httpStatusCode, status, JSON.stringify(input));
    }
  });

  it("stores no byte of an upload that breaks off or differs from its checksum", async () => {
    await put("whole", { Body: "before" });
    const options = { host: "127.0.0.1", port: test.s3.port, method: "PUT", path: `/${BUCKET}/whole` };
    const outgoing = httpRequest({ ...options, headers: { "content-length": 1_000_000 } });
    const failed = once(outgoing, "error");
    outgoing.write(Buffer.alloc(100_000), () => outgoing.destroy(new Error("broken off")));
    await failed;
    const wrong = [
      { ContentMD5: createHash("md5").digest("base64") },
      { ChecksumCRC32: "AAAAAA==" },
      { ChecksumSHA256: "AAAA" },
    ];
    for (const input of wrong) assert.equal(await errorOf(put("whole", { Body: "after", ...input })), "400 BadDigest");
    assert.equal(await (await get("whole")).Body?.transformToString(), "before");
  });

  it("sends the old object to its end while a new one replaces it", async () => {
    const before = Buffer.alloc(4_000_000, "a");
    await put("replaced", { Body: before });
    const { Body } = await get("replaced");
    await put("replaced", { Body: "b" });
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), before);
    assert.equal(await (await get("replaced")).Body?.transformToString(), "b");
  });

  for (const [method, target, name, headers] of [
    ["POST", "/", "POST of the service"],
    ["GET", `/${BUCKET}?policy`, "GET of the bucket with policy"],
    ["GET", `/${BUCKET}/a?versionId=1`, "GET of the object with versionId"],
    ["PUT", "/other", "CreateBucket of a bucket that the program does not declare"],
    ["GET", `/${BUCKET}/a`, "GET of the object with x-amz-copy-source", { "x-amz-copy-source": `${BUCKET}/b` }],
    ["PUT", `/${BUCKET}/a`, "PutObject with x-amz-grant-read", { "x-amz-grant-read": "id=a" }],
    ["PUT", `/${BUCKET}/a`, "PutObject with if-match", { "if-match": '"1"' }],
  ] as const) {
    it(`rejects ${method} ${target} as ${name}`, async () => {
      const { status, body } = await raw(test.s3, method, target, headers);
      assert.equal(status, 501);
      assert.ok(body.includes(`<Code>NotImplemented</Code><Message>The local stack does not serve ${name}.</Message>`));
    });
  }

  it("rejects unknown buckets, and conditions of a write other than If-None-Match: *", async () => {
    const elsewhere = test.admin.send(new PutObjectCommand({ Bucket: "elsewhere", Key: "a", Body: "" }));
    assert.equal(await errorOf(elsewhere), "404 NoSuchBucket");
    assert.equal(await errorOf(put("a", { Body: "", IfNoneMatch: '"etag"' })), "501 NotImplemented");
  });

  it("sends errors as S3's XML, and without a body to HEAD", async () => {
    const { status, headers, body } = await raw(test.s3, "GET", `/${BUCKET}/a%26b?acl`);
    assert.deepEqual([status, headers["content-type"]], [501, "application/xml"]);
    const ids = `<RequestId>${String(headers["x-amz-request-id"])}</RequestId><HostId>${String(headers["x-amz-id-2"])}</HostId>`;
    assert.equal(
      body.toString(),
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NotImplemented</Code>` +
        `<Message>The local stack does not serve GET of the object with acl.</Message>${ids}</Error>`,
    );
    assert.equal(await errorOf(test.admin.send(new HeadObjectCommand({ Bucket, Key: "missing" }))), "404 NotFound");
  });

  it("reports every call with the client's request, and counts it", async () => {
    const key = test.storage.credentials.issue(ADMINISTRATOR);
    test.storage.credentials.setRequestId(key.accessKeyId, "never used");
    await put("counted", { Body: "12345" });
    const before = test.storage.count("GetObject");
    const hopsOf = async (target: string, id: string) => {
      test.hops.length = 0;
      await raw(test.s3, "GET", target, { "x-local-request-id": id });
      return test.hops.map(({ requestId, entry, part, what, status, bytes, detail }) =>
        [requestId, entry, part, what, status, bytes, detail].map((value) => value ?? "-").join(" | "),
      );
    };
    assert.deepEqual(await hopsOf(`/${BUCKET}/counted`, "viewer-1"), [
      "viewer-1 | - | iam | s3:GetObject allowed | 200 | - | allowed by ReadObjects",
      "viewer-1 | false | s3 | GetObject counted | 200 | 5 | -",
    ]);
    const denied = await hopsOf(`/${BUCKET}/not-there`, "viewer-2");
    assert.deepEqual(denied.slice(0, 2), [
      "viewer-2 | - | iam | s3:GetObject allowed | 200 | - | allowed by ReadObjects",
      "viewer-2 | - | iam | s3:ListBucket denied | 403 | - | no statement allows s3:ListBucket",
    ]);
    assert.match(denied[2] ?? "", /^viewer-2 \| false \| s3 \| GetObject not-there \| 403 \| \d+ \| AccessDenied$/);
    assert.equal(test.storage.count("GetObject") - before, 2);
    assert.equal(test.storage.count("CreateMultipartUpload"), 0);
  });
});
