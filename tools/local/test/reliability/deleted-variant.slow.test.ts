import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { Cdn } from "../../cdn/cdn";
import { readDistribution } from "../../cdn/distribution";
import { HostTable } from "../../hosts";
import { endToEnd, type Headers } from "../../http/exchange";
import type { LocalServer } from "../../http/server";
import { type PartRequest, type Reply, serve, servePart } from "../../http/server";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { type LocalStack, startLocalStack } from "../../stack";
import { Trace } from "../../trace";
import { sdkClient } from "../s3/storage-helper";
import { ask, startServer } from "../support/http";
import { Browser } from "./support/browser";
import { originalsFolder } from "./support/images";

/** Response of the origin in place of its own. */
interface Scripted {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: string;
}

const KEY = "p/640w/0.jpg";
const MINUTE = 60_000;
const LIFETIME = { "cache-control": "max-age=60" };
const CREATED_AGAIN = ["307", "301", "200"];

describe("a variant that is deleted while a browser has its redirects", () => {
  let images: string;
  let stack: LocalStack;
  let s3: S3Client;
  let origin: LocalServer;
  let cdn: LocalServer | undefined;
  let clock = Date.now();
  let scripted: Scripted | undefined;
  /** URL of the image, which the test's own CDN serves instead of the stack's. */
  let url: string;
  const elsewhere: Record<string, string> = {};
  const now = () => clock;
  const browser = () => new Browser({ now, elsewhere });

  before(async () => {
    images = await originalsFolder(1);
    // A lifetime that both caches reach by the test's clock.
    stack = await startLocalStack({
      stack: "prod",
      port: 0,
      images,
      config: { "cdn.cacheControl": "public, max-age=60" },
    });
    s3 = sdkClient(stack.endpoints.s3, stack.accessKey);
    origin = await serve(0, respondAsOrigin);
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

  /** Responds as the stack's website, or as a test tells it. */
  async function respondAsOrigin({ message, target }: PartRequest): Promise<Reply> {
    if (scripted) return { headers: {}, ...scripted };
    const conditions = Object.entries(message.headers).filter(([name]) => name.startsWith("if-"));
    const response = await ask((stack.endpoints.website ?? "") + target, {
      headers: Object.fromEntries(conditions.map(([name, value]) => [name, String(value)])),
    });
    return { ...response, headers: endToEnd(response.headers) };
  }

  async function deleteVariant(): Promise<void> {
    await s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: KEY }));
  }

  /** Starts a CDN of the declared distribution, with an empty cache and the test's clock, instead of the last. */
  async function openCdn(resources: readonly RegisteredResource[] = stack.run.resources): Promise<void> {
    await cdn?.close();
    const distribution = readDistribution(resources);
    const hosts = new HostTable();
    hosts.add(distribution.behaviors[0]?.origins.primary.domainName ?? "", origin.port);
    const trace = new Trace();
    cdn = await servePart("cdn", trace, 0, new Cdn({ distribution, hosts, trace, now }).handle);
    elsewhere[stack.endpoints.cdn] = `http://localhost:${cdn.port}`;
  }

  async function assertCreatedAgain(client: Browser): Promise<void> {
    const visit = await client.visit(url);
    assert.deepEqual(visit.hops, CREATED_AGAIN);
    await assertImage(visit);
  }

  async function assertImage({ status, body }: { readonly status: number; readonly body: Buffer }): Promise<void> {
    assert.equal(status, 200);
    const { width, height } = await sharp(body).metadata();
    assert.deepEqual([width, height], [640, 480]);
  }

  it("is served by the browser's and the CDN's cache while they may keep it, and is created again after", async () => {
    await openCdn();
    const client = browser();
    assert.deepEqual((await client.visit(url)).hops, CREATED_AGAIN);
    await deleteVariant();
    assert.deepEqual((await client.visit(url)).hops, ["200 (cache)"]);
    client.forgetImages();
    const fromCdn = await client.visit(url);
    assert.deepEqual(fromCdn.hops, ["200"]);
    assert.equal(fromCdn.headers["x-cache"], "Hit from cloudfront");
    clock += 2 * MINUTE;
    await assertCreatedAgain(client);
  });

  const kept: Readonly<Record<string, { response: Scripted; seconds: number }>> = {
    "the website's 307": { response: { status: 307 }, seconds: 0 },
    "a 301 without Cache-Control": { response: { status: 301 }, seconds: 0 },
    "a 302 without Cache-Control": { response: { status: 302 }, seconds: 0 },
    "a 403": { response: { status: 403 }, seconds: 0 },
    "a 403 with a lifetime": { response: { status: 403, headers: LIFETIME }, seconds: 60 },
    "a 404": { response: { status: 404 }, seconds: 10 },
    "a 404 with a lifetime": { response: { status: 404, headers: LIFETIME }, seconds: 60 },
    "a 500": { response: { status: 500 }, seconds: 10 },
    "a 503": { response: { status: 503 }, seconds: 10 },
    "an empty 200": { response: { status: 200, headers: LIFETIME }, seconds: 60 },
  };
  for (const [what, { response, seconds }] of Object.entries(kept)) {
    it(`is created again once the CDN has forgotten ${what}, which takes ${seconds} s`, async () => {
      await openCdn();
      const client = browser();
      await client.visit(url);
      client.forgetImages();
      await deleteVariant();
      await openCdn();
      const { status } = response;
      const location = `${stack.endpoints.api}/resizer?key=${KEY}`;
      scripted = {
        ...response,
        headers: { ...response.headers, ...(status > 300 && status < 400 ? { location } : {}) },
      };
      // A request of another client, after which the CDN has the response.
      assert.equal((await ask(`${elsewhere[stack.endpoints.cdn] ?? ""}/${KEY}`)).status, status);
      scripted = undefined;
      if (seconds === 0) {
        await assertImage(await client.visit(url));
        return;
      }
      assert.deepEqual((await browser().visit(url)).hops, [String(status)]);
      clock += (seconds + 1) * 1000;
      await assertCreatedAgain(client);
    });
  }

  it("is created again where the CDN finds the origin unreachable and later reachable", async () => {
    await openCdn();
    const client = browser();
    await client.visit(url);
    client.forgetImages();
    await deleteVariant();
    clock += 2 * MINUTE;
    const port = origin.port;
    await origin.close();
    // An old image is better than an error.
    await assertImage(await client.visit(url));
    origin = await serve(port, respondAsOrigin);
    client.forgetImages();
    clock += 11_000;
    await assertCreatedAgain(client);
  });

  it("is served after an error of the function that the browser keeps for a minute", async () => {
    await openCdn();
    const missing = url.replace("/0.jpg", "/later.jpg");
    const client = browser();
    assert.deepEqual((await client.visit(missing)).hops, ["307", "404"]);
    assert.deepEqual((await client.visit(missing)).hops, ["307", "404 (cache)"]);
    clock += 61_000;
    assert.deepEqual((await client.visit(missing)).hops, ["307", "404"]);
  });

  describe("would loop", () => {
    it("behind a CDN whose cache policy keeps everything for a while, which the test notices", async () => {
      await openCdn(
        stack.run.resources.map((resource) =>
          resource.type === "aws:cloudfront/cachePolicy:CachePolicy"
            ? { ...resource, inputs: { ...resource.inputs, minTtl: 3600 } }
            : resource,
        ),
      );
      await assert.rejects(browser().visit(url), /^Error: a redirect loop: 307, 301, 307, 301/);
    });

    it("in a browser that may keep the 301, which the test notices", async () => {
      let deleted = false;
      const server = await startServer(({ url }, response) => {
        if (url === "/api") response.writeHead(301, { location: "/image" });
        else if (deleted) response.writeHead(307, { location: "/api" });
        else response.writeHead(200, { "cache-control": "no-store" });
        response.end();
      });
      try {
        const client = new Browser();
        await client.visit(`${server.url}/api`);
        deleted = true;
        await assert.rejects(client.visit(`${server.url}/image`), /^Error: a redirect loop: 307, 301 \(cache\), 307/);
      } finally {
        await server.close();
      }
    });
  });
});
