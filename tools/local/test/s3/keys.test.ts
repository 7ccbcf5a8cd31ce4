import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { BUCKET, raw, refusal, startStorage, type TestStorage } from "./storage-helper";

const KEYS = [
  "p_1/a b.jpg",
  "p_1/a+b.jpg",
  "p_1/100%.jpg",
  "p_1/a%20b.jpg",
  "p_1/a&b=c.jpg",
  "p_1/a#b?c.jpg",
  `p_1/it's "quoted".jpg`,
  "p_1/<b>&amp;.jpg",
  "p_1/été 日本 😀.jpg",
  "p_1/e\u0301te\u0301.jpg",
  "p_1/\u00e9t\u00e9.jpg",
  "p_1/A.JPG",
  "p_1/a.jpg",
  "p_1/640w",
  "p_1/640w/a.jpg",
  "p_1/640w/",
  "123",
  " lead and trail ",
  "a//b.jpg",
  "../../escape.jpg",
  "a/./b/../c.jpg",
  "a\\b:c*d|e.jpg",
  "n".repeat(1024),
  "é".repeat(512),
];

describe("keys at the S3 endpoint", () => {
  let test: TestStorage;
  before(async () => {
    test = await startStorage();
  });
  after(() => test.close());

  it("keeps every key apart from every other, and its bytes", async () => {
    for (const Key of KEYS)
      await test.admin.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: `body of ${Key}` }));
    for (const Key of KEYS) {
      const { Body } = await test.admin.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      assert.equal(await Body?.transformToString(), `body of ${Key}`, Key);
      const { ContentLength } = await test.admin.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
      assert.equal(ContentLength, Buffer.byteLength(`body of ${Key}`), Key);
    }
  });

  it("lists them in the order of their UTF-8 bytes", async () => {
    const { Contents = [] } = await test.admin.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    const sorted = [...KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      sorted,
    );
  });

  it("serves them on the website", async () => {
    for (const key of KEYS) {
      if (key.endsWith("/")) continue;
      const answer = await raw(test.website, "GET", `/${encodeURIComponent(key).replaceAll("%2F", "/")}`);
      assert.equal(answer.status, 200, key);
      assert.equal(answer.body.toString(), `body of ${key}`);
    }
  });

  it("copies them", async () => {
    for (const key of KEYS) {
      const CopySource = `${BUCKET}/${encodeURIComponent(key)}`;
      await test.admin.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource }));
      const { Body } = await test.admin.send(new GetObjectCommand({ Bucket: BUCKET, Key: "copy" }));
      assert.equal(await Body?.transformToString(), `body of ${key}`);
    }
  });

  it("deletes them", async () => {
    const Objects = [...KEYS, "copy", "never there"].map((Key) => ({ Key }));
    const { Deleted = [], Errors } = await test.admin.send(
      new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }),
    );
    assert.deepEqual(
      Deleted.map(({ Key }) => Key),
      Objects.map(({ Key }) => Key),
    );
    assert.equal(Errors, undefined);
    const { KeyCount } = await test.admin.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    assert.equal(KeyCount, 0);
  });

  it("refuses a key of more than 1,024 bytes", async () => {
    const Key = `${"é".repeat(512)}.`;
    assert.equal(
      await refusal(test.admin.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "" }))),
      "400 KeyTooLongError",
    );
  });

  it("refuses what is no percent-encoded UTF-8", async () => {
    for (const target of [`/${BUCKET}/%ff.jpg`, `/${BUCKET}/100%.jpg`]) {
      const answer = await raw(test.s3, "GET", target);
      assert.equal(answer.status, 400);
      assert.match(answer.body.toString(), /<Code>InvalidURI<\/Code>/);
    }
  });
});
