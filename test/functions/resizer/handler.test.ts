import assert from "node:assert/strict";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { createHandler } from "../../../functions/resizer/handler";
import { S3Store } from "../../../functions/resizer/store";
import { quietly } from "../../support/quietly";
import { CDN_URL, openHandler, type OpenHandler, jpegOf } from "./support/handler";

describe("the resizer's handler, against a real S3 endpoint with the declared role", () => {
  let test: OpenHandler;
  before(async () => {
    test = await openHandler();
  });
  after(() => test.close());

  it("answers the CDN itself, which asks on a route of its own, with the variant", async () => {
    await test.put("cdn/a.jpg", await jpegOf(400, 300));
    const routeKey = "GET /resizer/{key+}";
    const { statusCode, headers } = await test.ask("key=cdn/360x270/a.jpg", { routeKey });
    assert.deepEqual([statusCode, headers?.["content-type"]], [200, "image/jpeg"]);
    const again = await test.ask("key=cdn/360x270/a.jpg", { routeKey });
    assert.deepEqual([again.statusCode, again.headers?.location], [302, "/cdn/360x270/a.jpg"]);
  });

  it("creates a variant with one HeadObject, one GetObject and one PutObject, and redirects the client to the CDN", async () => {
    let answer: Awaited<ReturnType<typeof test.ask>> | undefined;
    const calls = await test.callsOf(async () => {
      answer = await test.ask("key=p_1/360x270/a.jpg");
    });
    assert.deepEqual(calls, { GetObject: 1, HeadObject: 1, PutObject: 1 });
    assert.equal(answer?.statusCode, 301);
    assert.deepEqual(answer.headers, { location: `${CDN_URL}/p_1/360x270/a.jpg`, "cache-control": "no-store" });
    assert.equal(answer.body, undefined);

    const original = await test.administrator.send(
      new HeadObjectCommand({ Bucket: test.settings.bucket, Key: "p_1/a.jpg" }),
    );
    const variant = await test.administrator.send(
      new GetObjectCommand({ Bucket: test.settings.bucket, Key: "p_1/360x270/a.jpg" }),
    );
    assert.equal(variant.ContentType, "image/jpeg");
    assert.equal(variant.CacheControl, "public, max-age=31536000, immutable");
    assert.deepEqual(variant.Metadata, { "original-etag": original.ETag?.replaceAll('"', "") });
    const { width, height, format } = await sharp(await variant.Body?.transformToByteArray()).metadata();
    assert.deepEqual({ width, height, format }, { width: 360, height: 270, format: "jpeg" });
  });

  it("redirects to a variant that exists without a resize, and with its original deleted, too", async () => {
    await test.put("there/a.jpg", Buffer.from("not an image: a resize would be an error"));
    for (const file of ["a.jpg", "deleted.jpg"]) {
      await test.put(`there/640w/${file}`, Buffer.from("written by another request"));
      const answer = await test.ask(`key=there/640w/${file}`);
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
    await test.put("late-head/640w/a.jpg", Buffer.from("written by another request"));
    await test.put("late-head/a.jpg", await jpegOf(800, 600));
    const unseen = new S3Store(test.asRole, test.settings);
    unseen.has = () => Promise.resolve(false);
    const answer = await test.ask("key=late-head/640w/a.jpg", { with: createHandler(test.settings, unseen) });
    assert.equal(answer.statusCode, 301);
    assert.deepEqual([answer.log[0]?.message, answer.log[0]?.format], ["variant existed already", "jpeg"]);
    const { Body } = await test.administrator.send(
      new GetObjectCommand({ Bucket: test.settings.bucket, Key: "late-head/640w/a.jpg" }),
    );
    assert.equal(await Body?.transformToString(), "written by another request");
  });

  it("shares the work between requests for one variant at the same time", async () => {
    await test.put("burst/a.jpg", await jpegOf(800, 600));
    const calls = await test.callsOf(async () => {
      const answers = await quietly(() =>
        Promise.all(
          Array.from({ length: 20 }, () =>
            test.handler(
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
    await test.put(
      "p_1/really-a-png.jpg",
      await sharp(await jpegOf(800, 600))
        .png()
        .toBuffer(),
    );
    assert.equal((await test.ask("key=p_1/640w/really-a-png.jpg")).statusCode, 301);
    assert.equal((await test.ask("key=p_1/640w.webp/really-a-png.jpg")).statusCode, 301);
    const typeOf = async (key: string) =>
      (await test.administrator.send(new HeadObjectCommand({ Bucket: test.settings.bucket, Key: key }))).ContentType;
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
      await test.put(`${folder}/${file}`, await jpegOf(400, 300));
      const key = `${folder}/320w/${file}`;
      const location = `${CDN_URL}/${encodeURIComponent(folder)}/320w/${encodeURIComponent(file)}`;
      const once = key.split("/").map(encodeURIComponent).join("/");
      for (const query of [once, encodeURIComponent(once)]) {
        const answer = await test.ask(`key=${query}`);
        assert.equal(answer.statusCode, 301, query);
        assert.equal(answer.headers?.location, location);
        assert.equal(new URL(location).href, location);
      }
      assert.deepEqual(await test.keysBelow(`${folder}/320w/`), [key]);
    });
  }

  it("logs one line a request, with its id and what it came to", async () => {
    const original = await jpegOf(800, 600, 5);
    await test.put("logged/a.jpg", original);
    const { log } = await test.ask("key=logged/640w.webp/a.jpg");
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
    await test.put("metered/a.jpg", await jpegOf(800, 600, 6));
    const metered = { ...test.settings, metrics: { namespace: "image-resizer", stack: "prod" } };
    const handler = createHandler(metered, new S3Store(test.asRole, metered));
    process.env._X_AMZN_TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    try {
      const made = (await test.ask("key=metered/640w/a.jpg", { with: handler })).log;
      const refused = (await test.ask("key=metered/641w/a.jpg", { with: handler })).log;
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
