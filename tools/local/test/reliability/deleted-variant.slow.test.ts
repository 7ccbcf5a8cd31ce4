import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { Cdn } from "../../cdn/cdn";
import { readDistribution } from "../../cdn/distribution";
import { HostTable } from "../../hosts";
import { endToEnd, type Headers } from "../../http/exchange";
import type { LocalServer } from "../../http/listen";
import { type PartRequest, type Reply, serve, servePart } from "../../http/serve-part";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { type LocalStack, startLocalStack } from "../../stack";
import { Trace } from "../../trace";
import { sdkClient } from "../s3/storage-helper";
import { ask, startServer } from "../support/http";
import { Browser } from "./support/browser";
import { originalsFolder } from "./support/originals-folder";

/** An answer of the origin in place of its own. */
interface Scripted {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: string;
}

const KEY = "p/640w/0.jpg";
const MINUTE = 60_000;
const WRITTEN_ANEW = ["307", "301", "200"];

describe("a variant that is deleted while a browser holds its redirects", () => {
  let images: string;
  let stack: LocalStack;
  let s3: S3Client;
  let origin: LocalServer;
  let cdn: LocalServer | undefined;
  let clock = Date.now();
  let scripted: Scripted | undefined;
  /** The picture's URL, which the test's own CDN answers in the stack's place. */
  let url: string;
  const elsewhere: Record<string, string> = {};
  const now = () => clock;
  const browser = () => new Browser({ now, elsewhere });

  before(async () => {
    images = await originalsFolder(1);
    // A minute, so that both caches may be watched forgetting.
    stack = await startLocalStack({
      stack: "prod",
      port: 0,
      images,
      config: { "cdn.cacheControl": "public, max-age=60" },
    });
    s3 = sdkClient(stack.endpoints.s3, stack.accessKey);
    origin = await serve(0, answerAsOrigin);
    url = `${stack.endpoints.cdn}/${KEY}`;
  });

  beforeEach(async () => {
    scripted = undefined;
    await deleteVariant();
  });

  afterEach(async () => {
    await cdn?.close();
    cdn = undefined;
  });

  after(async () => {
    s3.destroy();
    await origin.close();
    await stack.close();
    await rm(images, { recursive: true });
  });

  /** The stack's website, or what a test lets it say. */
  async function answerAsOrigin({ message, target }: PartRequest): Promise<Reply> {
    if (scripted) return { headers: {}, ...scripted };
    const conditions = Object.entries(message.headers).filter(([name]) => name.startsWith("if-"));
    const answer = await ask((stack.endpoints.website ?? "") + target, {
      headers: Object.fromEntries(conditions.map(([name, value]) => [name, String(value)])),
    });
    return { ...answer, headers: endToEnd(answer.headers) };
  }

  async function deleteVariant(): Promise<void> {
    await s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: KEY }));
  }

  /** A CDN of the declared distribution, its cache empty and its clock the test's own, in the place of the last. */
  async function openCdn(resources: readonly RegisteredResource[] = stack.run.resources): Promise<void> {
    await cdn?.close();
    const distribution = readDistribution(resources);
    const hosts = new HostTable();
    hosts.add(distribution.behaviors[0]?.origins.primary.domainName ?? "", origin.port);
    const trace = new Trace();
    cdn = await servePart("cdn", trace, 0, new Cdn({ distribution, hosts, trace, now }).handle);
    elsewhere[stack.endpoints.cdn] = `http://localhost:${cdn.port}`;
  }

  async function assertPicture({ status, body }: { readonly status: number; readonly body: Buffer }): Promise<void> {
    assert.equal(status, 200);
    const { width, height } = await sharp(body).metadata();
    assert.deepEqual([width, height], [640, 480]);
  }

  it("is had from the browser's and the CDN's cache while they may keep it, and is made anew after", async () => {
    await openCdn();
    const viewer = browser();
    assert.deepEqual((await viewer.visit(url)).hops, WRITTEN_ANEW);
    await deleteVariant();
    assert.deepEqual((await viewer.visit(url)).hops, ["200 (cache)"]);
    viewer.forgetPictures();
    const fromCdn = await viewer.visit(url);
    assert.deepEqual(fromCdn.hops, ["200"]);
    assert.equal(fromCdn.headers["x-cache"], "Hit from cloudfront");
    clock += 2 * MINUTE;
    const made = await viewer.visit(url);
    assert.deepEqual(made.hops, WRITTEN_ANEW);
    await assertPicture(made);
  });

  const held: Readonly<Record<string, { answer: Scripted; status?: number; seconds: number }>> = {
    "the website's 307": { answer: { status: 307 }, seconds: 0 },
    "a 301 without Cache-Control": { answer: { status: 301 }, seconds: 0 },
    "a 302 without Cache-Control": { answer: { status: 302 }, seconds: 0 },
    "a 403": { answer: { status: 403 }, status: 403, seconds: 0 },
    "a 403 with a lifetime": {
      answer: { status: 403, headers: { "cache-control": "max-age=60" } },
      status: 403,
      seconds: 60,
    },
    "a 404": { answer: { status: 404 }, status: 404, seconds: 10 },
    "a 404 with a lifetime": {
      answer: { status: 404, headers: { "cache-control": "max-age=60" } },
      status: 404,
      seconds: 60,
    },
    "a 500": { answer: { status: 500 }, status: 500, seconds: 10 },
    "a 503": { answer: { status: 503 }, status: 503, seconds: 10 },
    "an empty 200": { answer: { status: 200, headers: { "cache-control": "max-age=60" } }, status: 200, seconds: 60 },
  };
  for (const [what, { answer, status, seconds }] of Object.entries(held)) {
    it(`is made anew once the CDN lets go of ${what}, which takes ${seconds} s`, async () => {
      await openCdn();
      const viewer = browser();
      await viewer.visit(url);
      viewer.forgetPictures();
      await deleteVariant();
      await openCdn();
      const location = `${stack.endpoints.api}/resizer?key=${KEY}`;
      scripted = {
        ...answer,
        headers: { ...answer.headers, ...(Math.floor(answer.status / 100) === 3 ? { location } : {}) },
      };
      // The viewer who makes the CDN hold it.
      const first = await ask(`${elsewhere[stack.endpoints.cdn] ?? ""}/${KEY}`);
      assert.equal(first.status, answer.status);
      scripted = undefined;
      if (status === undefined || seconds === 0) {
        await assertPicture(await viewer.visit(url));
        return;
      }
      const meanwhile = await browser().visit(url);
      assert.deepEqual(meanwhile.hops, [String(status)]);
      clock += (seconds + 1) * 1000;
      const made = await viewer.visit(url);
      assert.deepEqual(made.hops, WRITTEN_ANEW);
      await assertPicture(made);
    });
  }

  it("is made anew where the CDN finds the origin gone and then back", async () => {
    await openCdn();
    const viewer = browser();
    await viewer.visit(url);
    viewer.forgetPictures();
    await deleteVariant();
    clock += 2 * MINUTE;
    const port = origin.port;
    await origin.close();
    // Rather an old picture than an error.
    await assertPicture(await viewer.visit(url));
    origin = await serve(port, answerAsOrigin);
    viewer.forgetPictures();
    clock += 11_000;
    assert.deepEqual((await viewer.visit(url)).hops, WRITTEN_ANEW);
  });

  it("is had again after a refusal of the function's that the browser keeps for a minute", async () => {
    await openCdn();
    const missing = url.replace("/0.jpg", "/later.jpg");
    const viewer = browser();
    assert.deepEqual((await viewer.visit(missing)).hops, ["307", "404"]);
    assert.deepEqual((await viewer.visit(missing)).hops, ["307", "404 (cache)"]);
    clock += 61_000;
    assert.deepEqual((await viewer.visit(missing)).hops, ["307", "404"]);
  });

  describe("would loop", () => {
    it("behind a CDN whose cache policy keeps everything for a while, which this test notices", async () => {
      await openCdn(
        stack.run.resources.map((resource) =>
          resource.type === "aws:cloudfront/cachePolicy:CachePolicy"
            ? { ...resource, inputs: { ...resource.inputs, minTtl: 3600 } }
            : resource,
        ),
      );
      await assert.rejects(browser().visit(url), /^Error: a redirect loop: 307, 301, 307, 301/);
    });

    it("in a browser that may keep the 301, which this test notices", async () => {
      let deleted = false;
      const server = await startServer(({ url }, response) => {
        if (url === "/api") response.writeHead(301, { location: "/picture" });
        else if (deleted) response.writeHead(307, { location: "/api" });
        else response.writeHead(200, { "cache-control": "no-store" });
        response.end();
      });
      const viewer = new Browser();
      await viewer.visit(`${server.url}/api`);
      deleted = true;
      await assert.rejects(viewer.visit(`${server.url}/picture`), /^Error: a redirect loop: 307, 301 \(cache\), 307/);
      await server.close();
    });
  });
});
