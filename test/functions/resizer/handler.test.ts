import assert from "node:assert/strict";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { createHandler, type Handler } from "../../../functions/resizer/handler";
import type { Settings } from "../../../functions/resizer/settings";
import { S3Store } from "../../../functions/resizer/store";
import { openBench, type ResizerBench } from "@image-resizer/local/test/reliability/support/resizer-bench";
import { quietly } from "../../support/quietly";

const CDN_URL = "https://d1p41knyaaw8le.cloudfront.net";

/** A picture of the given size; every seed gives other bytes. */
function photograph(width: number, height: number, seed = 1): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: (seed * 40) % 256, g: 90, b: 150 } } })
    .jpeg()
    .toBuffer();
}

describe("the resizer's handler, against a real S3 endpoint with the declared role", () => {
  let bench: ResizerBench;
  let administrator: S3Client;
  let asRole: S3Client;
  let settings: Settings;
  let handler: Handler;

  before(async () => {
    bench = await openBench({ stack: "prod" });
    ({ administrator, asRole, settings, handler } = bench);
    await put("p_1/a.jpg", await photograph(800, 600));
  });
  after(() => bench.close());

  function put(key: string, body: Buffer) {
    return bench.put(key, body);
  }

  async function ask(
    rawQueryString: string,
    { remaining = 600_000, with: it = handler, routeKey = "GET /resizer" } = {},
  ) {
    const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => remaining };
    const { result, lines } = await quietly(() => it({ rawQueryString, routeKey }, context));
    return { ...result, log: lines };
  }

  /** Number of calls of each kind that `work` made. */
  async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const operations = ["GetObject", "HeadObject", "PutObject", "ListObjectsV2"] as const;
    const before = operations.map((operation) => bench.storage.count(operation));
    await work();
    return Object.fromEntries(
      operations.flatMap((operation, index) => {
        const calls = bench.storage.count(operation) - (before[index] ?? 0);
        return calls > 0 ? [[operation, calls]] : [];
      }),
    );
  }

  async function keysBelow(prefix: string): Promise<string[]> {
    return (await bench.keys()).filter((key) => key.startsWith(prefix));
  }

  it("answers the CDN itself, which asks on a route of its own, with the variant", async () => {
    await put("cdn/a.jpg", await photograph(400, 300));
    const routeKey = "GET /resizer/{key+}";
    const { statusCode, headers } = await ask("key=cdn/360x270/a.jpg", { routeKey });
    assert.deepEqual([statusCode, headers?.["content-type"]], [200, "image/jpeg"]);
    const again = await ask("key=cdn/360x270/a.jpg", { routeKey });
    assert.deepEqual([again.statusCode, again.headers?.location], [302, "/cdn/360x270/a.jpg"]);
  });

  it("creates a variant with one HeadObject, one GetObject and one PutObject, and redirects the client to the CDN", async () => {
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    const calls = await callsOf(async () => {
      answer = await ask("key=p_1/360x270/a.jpg");
    });
    assert.deepEqual(calls, { GetObject: 1, HeadObject: 1, PutObject: 1 });
    assert.equal(answer?.statusCode, 301);
    assert.deepEqual(answer.headers, { location: `${CDN_URL}/p_1/360x270/a.jpg`, "cache-control": "no-store" });
    assert.equal(answer.body, undefined);

    const original = await administrator.send(new HeadObjectCommand({ Bucket: settings.bucket, Key: "p_1/a.jpg" }));
    const variant = await administrator.send(
      new GetObjectCommand({ Bucket: settings.bucket, Key: "p_1/360x270/a.jpg" }),
    );
    assert.equal(variant.ContentType, "image/jpeg");
    assert.equal(variant.CacheControl, "public, max-age=31536000, immutable");
    assert.deepEqual(variant.Metadata, { "original-etag": original.ETag?.replaceAll('"', "") });
    const { width, height, format } = await sharp(await variant.Body?.transformToByteArray()).metadata();
    assert.deepEqual({ width, height, format }, { width: 360, height: 270, format: "jpeg" });
  });

  it("redirects to a variant that exists without a resize, and with its original deleted, too", async () => {
    await put("there/a.jpg", Buffer.from("not an image: a resize would be an error"));
    for (const file of ["a.jpg", "deleted.jpg"]) {
      await put(`there/640w/${file}`, Buffer.from("written by another request"));
      const answer = await ask(`key=there/640w/${file}`);
      assert.equal(answer.statusCode, 301);
      assert.equal(answer.headers?.location, `${CDN_URL}/there/640w/${file}`);
      const [{ timestamp, milliseconds, ...line } = {}] = answer.log;
      assert.ok(timestamp !== undefined && milliseconds !== undefined);
      assert.deepEqual(line, {
        level: "info",
        message: "variant existed already",
        requestId: "request-1",
        key: `there/640w/${file}`,
        size: "640w",
        written: false,
      });
    }
  });

  it("leaves a variant as it is that another request wrote meanwhile", async () => {
    await put("late-head/640w/a.jpg", Buffer.from("written by another request"));
    await put("late-head/a.jpg", await photograph(800, 600));
    const unseen = new S3Store(asRole, settings);
    unseen.has = () => Promise.resolve(false);
    const answer = await ask("key=late-head/640w/a.jpg", { with: createHandler(settings, unseen) });
    assert.equal(answer.statusCode, 301);
    assert.deepEqual([answer.log[0]?.message, answer.log[0]?.format], ["variant existed already", "jpeg"]);
    const { Body } = await administrator.send(
      new GetObjectCommand({ Bucket: settings.bucket, Key: "late-head/640w/a.jpg" }),
    );
    assert.equal(await Body?.transformToString(), "written by another request");
  });

  it("shares the work between requests for one variant at the same time", async () => {
    await put("burst/a.jpg", await photograph(800, 600));
    const calls = await callsOf(async () => {
      const answers = await quietly(() =>
        Promise.all(
          Array.from({ length: 20 }, () =>
            handler(
              { rawQueryString: "key=burst/640w/a.jpg" },
              { awsRequestId: "r", getRemainingTimeInMillis: () => 600_000 },
            ),
          ),
        ),
      );
      assert.deepEqual(new Set(answers.result.map(({ statusCode }) => statusCode)), new Set([301]));
    });
    assert.deepEqual(calls, { GetObject: 1, HeadObject: 1, PutObject: 1 });
  });

  it("writes the content type of the bytes, whatever the name says", async () => {
    await put(
      "p_1/really-a-png.jpg",
      await sharp(await photograph(800, 600))
        .png()
        .toBuffer(),
    );
    assert.equal((await ask("key=p_1/640w/really-a-png.jpg")).statusCode, 301);
    assert.equal((await ask("key=p_1/640w.webp/really-a-png.jpg")).statusCode, 301);
    const typeOf = async (key: string) =>
      (await administrator.send(new HeadObjectCommand({ Bucket: settings.bucket, Key: key }))).ContentType;
    assert.equal(await typeOf("p_1/640w/really-a-png.jpg"), "image/png");
    assert.equal(await typeOf("p_1/640w.webp/really-a-png.jpg"), "image/webp");
  });

  for (const file of [
    "a b.jpg",
    "a+b.jpg",
    "a&b=c.jpg",
    "a#b.jpg",
    "100%.jpg",
    "100%25.jpg",
    'it\'s "x".jpg',
    "åäö 東京.jpg",
  ]) {
    it(`accepts a file called ${file}, encoded once or twice, and answers with a valid location`, async () => {
      const folder = `names ${Buffer.from(file).toString("hex")}`;
      await put(`${folder}/${file}`, await photograph(400, 300));
      const key = `${folder}/320w/${file}`;
      const location = `${CDN_URL}/${encodeURIComponent(folder)}/320w/${encodeURIComponent(file)}`;
      const once = key.split("/").map(encodeURIComponent).join("/");
      for (const query of [once, encodeURIComponent(once)]) {
        const answer = await ask(`key=${query}`);
        assert.equal(answer.statusCode, 301, query);
        assert.equal(answer.headers?.location, location);
        assert.equal(new URL(location).href, location);
      }
      assert.deepEqual(await keysBelow(`${folder}/320w/`), [key]);
    });
  }

  for (const [what, query, status, error, cacheControl] of [
    ["no key", "", 400, "malformed-key", "no-store"],
    ["an empty key", "key=", 400, "malformed-key", "no-store"],
    ["a broken encoding", "key=p_1/640w/%E0%A4%A.jpg", 400, "malformed-key", "no-store"],
    ["a key without a size", "key=p_1/a.jpg", 400, "malformed-key", "no-store"],
    ["a key with ..", "key=p_1/../640w/a.jpg", 400, "malformed-key", "no-store"],
    ["a chained key", "key=p_1/640w/320w/a.jpg", 400, "malformed-key", "no-store"],
    ["a chained key, encoded twice", "key=p_1%252F640w%252F320w%252Fa.jpg", 400, "malformed-key", "no-store"],
    ["an unlisted size", "key=p_1/641w/a.jpg", 404, "size-not-allowed", "public, max-age=60"],
    ["an unlisted format", "key=p_1/640w.png/a.jpg", 404, "format-not-allowed", "public, max-age=60"],
    ["a line break for the header", "key=640w/a.jpg%0d%0aset-cookie:%20x=y", 400, "malformed-key", "no-store"],
  ] as const) {
    it(`rejects ${what} without asking S3`, async () => {
      const calls = await callsOf(async () => {
        const answer = await ask(query);
        assert.equal(answer.statusCode, status);
        assert.equal(answer.headers?.["cache-control"], cacheControl);
        assert.equal(answer.headers["content-type"], "application/json");
        const body = JSON.parse(answer.body ?? "") as Record<string, string>;
        assert.deepEqual(Object.keys(body), ["error", "message", "requestId"]);
        assert.equal(body.error, error);
        assert.equal(body.requestId, "request-1");
      });
      assert.deepEqual(calls, {});
    });
  }

  for (const [what, bytes, status, error] of [
    ["an SVG called .jpg", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), 415, "not-an-image"],
    ["an empty file", Buffer.alloc(0), 415, "not-an-image"],
    [
      "a JPEG that ends after its header",
      Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"),
      422,
      "undecodable-image",
    ],
  ] as const) {
    it(`rejects ${what}, and stores nothing`, async () => {
      await put(`bad/${error}/${bytes.length}.jpg`, bytes);
      const answer = await ask(`key=bad/${error}/640w/${bytes.length}.jpg`);
      assert.equal(answer.statusCode, status);
      assert.equal((JSON.parse(answer.body ?? "") as { error: string }).error, error);
      assert.equal(answer.headers?.["cache-control"], "public, max-age=60");
      assert.deepEqual(await keysBelow(`bad/${error}/640w/`), []);
    });
  }

  it("answers 404 for a missing original, which S3 reports as AccessDenied, and logs a warning with the cause", async () => {
    const answer = await ask("key=p_1/640w/missing.jpg");
    assert.equal(answer.statusCode, 404);
    assert.deepEqual(JSON.parse(answer.body ?? ""), {
      error: "original-not-found",
      message: "There is no such original.",
      requestId: "request-1",
    });
    assert.equal(answer.log[0]?.level, "warn");
    assert.equal((answer.log[0].cause as { name: string }).name, "AccessDenied");
  });

  it("rejects more bytes than the stack accepts before reading them, and more pixels before decoding", async () => {
    const bytes = await photograph(800, 600);
    await put("big/a.jpg", bytes);
    const small = { ...settings, maxInputBytes: bytes.length - 1 };
    const tooManyBytes = await ask("key=big/640w/a.jpg", { with: createHandler(small, new S3Store(asRole, small)) });
    assert.equal(tooManyBytes.statusCode, 413);
    const few = { ...settings, maxInputPixels: 800 * 600 - 1 };
    const tooManyPixels = await ask("key=big/640w/a.jpg", { with: createHandler(few, new S3Store(asRole, few)) });
    assert.equal(tooManyPixels.statusCode, 413);
    assert.equal((JSON.parse(tooManyPixels.body ?? "") as { error: string }).error, "input-too-large");
    assert.deepEqual(await keysBelow("big/640w/"), []);
  });

  it("answers 503 with Retry-After when its time is up, and stores nothing", async () => {
    await put("late/a.jpg", await photograph(800, 600));
    const answer = await ask("key=late/640w/a.jpg", { remaining: 900 });
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.headers?.["retry-after"], "2");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.deepEqual(await keysBelow("late/640w/"), []);
  });

  it("answers 503 when S3 cannot be reached", async () => {
    const unreachable = new S3Client({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    const { statusCode, log } = await ask("key=p_1/640w/a.jpg", {
      with: createHandler(settings, new S3Store(unreachable, settings)),
    });
    assert.equal(statusCode, 503);
    assert.equal(log[0]?.level, "error");
    unreachable.destroy();
  });

  it("answers 500 without internals when it may not write, and logs why", async () => {
    const wider = { ...settings, allowList: { ...settings.allowList, sizes: ["641w"] } };
    const answer = await ask("key=p_1/641w/a.jpg", { with: createHandler(wider, new S3Store(asRole, wider)) });
    assert.equal(answer.statusCode, 500);
    assert.deepEqual(JSON.parse(answer.body ?? ""), {
      error: "internal-error",
      message: "The variant could not be created.",
      requestId: "request-1",
    });
    assert.equal((answer.log[0]?.cause as { name: string } | undefined)?.name, "AccessDenied");
  });

  it("logs one line a request, with its id and what it came to", async () => {
    const original = await photograph(800, 600, 5);
    await put("logged/a.jpg", original);
    const { log } = await ask("key=logged/640w.webp/a.jpg");
    const [{ timestamp, milliseconds, bytesOut, ...line } = {}] = log;
    assert.equal(log.length, 1);
    assert.equal(new Date(String(timestamp)).toISOString(), timestamp);
    assert.ok(Number.isInteger(milliseconds) && Number(bytesOut) > 0);
    assert.deepEqual(line, {
      level: "info",
      message: "variant written",
      requestId: "request-1",
      key: "logged/640w.webp/a.jpg",
      size: "640w",
      format: "webp",
      written: true,
      bytesIn: original.length,
    });
  });

  it("carries its metrics on that line where the stack is monitored, and X-Ray's id where it is traced", async () => {
    await put("metered/a.jpg", await photograph(800, 600, 6));
    const metered = { ...settings, metrics: { namespace: "image-resizer", stack: "prod" } };
    const handler = createHandler(metered, new S3Store(asRole, metered));
    process.env._X_AMZN_TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    try {
      const made = (await ask("key=metered/640w/a.jpg", { with: handler })).log;
      const refused = (await ask("key=metered/641w/a.jpg", { with: handler })).log;
      assert.deepEqual([made.length, refused.length], [1, 1]);
      const { traceId, Stack, Size, Format, VariantsMade, Duration, milliseconds } = made[0] ?? {};
      assert.deepEqual(
        { traceId, Stack, Size, Format, VariantsMade },
        {
          traceId: "1-5759e988-bd862e3fe1be46a994272793",
          Stack: "prod",
          Size: "640w",
          Format: "jpeg",
          VariantsMade: 1,
        },
      );
      assert.equal(Duration, milliseconds);
      assert.deepEqual([refused[0]?.Reason, refused[0]?.Refusals], ["size-not-allowed", 1]);
      assert.equal(JSON.stringify(refused).includes('"Size"'), false);
    } finally {
      delete process.env._X_AMZN_TRACE_ID;
    }
  });
});
