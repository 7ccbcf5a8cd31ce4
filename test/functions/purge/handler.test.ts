import assert from "node:assert/strict";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import sharp from "sharp";
import { S3Bucket } from "../../../functions/purge/bucket";
import { createHandler, type Handler } from "../../../functions/purge/handler";
import { readSettings } from "../../../functions/purge/settings";
import { createHandler as createResizer } from "../../../functions/resizer/handler";
import { readSettings as readResizerSettings } from "../../../functions/resizer/settings";
import { S3Store, type Store } from "../../../functions/resizer/store";
import { ADMINISTRATOR, rolePrincipal } from "@image-resizer/local/iam/iam";
import { openStorage, type Storage } from "@image-resizer/local/s3/storage";
import { Trace } from "@image-resizer/local/trace";
import { register } from "../../support/program";
import { quietly } from "../../support/quietly";
import { changed, message } from "./support";

const RED = { r: 220, g: 30, b: 30 };
const BLUE = { r: 30, g: 30, b: 220 };

const CONFIG = { "bucket.purgeOnChange": true, formats: ["webp"], retiredSizes: ["480h"] };

function picture(background: typeof RED): Promise<Buffer> {
  return sharp({ create: { width: 800, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

describe("the purge function's handler, against a real S3 endpoint with the declared role", () => {
  let storage: Storage;
  let administrator: S3Client;
  let purgeClient: S3Client;
  let resizerClient: S3Client;
  let bucketName: string;
  let store: S3Store;
  let resizerSettings: ReturnType<typeof readResizerSettings>;
  let purge: Handler;
  let invalidated: string[][];
  let failingCdn: Error | undefined;

  before(async () => {
    const stack = await register({ stack: "dev", config: CONFIG });
    storage = await openStorage({ run: stack.run, trace: new Trace() });
    const { url } = await storage.startS3(0);
    const client = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new S3Client({ endpoint: url, region: "us-east-1", forcePathStyle: true, credentials });
    const asRole = (name: string) =>
      client(storage.credentials.issue(rolePrincipal(String(stack.named("Role", name).outputs.arn))));
    const variables = (name: string) =>
      (stack.named("Function", name).inputs.environment as { variables: Record<string, string> }).variables;
    administrator = client(storage.credentials.issue(ADMINISTRATOR));
    purgeClient = asRole("purge-role");
    resizerClient = asRole("resizer-role");
    resizerSettings = readResizerSettings(variables("resizer"));
    store = new S3Store(resizerClient, resizerSettings);
    const settings = readSettings(variables("purge"));
    bucketName = settings.bucket;
    purge = createHandler(settings, new S3Bucket(purgeClient, settings.bucket), {
      invalidate: (variants) => {
        if (failingCdn) return Promise.reject(failingCdn);
        invalidated.push([...variants]);
        return Promise.resolve();
      },
    });
  });

  beforeEach(() => {
    invalidated = [];
    failingCdn = undefined;
  });

  after(async () => {
    for (const client of [administrator, purgeClient, resizerClient]) client.destroy();
    await storage.close();
  });

  function put(Key: string, Body: Buffer) {
    return administrator.send(new PutObjectCommand({ Bucket: bucketName, Key, Body }));
  }

  function remove(Key: string) {
    return administrator.send(new DeleteObjectCommand({ Bucket: bucketName, Key }));
  }

  /** Has the resizer make a variant. */
  async function make(key: string, from: Store = store): Promise<number | undefined> {
    const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 15_000 };
    const handler = createResizer(resizerSettings, from);
    return (await quietly(() => handler({ rawQueryString: `key=${key}` }, context))).result.statusCode;
  }

  async function keysBelow(Prefix: string): Promise<string[]> {
    const { Contents } = await administrator.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix }));
    return (Contents ?? []).map(({ Key }) => String(Key));
  }

  /** The colour in the middle of a picture in the bucket. */
  async function colourOf(Key: string): Promise<"red" | "blue"> {
    const { Body } = await administrator.send(new GetObjectCommand({ Bucket: bucketName, Key }));
    const [red = 0, , blue = 0] = await sharp(await Body?.transformToByteArray())
      .removeAlpha()
      .raw()
      .toBuffer();
    return red > blue ? "red" : "blue";
  }

  async function tell(...Records: Parameters<Handler>[0]["Records"]) {
    const { result, lines } = await quietly(() => purge({ Records }));
    return { failed: result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), lines };
  }

  it("deletes every variant of a replaced original, and no other", async () => {
    await put("re/a.jpg", await picture(RED));
    await put("re/b.jpg", await picture(RED));
    for (const key of ["re/640w/a.jpg", "re/640w.webp/a.jpg", "re/200x150/a.jpg", "re/640w/b.jpg"]) await make(key);
    await put("re/a.jpg", await picture(BLUE));
    assert.deepEqual((await tell(changed("re/a.jpg"))).failed, []);
    assert.deepEqual(await keysBelow("re/"), ["re/640w/b.jpg", "re/a.jpg", "re/b.jpg"]);
    assert.deepEqual(invalidated, [["re/200x150/a.jpg", "re/640w/a.jpg", "re/640w.webp/a.jpg"]]);
    await make("re/640w/a.jpg");
    assert.equal(await colourOf("re/640w/a.jpg"), "blue");
  });

  it("deletes every variant of a deleted original", async () => {
    await put("gone/a.jpg", await picture(RED));
    await make("gone/640w/a.jpg");
    await remove("gone/a.jpg");
    assert.deepEqual((await tell(changed("gone/a.jpg"))).failed, []);
    assert.deepEqual(await keysBelow("gone/"), []);
    assert.deepEqual(invalidated, [["gone/640w/a.jpg"]]);
  });

  it("deletes the variants of a size that was listed once, and creates none", async () => {
    await put("once/a.jpg", await picture(RED));
    const Metadata = { "original-etag": "of-other-bytes" };
    for (const Key of ["once/480h/a.jpg", "once/480h.webp/a.jpg"]) {
      await administrator.send(new PutObjectCommand({ Bucket: bucketName, Key, Body: "variant", Metadata }));
    }
    assert.deepEqual((await tell(changed("once/a.jpg"))).failed, []);
    assert.deepEqual(await keysBelow("once/"), ["once/a.jpg"]);
    assert.deepEqual(invalidated, [["once/480h/a.jpg", "once/480h.webp/a.jpg"]]);
    assert.equal(await make("once/480h/a.jpg"), 404);
  });

  it("does nothing for a new original, for the same bytes again, and for variants that are fresh", async () => {
    await put("new/a.jpg", await picture(RED));
    const deletes = storage.count("DeleteObjects");
    assert.deepEqual((await tell(changed("new/a.jpg"))).failed, []);
    await make("new/640w/a.jpg");
    await put("new/a.jpg", await picture(RED));
    assert.deepEqual((await tell(changed("new/a.jpg"))).failed, []);
    assert.deepEqual(invalidated, []);
    assert.equal(storage.count("DeleteObjects"), deletes);
    assert.deepEqual(await keysBelow("new/"), ["new/640w/a.jpg", "new/a.jpg"]);
  });

  it("never deletes an original in a folder that is called like a size", async () => {
    await put("640w/a.jpg", await picture(RED));
    await put("a.jpg", await picture(BLUE));
    assert.deepEqual((await tell(changed("a.jpg"))).failed, []);
    await remove("a.jpg");
    assert.deepEqual((await tell(changed("a.jpg"))).failed, []);
    assert.deepEqual(await keysBelow("640w/"), ["640w/a.jpg"]);
    assert.deepEqual(invalidated, []);
  });

  it("asks S3 nothing for a variant that the rule's pattern has let through", async () => {
    const heads = storage.count("HeadObject");
    assert.deepEqual(
      (await tell(changed("p_1/640w.webp/a.jpg"), changed("640w/a.jpg"), changed("480h/a.jpg"))).failed,
      [],
    );
    assert.equal(storage.count("HeadObject"), heads);
  });

  it("tells the CDN of a whole batch in one call, and an original that is named twice once", async () => {
    for (const file of ["a", "b"]) {
      await put(`batch/${file}.jpg`, await picture(RED));
      await make(`batch/640w/${file}.jpg`);
      await put(`batch/${file}.jpg`, await picture(BLUE));
    }
    await tell(
      changed("batch/a.jpg"),
      changed("batch/b.jpg"),
      message("again", { detail: { object: { key: "batch/a.jpg" } } }),
    );
    assert.deepEqual(invalidated, [["batch/640w/a.jpg", "batch/640w/b.jpg"]]);
  });

  it("leaves no stale variant of a resize that was under way while its original was replaced", async () => {
    await put("race/a.jpg", await picture(RED));
    const read = withResolvers();
    const write = withResolvers();
    const slow: Store = {
      has: (key, signal) => store.has(key, signal),
      readOriginal: async (key, signal) => {
        const original = await store.readOriginal(key, signal);
        read.resolve();
        return original;
      },
      writeVariant: async (...args) => {
        await write.promise;
        return store.writeVariant(...args);
      },
    };
    const resizing = make("race/640w/a.jpg", slow);
    await read.promise;
    await put("race/a.jpg", await picture(BLUE));
    // The first look, at once: there is nothing to delete yet.
    await tell(changed("race/a.jpg"));
    assert.deepEqual(invalidated, []);
    write.resolve();
    assert.equal(await resizing, 301);
    assert.equal(await colourOf("race/640w/a.jpg"), "red");

    // The second, when every resize of the old original has ended.
    await tell(changed("race/a.jpg"));
    assert.deepEqual(await keysBelow("race/640w/"), []);
    assert.deepEqual(invalidated, [["race/640w/a.jpg"]]);
    await make("race/640w/a.jpg");
    assert.equal(await colourOf("race/640w/a.jpg"), "blue");
  });

  it("tries again what the CDN was not told of, and then names every variant: the deleted are not known any more", async () => {
    await put("cdn/a.jpg", await picture(RED));
    await make("cdn/640w/a.jpg");
    await put("cdn/a.jpg", await picture(BLUE));
    failingCdn = new Error("TooManyInvalidationsInProgress");
    const first = await tell(changed("cdn/a.jpg"));
    assert.deepEqual(first.failed, ["m:cdn/a.jpg"]);
    assert.equal(first.lines[0]?.message, "the CDN could not be told of stale variants");
    assert.deepEqual(await keysBelow("cdn/640w/"), []);

    failingCdn = undefined;
    assert.deepEqual((await tell(changed("cdn/a.jpg", 2))).failed, []);
    assert.deepEqual(invalidated, [
      ["200x150", "360x270", "640w", "480h"].flatMap((size) => [`cdn/${size}/a.jpg`, `cdn/${size}.webp/a.jpg`]),
    ]);
  });

  it("returns only the messages that failed", async () => {
    await put("part/a.jpg", await picture(RED));
    await make("part/640w/a.jpg");
    await put("part/a.jpg", await picture(BLUE));
    const { failed } = await tell(message("junk", "{"), changed("part/a.jpg"));
    assert.deepEqual(failed, ["junk"]);
    assert.deepEqual(invalidated, [["part/640w/a.jpg"]]);
  });

  it("returns a message whose variants may not be deleted", async () => {
    await put("deny/a.jpg", await picture(RED));
    await make("deny/640w/a.jpg");
    await put("deny/a.jpg", await picture(BLUE));
    const settings = { allowList: { sizes: ["640w"], formats: [], maxDimension: 4096 } };
    const denied = createHandler(settings, new S3Bucket(resizerClient, bucketName), {
      invalidate: () => Promise.resolve(),
    });
    const { result, lines } = await quietly(() => denied({ Records: [changed("deny/a.jpg")] }));
    assert.deepEqual(result.batchItemFailures, [{ itemIdentifier: "m:deny/a.jpg" }]);
    assert.equal(
      (lines[0]?.cause as { message: string } | undefined)?.message,
      "deny/640w/a.jpg could not be deleted: AccessDenied",
    );
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
