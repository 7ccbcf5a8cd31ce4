import assert from "node:assert/strict";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import sharp from "sharp";
import { listSpecs } from "../../../../functions/variant-key";
import { quietly } from "../../../../test/support/quietly";
import { ask, errorCode, openBench, type ResizerBench } from "./support/resizer-bench";

const OTHER_BUCKET = "another-account";

/** Actions on objects: reads, writes, deletions, changes of owner. */
const OBJECT_ACTIONS = [
  ...["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:GetObject", "s3:DeleteObject"],
  ...["s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutObjectRetention"],
  ...["s3:PutObjectLegalHold", "s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
  ...["s3:RestoreObject", "s3:BypassGovernanceRetention", "s3:ReplicateObject", "s3:ReplicateDelete"],
  ...["s3:ObjectOwnerOverrideToBucketOwner", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectAcl"],
];

/** Actions on buckets: listing, deletion, access, life cycle. */
const BUCKET_ACTIONS = [
  ...["s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
  ...["s3:PutBucketAcl", "s3:PutBucketWebsite", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"],
  ...["s3:PutBucketPublicAccessBlock", "s3:PutReplicationConfiguration", "s3:PutBucketOwnershipControls"],
];

const ORIGINALS = [
  ...["a.jpg", "p_1/a.jpg", "p/q/r/a.jpg", "640.jpg"],
  ...["p/640/a.jpg", "640wide/a.jpg", "x640w/a.jpg", "640W/a.jpg"],
];
const UNLISTED = [
  ...["641w/a.jpg", "p/641w/a.jpg", "p/0640w/a.jpg", "p/640w.png/a.jpg"],
  ...["p/640w.webp.avif/a.jpg", "p/640w", "640w", "p/360x270x1/a.jpg"],
];

/** Condition keys of a write with If-None-Match, and of one without it. */
const CREATING = { "s3:ObjectCreationOperation": "true", "s3:if-none-match": "*" };
const OVERWRITING = { "s3:ObjectCreationOperation": "true" };

for (const name of ["dev", "prod"]) {
  describe(`the function's role in ${name}`, () => {
    let bench: ResizerBench;
    let cases = 0;

    before(async () => {
      bench = await openBench({ stack: name });
    });

    after(() => bench.close());

    /** Asserts which actions on the keys of a bucket, or on the bucket itself for `undefined`, are allowed. */
    function matrix(
      bucket: string,
      keys: readonly (string | undefined)[],
      expected: (action: string, context: object) => boolean,
    ): void {
      const { role: principal, storage } = bench;
      const wrong: string[] = [];
      for (const action of keys.includes(undefined) ? BUCKET_ACTIONS : OBJECT_ACTIONS) {
        for (const key of keys) {
          for (const context of [CREATING, OVERWRITING]) {
            const resource = `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
            const decision = storage.iam.decide({ principal, action, resource, context, secureTransport: true });
            cases++;
            if (decision.allowed !== expected(action, context)) {
              wrong.push(`${action} on ${resource}: ${decision.allowed ? "allowed" : "denied"}`);
            }
          }
        }
      }
      assert.deepEqual(wrong, []);
    }

    it("may read originals, and do nothing else to them", () => {
      matrix(bench.settings.bucket, ORIGINALS, (action) => action === "s3:GetObject");
    });

    it("may not write keys of unlisted specs", () => {
      const { formats } = bench.settings.allowList;
      const unlisted = formats.includes("webp") ? UNLISTED : [...UNLISTED, "p/640w.webp/a.jpg"];
      matrix(bench.settings.bucket, unlisted, (action) => action === "s3:GetObject");
    });

    it("may create variants of every listed spec, and overwrite nothing", () => {
      const { sizes, formats } = bench.settings.allowList;
      assert.ok(sizes !== "any");
      const variants = listSpecs({ sizes, formats }).flatMap((spec) => [`${spec}/a.jpg`, `p/q/${spec}/a.jpg`]);
      const always = ["s3:GetObject", "s3:AbortMultipartUpload", ...(name === "dev" ? ["s3:PutObjectTagging"] : [])];
      matrix(
        bench.settings.bucket,
        variants,
        (action, context) => always.includes(action) || (action === "s3:PutObject" && context === CREATING),
      );
    });

    it("may do nothing to the bucket, and nothing at all to another", () => {
      matrix(bench.settings.bucket, [undefined], () => false);
      matrix(OTHER_BUCKET, [undefined], () => false);
      matrix(OTHER_BUCKET, ["a.jpg", "640w/a.jpg", "p/640w/a.jpg"], () => false);
      assert.ok(cases > 1000, String(cases));
    });
  });
}

describe("the function's credentials, used against the bucket", () => {
  let bench: ResizerBench;
  let client: S3Client;
  let Bucket: string;
  let image: Buffer;

  before(async () => {
    bench = await openBench({ stack: "dev" });
    client = bench.client(bench.role, { maxAttempts: 1 });
    Bucket = bench.settings.bucket;
    image = await sharp({ create: { width: 800, height: 600, channels: 3, background: "teal" } })
      .jpeg()
      .toBuffer();
    for (const key of ["p_1/a.jpg", "640w/a.jpg", "p_1/360x270/there.jpg"]) await bench.put(key, image);
  });

  after(() => bench.close());

  async function errorOf(call: Promise<unknown>): Promise<string> {
    const error: unknown = await call.then(
      () => new Error("the call succeeded"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof S3ServiceException, String(error));
    return `${error.$metadata.httpStatusCode ?? 0} ${error.name}`;
  }

  const Body = "overwritten";
  const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
    "overwrite an original": () => client.send(new PutObjectCommand({ Bucket, Key: "p_1/a.jpg", Body })),
    "write a new original": () =>
      client.send(new PutObjectCommand({ Bucket, Key: "p_1/new.jpg", Body, IfNoneMatch: "*" })),
    "start an upload in parts of an original": () =>
      client.send(new CreateMultipartUploadCommand({ Bucket, Key: "p_1/a.jpg" })),
    "delete an original": () => client.send(new DeleteObjectCommand({ Bucket, Key: "p_1/a.jpg" })),
    "delete a variant": () => client.send(new DeleteObjectCommand({ Bucket, Key: "p_1/360x270/there.jpg" })),
    "list the bucket": () => client.send(new ListObjectsV2Command({ Bucket })),
    "write an unlisted size": () =>
      client.send(new PutObjectCommand({ Bucket, Key: "p_1/641w/a.jpg", Body, IfNoneMatch: "*" })),
    "write an unlisted format": () =>
      client.send(new PutObjectCommand({ Bucket, Key: "p_1/640w.webp/a.jpg", Body, IfNoneMatch: "*" })),
    "write over a variant": () => client.send(new PutObjectCommand({ Bucket, Key: "p_1/360x270/there.jpg", Body })),
    "write over an original in a folder called 640w": () =>
      client.send(new PutObjectCommand({ Bucket, Key: "640w/a.jpg", Body })),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    it(`cannot ${what}`, async () => {
      assert.equal(await errorOf(attempt()), "403 AccessDenied");
    });
  }

  it("cannot delete several originals in one request", async () => {
    const Objects = ["p_1/a.jpg", "640w/a.jpg"].map((Key) => ({ Key }));
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual(Deleted ?? [], []);
    assert.deepEqual(
      Errors?.map(({ Code }) => Code),
      ["AccessDenied", "AccessDenied"],
    );
  });

  it("cannot overwrite an object even where it may write", async () => {
    for (const Key of ["640w/a.jpg", "p_1/360x270/there.jpg"]) {
      const write = client.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: "*" }));
      assert.equal(await errorOf(write), "412 PreconditionFailed");
    }
  });

  it("cannot reach another bucket", async () => {
    for (const Key of ["a.jpg", "640w/a.jpg"]) {
      // The local S3 has one bucket; AWS answers AccessDenied for a bucket of another account.
      assert.equal(await errorOf(client.send(new GetObjectCommand({ Bucket: OTHER_BUCKET, Key }))), "404 NoSuchBucket");
      const write = client.send(new PutObjectCommand({ Bucket: OTHER_BUCKET, Key, Body, IfNoneMatch: "*" }));
      assert.equal(await errorOf(write), "404 NoSuchBucket");
    }
  });

  it("leaves every object as it was", async () => {
    assert.deepEqual((await bench.keys()).sort(), ["640w/a.jpg", "p_1/360x270/there.jpg", "p_1/a.jpg"]);
    for (const Key of await bench.keys()) {
      const { Body: stored } = await bench.administrator.send(new GetObjectCommand({ Bucket, Key }));
      assert.deepEqual(Buffer.from((await stored?.transformToByteArray()) ?? []), image);
    }
  });

  describe("with an original in a folder called 640w", () => {
    async function status(key: string): Promise<string> {
      const { result } = await quietly(() => ask(bench.handler, `key=${key}`));
      return `${result.statusCode ?? 0} ${errorCode(result) ?? ""}`.trim();
    }

    it("creates no variant of it, because that would be a variant of a variant", async () => {
      assert.equal(await status("640w/360x270/a.jpg"), "400 malformed-key");
      assert.equal(await status("640w/640w/a.jpg"), "400 malformed-key");
    });

    it("does not replace it by a variant of the original above the folder", async () => {
      await bench.put("a.jpg", image);
      assert.equal(await status("640w/a.jpg"), "301");
      const { Body: stored } = await bench.administrator.send(new GetObjectCommand({ Bucket, Key: "640w/a.jpg" }));
      assert.deepEqual(Buffer.from((await stored?.transformToByteArray()) ?? []), image);
    });
  });
});
