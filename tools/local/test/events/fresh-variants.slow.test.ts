import assert from "node:assert/strict";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { RequestLog } from "../../terminal/request-log";
import { type LocalStack, startLocalStack } from "../../stack";
import { type Hop, Trace } from "../../trace";
import { administrator, follow, pathOf, statuses } from "../support/flow";
import { freedAfterAll } from "../support/freed";
import { makeOriginals } from "../support/originals";

const CONFIG = {
  "bucket.purgeOnChange": true,
  "cdn.cacheControl": "public, max-age=300, s-maxage=31536000",
  "bucket.variantExpiryDays": undefined,
  "resizer.rateLimit": 1000,
  "resizer.burstLimit": 1000,
};
const RED = { r: 220, g: 30, b: 30 };
const BLUE = { r: 30, g: 30, b: 220 };

/** The program's own resources, but that no batch waits for more messages. */
function hurried(declared: readonly RegisteredResource[]): RegisteredResource[] {
  return declared.map((resource) =>
    resource.type === "aws:lambda/eventSourceMapping:EventSourceMapping"
      ? { ...resource, inputs: { ...resource.inputs, maximumBatchingWindowInSeconds: 0 } }
      : resource,
  );
}

function picture(background: typeof RED): Promise<Buffer> {
  return sharp({ create: { width: 800, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

async function isBlue(bytes: Buffer): Promise<boolean> {
  const { dominant } = await sharp(bytes).stats();
  return dominant.b > 128 && dominant.r < 128;
}

for (const delivery of ["redirect", "failover"] as const) {
  describe(`fresh variants on the local stack, delivered by ${delivery}`, () => {
    const free = freedAfterAll();
    let images: string;
    let stack: LocalStack;
    let client: S3Client;
    const hops: Hop[] = [];
    const lines: string[] = [];
    const put = async (key: string, Body: Buffer) =>
      client.send(new PutObjectCommand({ Bucket: stack.bucket, Key: key, Body, ContentType: "image/jpeg" }));
    const view = async (key: string) => {
      const answers = await follow(stack.endpoints.cdn + pathOf(key));
      const last = answers.at(-1);
      assert.ok(last);
      return { statuses: statuses(answers), cache: last.headers["x-cache"], body: last.body };
    };

    /** The hop by which the purge of an original ended, once it has. */
    async function purged(key: string, act: () => Promise<unknown>): Promise<Hop> {
      const done = new Promise<Hop>((resolve) => {
        const end = stack.trace.listen((hop) => {
          if (hop.part !== "queue" || !hop.what.endsWith(`purge-now ${key}`)) return;
          end();
          resolve(hop);
        });
      });
      await act();
      return done;
    }

    before(async () => {
      images = await makeOriginals();
      free(() => rm(images, { recursive: true }));
      await writeFile(path.join(images, "p_1/photo.jpg"), await picture(RED));
      const trace = new Trace();
      trace.listen((hop) => hops.push(hop));
      new RequestLog(trace, { format: "json", paint: (_style, text) => text, write: (line) => lines.push(line) });
      const config = { ...CONFIG, "cdn.delivery": delivery };
      stack = await startLocalStack({ stack: "dev", config, port: 0, images, trace, resources: hurried });
      free(() => stack.close());
      client = new S3Client({ endpoint: stack.endpoints.s3, region: "us-east-1", credentials: stack.accessKey });
    });
    for (const key of ["p_1/photo.jpg", "p_2/Käse & Brötchen.jpg", "p_2/(round) [square] {curly}.jpg"]) {
      it(`shows the new image at the next request after ${key} is replaced`, async () => {
        const variant = key.replace("/", "/360x270/");
        await purged(key, async () => put(key, await picture(RED)));
        const before = await view(variant);
        assert.equal(await isBlue(before.body), false);
        assert.equal((await view(variant)).cache, "Hit from cloudfront");

        const { status } = await purged(key, async () => put(key, await picture(BLUE)));
        assert.equal(status, 200);
        const after = await view(variant);
        assert.equal(await isBlue(after.body), true);
        assert.notEqual(after.cache, "Hit from cloudfront");
      });
    }

    it("shows it too after the file in the folder of originals is copied over", async () => {
      const variant = "p_1/640w/other.jpg";
      assert.equal(await isBlue((await view(variant)).body), true);
      const source = path.join(images, "red.tmp");
      await writeFile(source, await picture(RED));
      await purged("p_1/other.jpg", () => copyFile(source, path.join(images, "p_1/other.jpg")));
      assert.equal(await isBlue((await view(variant)).body), false);
    });

    it("notices an image in a new folder", async () => {
      await purged("p_new/deep/new.jpg", async () => {
        await mkdir(path.join(images, "p_new/deep"), { recursive: true });
        await writeFile(path.join(images, "p_new/deep/new.jpg"), await picture(RED));
      });
      assert.equal(await isBlue((await view("p_new/deep/640w/new.jpg")).body), false);
    });

    it("takes the variants of a deleted original away", async () => {
      const variant = "p_1/360x270/sideways.jpg";
      await view(variant);
      assert.equal(await administrator(stack).has(variant), true);
      await purged("p_1/sideways.jpg", () =>
        client.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: "p_1/sideways.jpg" })),
      );
      assert.equal(await administrator(stack).has(variant), false);
      assert.equal((await view(variant)).statuses.at(-1), 404);
    });

    it("tells of the event with the request that made it, and of the purge by itself", async () => {
      await view("p_1/200x150/photo.jpg");
      const { requestId } = await purged("p_1/photo.jpg", async () => put("p_1/photo.jpg", await picture(RED)));
      const parts = hops.filter((hop) => hop.requestId === requestId && hop.part !== "iam").map(({ part }) => part);
      assert.deepEqual([...new Set(parts)], ["s3", "cloudfront", "function", "queue"]);
      const hopsOf = (what: string) => {
        const [line = ""] = lines.filter((each) => each.includes(`"status":200,"what":"${what}","bytes":`)).slice(-1);
        return (JSON.parse(line) as { hops: Hop[] }).hops.map(({ part, what, detail }) => `${part} ${what} ${detail}`);
      };
      const change = hopsOf("PutObject p_1/photo.jpg").find((hop) => hop.startsWith("events"));
      assert.match(change ?? "", /^events Object Created p_1\/photo\.jpg .*rule image-resizer-dev-originals to /);
      const purge = hopsOf("image-resizer-dev-purge-now p_1/photo.jpg").find((hop) => hop.startsWith("cloudfront"));
      assert.match(purge ?? "", /^cloudfront CreateInvalidation \/p_1\//);
    });

    it("tells of no variant that the function makes", async () => {
      const before = hops.length;
      await view("p_1/200x150/photo.png");
      // An event of an original is told as well: whatever came before it is there by then.
      await purged("p_1/photo.webp", async () => put("p_1/photo.webp", await picture(RED)));
      const whats = (wanted: string) => hops.slice(before).flatMap(({ part, what }) => (part === wanted ? [what] : []));
      assert.ok(whats("s3").includes("PutObject p_1/200x150/photo.png"), whats("s3").join());
      assert.deepEqual(whats("events"), ["Object Created p_1/photo.webp"]);
    });
  });
}
