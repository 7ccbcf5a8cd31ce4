import assert from "node:assert/strict";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { freedAfterAll } from "../support/freed";
import { BUCKET, errorOf, raw, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;
const KEYS = [
  "p_1/a b.jpg",
  "p_1/a+b.jpg",
  "p_1/100%.jpg",
  "p_1/a%20b.jpg",
  "p_1/a&b=c.jpg",
  "p_1/a#b?c.jpg",
  `p_1/it's "quoted".jpg`,
  "p_1/!'()*~.jpg",
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
  const free = freedAfterAll();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
    for (const Key of KEYS) await test.admin.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
  });

  for (const Key of KEYS) {
    it(`keeps ${JSON.stringify(Key.slice(0, 40))} apart from every other key`, async () => {
      const { Body } = await test.admin.send(new GetObjectCommand({ Bucket, Key }));
      assert.equal(await Body?.transformToString(), `body of ${Key}`);
      const { ContentLength } = await test.admin.send(new HeadObjectCommand({ Bucket, Key }));
      assert.equal(ContentLength, Buffer.byteLength(`body of ${Key}`));
      if (Key.endsWith("/")) return;
      const answer = await raw(test.website, "GET", `/${encodeURIComponent(Key).replaceAll("%2F", "/")}`);
      assert.deepEqual([answer.status, answer.body.toString()], [200, `body of ${Key}`]);
    });
  }

  it("lists them in the order of their UTF-8 bytes", async () => {
    const { Contents = [] } = await test.admin.send(new ListObjectsV2Command({ Bucket }));
    const sorted = [...KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      sorted,
    );
  });

  it("deletes them", async () => {
    const other = await startStorage(free);
    for (const Key of KEYS) await other.admin.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const Objects = [...KEYS, "never there"].map((Key) => ({ Key }));
    const { Deleted, Errors } = await other.admin.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual([Deleted, Errors], [Objects, undefined]);
    const { KeyCount } = await other.admin.send(new ListObjectsV2Command({ Bucket }));
    assert.equal(KeyCount, 0);
  });

  it("rejects a key of more than 1,024 bytes", async () => {
    const put = new PutObjectCommand({ Bucket, Key: `${"é".repeat(512)}.`, Body: "" });
    assert.equal(await errorOf(test.admin.send(put)), "400 KeyTooLongError");
  });

  it("rejects a target that is no percent-encoded UTF-8", async () => {
    for (const target of [`/${BUCKET}/%ff.jpg`, `/${BUCKET}/100%.jpg`]) {
      const { status, body } = await raw(test.s3, "GET", target);
      assert.equal(status, 400);
      assert.match(body.toString(), /<Code>InvalidURI<\/Code>/);
    }
  });

  it("lists by page, prefix and delimiter without losing a key", async () => {
    const other = await startStorage(free);
    const keys = ["a-b", "a/1", "a/2", "a/x/3", "a0", "b", "b/1", "\uffff", "😀"];
    for (const Key of keys) await other.admin.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const pages = async (input: object) => {
      const found: (string | undefined)[] = [];
      for (let ContinuationToken: string | undefined, more = true; more; more = ContinuationToken !== undefined) {
        const page = await other.admin.send(new ListObjectsV2Command({ Bucket, ContinuationToken, ...input }));
        const { Contents = [], CommonPrefixes = [] } = page;
        found.push(...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix));
        assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
        ContinuationToken = page.NextContinuationToken;
      }
      return found;
    };
    for (const [input, expected] of [
      [{ MaxKeys: 1 }, keys],
      [{ MaxKeys: 4 }, keys],
      [{ MaxKeys: 0 }, []],
      [{ Prefix: "a/", MaxKeys: 2 }, ["a/1", "a/2", "a/x/3"]],
      [{ Delimiter: "/", MaxKeys: 1 }, ["a-b", "a/", "a0", "b", "b/", "\uffff", "😀"]],
      [{ Prefix: "a/", Delimiter: "/" }, ["a/1", "a/2", "a/x/"]],
      [{ StartAfter: "b" }, ["b/1", "\uffff", "😀"]],
      [{ EncodingType: "url", StartAfter: "b/1" }, ["%EF%BF%BF", "%F0%9F%98%80"]],
    ] as const) {
      assert.deepEqual(await pages(input), expected, JSON.stringify(input));
    }
    // Version 1 names its next page by the last entry, and by NextMarker only with a delimiter.
    const { Contents, NextMarker } = await other.admin.send(new ListObjectsCommand({ Bucket, MaxKeys: 8 }));
    assert.deepEqual([Contents?.at(-1)?.Key, NextMarker], ["\uffff", undefined]);
    const v1 = new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: "a/", MaxKeys: 2, EncodingType: "url" });
    const page = await other.admin.send(v1);
    assert.deepEqual(
      page.Contents?.map(({ Key, Owner }) => [Key, Owner?.ID]),
      [
        ["a0", "local"],
        ["b", "local"],
      ],
    );
    assert.deepEqual([page.Marker, page.NextMarker, page.IsTruncated], ["a/", "b", true]);
  });
});
