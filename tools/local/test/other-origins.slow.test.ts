import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../stack";
import type { RegisteredResource } from "@image-resizer/lib/program";
import type { Hop } from "../trace";
import { launchBrowser, NO_LIMIT } from "./support/browser";
import { freedAfterAll } from "./support/freed";
import { startServer, type TestServer } from "./support/http";

const BASE = {
  sizes: ["400x300", "200x150", "80w"],
  formats: ["webp"],
  "cdn.validateAtEdge": true,
  "resizer.rateLimit": 1000,
  "resizer.burstLimit": 1000,
};

/** A page of a shop: what a script there makes of an image, or the error that it gets. */
const PAGE = `<!doctype html><title>A shop</title><script>
  const orError = (work) => work.catch((error) => error.name + ": " + error.message);
  const read = (url) => orError((async () => {
    const response = await fetch(url);
    if (!response.ok) return [response.status, (await response.json()).error];
    const etag = response.headers.get("etag");
    const { width, height } = await createImageBitmap(await response.blob());
    return [response.status, width, height, /^"[0-9a-f]{32}"$/.test(etag)];
  })());
  const show = (url, crossOrigin) => orError((async () => {
    const image = new Image();
    image.crossOrigin = crossOrigin;
    image.src = url;
    await image.decode();
    return image;
  })());
  const draw = (url, crossOrigin) => orError((async () => {
    const image = await show(url, crossOrigin);
    if (typeof image === "string") return image;
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const colour = (x) => {
      const [red, green, blue] = context.getImageData(canvas.width * x, canvas.height / 2, 1, 1).data;
      return [red, green, blue].map((value) => (value > 240 ? "f" : value < 15 ? "0" : "?")).join("");
    };
    return [canvas.width, canvas.height, colour(0.25), colour(0.75)];
  })());
</script>`;

const UNREAD = "TypeError: Failed to fetch";
const UNDECODED = "EncodingError: The source image cannot be decoded.";
const TAINTED =
  "SecurityError: Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The canvas has been tainted by cross-origin data.";

describe("a page on another origin, in a browser", () => {
  const free = freedAfterAll();
  let images: string;
  let browser: Browser;
  let shop: TestServer;
  let stranger: TestServer;
  before(async () => {
    const serve = () =>
      startServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE));
    images = await redAndBlue();
    free(() => rm(images, { recursive: true }));
    browser = await launchBrowser();
    free(() => browser.close());
    [shop, stranger] = [await serve(), await serve()];
    for (const server of [shop, stranger]) free(() => server.close());
  });

  let page: Page;
  afterEach(() => page.context().close());

  /** Opens a page with a cache of its own. */
  async function open({ url }: TestServer): Promise<void> {
    const context = await browser.newContext();
    context.setDefaultTimeout(NO_LIMIT);
    page = await context.newPage();
    await page.goto(url);
  }

  /** A stack for one suite, changed after its program if need be. */
  function serve(config: () => Readonly<Record<string, unknown>>, resources?: LocalStackOptions["resources"]) {
    const freeStack = freedAfterAll();
    let stack: LocalStack;
    const hops: Hop[] = [];
    before(async () => {
      const options = { stack: "dev", port: 0, images, config: { ...BASE, ...config() } };
      stack = await startLocalStack(resources ? { ...options, resources } : options);
      freeStack(() => stack.close());
      stack.trace.listen((hop) => hops.push(hop));
    });
    const run = (call: string, key: string, more = "") =>
      page.evaluate<unknown>(`${call}(${JSON.stringify(`${stack.endpoints.cdn}/${key}`)}${more})`);
    return {
      read: (key: string) => run("read", key),
      draw: (key: string) => run("draw", key, ', "anonymous"'),
      drawPlain: (key: string) => run("draw", key, ", null"),
      /** The hops of what browsers asked while `work` went on: part, status, `Origin`, `Access-Control-Allow-Origin`. */
      hopsOf: async (work: () => Promise<unknown>) => {
        hops.length = 0;
        await work();
        return hops
          .filter(({ part, entry }) => entry && (part === "cdn" || part === "api"))
          .map(({ part, status, requestHeaders, responseHeaders }) => [
            part,
            status,
            requestHeaders?.origin,
            responseHeaders?.["access-control-allow-origin"],
          ]);
      },
    };
  }

  for (const delivery of ["redirect", "failover"]) {
    describe(`where every origin may read, with delivery ${delivery}`, () => {
      const { read, draw, drawPlain, hopsOf } = serve(() => ({ "cdn.delivery": delivery, "cdn.corsOrigins": ["*"] }));

      it("reads a miss through all its hops, and then a hit", async () => {
        await open(stranger);
        const miss = await hopsOf(async () => {
          assert.deepEqual(await read("p_1/400x300/flag.png"), [200, 400, 300, true]);
        });
        assert.deepEqual(
          miss,
          delivery === "redirect"
            ? [
                ["cdn", 307, stranger.url, "*"],
                // Redirected from one origin to another, browsers name none.
                ["api", 301, "null", "*"],
                ["cdn", 200, "null", "*"],
              ]
            : [["cdn", 200, stranger.url, "*"]],
        );
        await page.context().close();
        await open(shop);
        const hit = await hopsOf(async () => {
          assert.deepEqual(await read("p_1/400x300/flag.png"), [200, 400, 300, true]);
        });
        assert.deepEqual(hit, [["cdn", 200, shop.url, "*"]]);
      });

      it("draws a miss and a hit on a canvas and reads the pixels", async () => {
        for (let visit = 0; visit < 2; visit++) {
          await open(shop);
          assert.deepEqual(await draw("p_1/200x150/flag.png"), [200, 150, "f00", "00f"]);
          if (visit === 0) await page.context().close();
        }
      });

      it("reads why there is no variant: from the edge, and from the API, also after it was asked without crossorigin", async () => {
        await open(shop);
        assert.deepEqual(await read("p_1/123w/flag.png"), [404, "size-not-allowed"]);
        assert.equal(await drawPlain("p_1/80w/nothing.png"), UNDECODED);
        assert.deepEqual(await read("p_1/80w/nothing.png"), [404, "original-not-found"]);
      });

      it("draws an image that was shown without crossorigin before, and not without it", async () => {
        await open(shop);
        assert.equal(await drawPlain("p_1/80w/flag.png"), TAINTED);
        assert.deepEqual(await draw("p_1/80w/flag.png"), [80, 60, "f00", "00f"]);
        assert.deepEqual(await read("p_1/80w/flag.png"), [200, 80, 60, true]);
      });
    });
  }

  describe("where listed origins may read", () => {
    const { read, draw, drawPlain, hopsOf } = serve(() => ({
      "cdn.delivery": "failover",
      "cdn.corsOrigins": [shop.url],
    }));

    it("reads and draws a miss and a hit from a listed origin", async () => {
      await open(shop);
      const hops = await hopsOf(async () => {
        assert.deepEqual(await read("p_1/400x300/flag.png"), [200, 400, 300, true]);
        assert.deepEqual(await draw("p_1/200x150/flag.png"), [200, 150, "f00", "00f"]);
      });
      assert.deepEqual(hops, [
        ["cdn", 200, shop.url, shop.url],
        ["cdn", 200, shop.url, shop.url],
      ]);
      assert.deepEqual(await read("p_1/123w/flag.png"), [404, "size-not-allowed"]);
    });

    it("neither reads nor draws from another, be it a miss or a hit, and shows images", async () => {
      await open(stranger);
      for (const key of ["p_1/80w/flag.png", "p_1/80w/flag.png", "p_1/123w/flag.png"]) {
        assert.equal(await read(key), UNREAD);
      }
      assert.equal(await draw("p_1/80w/flag.png"), UNDECODED);
      assert.equal(await drawPlain("p_1/80w/flag.png"), TAINTED);
    });
  });

  describe("where listed origins would be all that a redirected miss is told, which config rejects", () => {
    const listed = ({ inputs, ...rest }: RegisteredResource) => ({
      ...rest,
      inputs: JSON.parse(JSON.stringify(inputs).replaceAll('["*"]', JSON.stringify([shop.url]))) as typeof inputs,
    });
    const speaks = /:(Api|ResponseHeadersPolicy)$/;
    const { read, hopsOf } = serve(
      () => ({ "cdn.delivery": "redirect", "cdn.corsOrigins": ["*"] }),
      (declared) => declared.map((resource) => (speaks.test(resource.type) ? listed(resource) : resource)),
    );

    it("reads hits, and no miss: the API is asked by nobody that it knows", async () => {
      await open(shop);
      const hops = await hopsOf(async () => {
        assert.equal(await read("p_1/400x300/flag.png"), UNREAD);
      });
      assert.deepEqual(hops, [
        ["cdn", 307, shop.url, shop.url],
        ["api", 301, "null", undefined],
      ]);
      assert.deepEqual(await read("p_1/400x300/flag.png"), [200, 400, 300, true]);
    });
  });

  for (const delivery of ["redirect", "failover"]) {
    describe(`where no other origin may read, with delivery ${delivery}`, () => {
      const { read, draw, drawPlain } = serve(() => ({ "cdn.delivery": delivery }));

      it("neither reads nor draws, and shows images", async () => {
        await open(shop);
        for (let time = 0; time < 2; time++) assert.equal(await read("p_1/400x300/flag.png"), UNREAD);
        assert.equal(await read("p_1/123w/flag.png"), UNREAD);
        assert.equal(await draw("p_1/200x150/flag.png"), UNDECODED);
        assert.equal(await drawPlain("p_1/200x150/flag.png"), TAINTED);
      });
    });
  }
});

/** A folder with one original, half red and half blue. */
async function redAndBlue(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "originals-"));
  const half = (background: string) => sharp({ create: { width: 400, height: 600, channels: 3, background } });
  const flag = await half("#f00").extend({ right: 400, background: "#00f" }).png().toBuffer();
  await mkdir(path.join(folder, "p_1"));
  await writeFile(path.join(folder, "p_1", "flag.png"), flag);
  return folder;
}
