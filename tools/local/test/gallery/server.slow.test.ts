import assert from "node:assert/strict";
import { rm, stat } from "node:fs/promises";
import sharp from "sharp";
import type { Crop, Leg, OriginalDetails, OriginalsPage, Permission } from "../../gallery/contract";
import { EXTENSIONS } from "../../s3/originals";
import { type LocalStack, startLocalStack } from "../../stack";
import { administrator, follow, pathOf, statuses } from "../support/flow";
import { freedAfterAll } from "../support/freed";
import { seenUntil } from "../support/gallery-events";
import { ask } from "../support/http";
import { makeOriginals } from "../support/originals";

const MAX_INPUT_BYTES = 100_000;
const CONFIG = { "resizer.burstLimit": 1000, "image.maxInputBytes": MAX_INPUT_BYTES };

describe("the gallery's server", () => {
  let images: string;
  let stack: LocalStack;
  let url: string;
  const free = freedAfterAll();
  before(async () => {
    images = await makeOriginals();
    free(() => rm(images, { recursive: true }));
    stack = await startLocalStack({ stack: "dev", port: 0, images, config: CONFIG });
    free(() => stack.close());
    url = stack.endpoints.gallery;
  });

  async function json<T>(path: string, method = "GET", body?: unknown): Promise<T> {
    const answer = await ask(url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.equal(answer.status, 200, answer.body.toString());
    return JSON.parse(answer.body.toString()) as T;
  }

  const image = (red: number) =>
    sharp({ create: { width: 700, height: 700, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .png()
      .toBuffer();
  const variant = (key: string) => stack.endpoints.cdn + pathOf(key);

  it("lets the page run its own script and style only, and reach the stack only", async () => {
    const { headers, body } = await ask(url);
    const { cdn, api, website, s3 } = stack.endpoints;
    assert.deepEqual(headers["content-security-policy"]?.toString().split("; "), [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `img-src 'self' ${cdn} ${new URL(api).origin} ${website} ${s3}`,
      `connect-src 'self' ${cdn} ${new URL(api).origin} ${website} ${s3}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.doesNotMatch(body.toString(), /<script(?! src="\/gallery\.js")|<style|style=|\son\w+=|https?:/);
    const types = await Promise.all(
      ["/gallery.js", "/gallery.css", "/icon.svg"].map(async (path) => (await ask(url + path)).headers["content-type"]),
    );
    assert.deepEqual(types, ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml"]);
    assert.equal((await ask(`${url}/page/main.ts`)).status, 404);
  });

  it("rejects other host names, and changes by other sites", async () => {
    const status = async (method: string, path: string, headers: Record<string, string>) =>
      (await ask(url + path, { method, headers, body: method === "GET" ? "" : "{}" })).status;
    const { host } = new URL(url);
    assert.equal(await status("GET", "/stack", { host: "evil.example" }), 403);
    assert.equal(await status("GET", "/stack", { host: "localhost.evil.example:80" }), 403);
    for (const own of [host.replace("localhost", "127.0.0.1"), "localhost:9000"]) {
      assert.equal(await status("GET", "/stack", { host: own }), 200);
    }
    for (const [method, path] of [
      ["POST", "/permissions"],
      ["POST", "/try"],
      ["PUT", "/original?key=a.jpg"],
      ["DELETE", "/variants?key=a.jpg"],
      ["DELETE", "/original?key=a.jpg"],
    ] as const) {
      assert.equal(await status(method, path, { origin: "http://evil.example" }), 403, path);
      assert.equal(await status(method, path, { origin: "null" }), 403, path);
    }
    assert.equal(await status("POST", "/permissions", { origin: url }), 400);
  });

  it("lists the first originals, and no variants", async () => {
    await follow(variant("p_1/640w/photo.jpg"));
    assert.equal(await administrator(stack).has("p_1/640w/photo.jpg"), true);
    const all = await json<OriginalsPage>("/originals?count=60");
    assert.deepEqual([all.total, all.originals.length], [19, 19]);
    assert.ok(!all.originals.some(({ key }) => key.includes("640w")));
    const photos = await json<OriginalsPage>("/originals?search=PHOTO.&count=3");
    assert.deepEqual(
      [photos.total, photos.originals.map(({ key }) => key)],
      [4, ["p_1/PHOTO.JPG", "p_1/photo.jpg", "p_1/photo.png"]],
    );
    assert.equal((await ask(`${url}/originals?count=-1`)).status, 400);
  });

  it("replaces an original: deletes its variants from the bucket and the CDN, with errors cached for them, and no others", async () => {
    const put = async (red: number) => {
      const response = await fetch(`${url}/original?key=${encodeURIComponent("new/a b.png")}`, {
        method: "PUT",
        body: new Uint8Array(await image(red)),
      });
      assert.equal(response.status, 200, await response.text());
    };
    const red = async () => {
      const answer = (await follow(variant("new/640w/a b.png"))).at(-1);
      assert.equal(answer?.status, 200);
      return (await sharp(answer.body).stats()).channels[0]?.mean;
    };
    await follow(variant("p_1/640w/other.jpg"));
    // The error is cacheable for a minute.
    assert.deepEqual(statuses(await follow(variant("new/640w/a b.png"))), [307, 404]);
    await put(50);
    assert.equal(await red(), 50);
    await put(200);
    assert.equal(await administrator(stack).has("new/640w/a b.png"), false);
    assert.equal(await red(), 200);
    assert.equal((await administrator(stack).get("new/a b.png")).ContentType, "image/png");
    // It is the latest.
    assert.equal((await json<OriginalsPage>("/originals?count=1")).originals[0]?.key, "new/a b.png");
    assert.equal((await ask(variant("p_1/640w/other.jpg"))).headers["x-cache"], "Hit from cloudfront");
    await administrator(stack).get("p_1/640w/other.jpg");
  });

  it("rejects what the stack cannot resize, and a key that S3 rejects", async () => {
    const put = async (key: string, body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`${url}/original?key=${key}`, { method: "PUT", body });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    const sentence = `page.html is no image by its name: originals are ${EXTENSIONS} files.`;
    assert.deepEqual(await put("page.html", "x"), [415, sentence]);
    const [unread, reason] = await put("a/x.jpg", "%PDF-");
    assert.equal(unread, 415);
    assert.match(String(reason), /^a\/x\.jpg is not uploaded: The original is a PDF document: /);
    const large = await put("a/x.jpg", new Uint8Array(MAX_INPUT_BYTES + 1));
    assert.deepEqual(large, [413, `a/x.jpg is not uploaded: it is larger than ${MAX_INPUT_BYTES} bytes.`]);
    assert.equal(await administrator(stack).has("a/x.jpg"), false);
    const [status, message] = await put(`${"x".repeat(1100)}.jpg`, new Uint8Array(await image(1)));
    assert.equal(status, 400);
    assert.match(String(message), /^S3 rejected x+\.jpg: /);
  });

  it("describes an original, with those beside it, and deletes it with its variants", async () => {
    const details = (key: string, search = "") => {
      return json<OriginalDetails>(`/original?${new URLSearchParams({ key, search }).toString()}`);
    };
    const { size } = await stat(`${images}/p_1/sideways.jpg`);
    assert.deepEqual(await details("p_1/sideways.jpg", "p_1"), {
      key: "p_1/sideways.jpg",
      bytes: size,
      width: 600,
      height: 800,
      previous: "p_1/photo.webp",
    });
    await follow(variant("p_1/640w/sideways.jpg"));
    await json("/original?key=p_1/sideways.jpg", "DELETE");
    assert.deepEqual(await administrator(stack).keys("p_1/640w/sideways"), []);
    assert.deepEqual(statuses(await follow(variant("p_1/640w/sideways.jpg"))), [307, 404]);
    const gone = await ask(`${url}/original?key=p_1/sideways.jpg`);
    assert.deepEqual(
      [gone.status, gone.body.toString()],
      [404, JSON.stringify({ message: "There is no original p_1/sideways.jpg." })],
    );
    // The file of the user stays.
    await stat(`${images}/p_1/sideways.jpg`);
  });

  it("returns images by their paths in the original's format, and crops of an original", async () => {
    const { headers } = await ask(`${url}/image?path=/p_1/640w/photo.png`);
    assert.equal(headers["content-type"], "image/png");
    assert.equal((await ask(`${url}/image?path=/p_1/641w/photo.png`)).status, 404);
    assert.equal((await ask(`${url}/preview?key=p_1/photo.webp`)).headers["content-type"], "image/webp");
    const [, centre] = await json<Crop[]>("/crops?key=p_1/photo.png&size=200x200");
    assert.deepEqual(centre, { position: "centre", left: 100, top: 0, width: 600, height: 600 });
    assert.equal((await ask(`${url}/crops?key=p_1/photo.png&size=large`)).status, 400);
  });

  it("follows a path through the stack, as it was typed, and returns the answer of every hop", async () => {
    const legs = (path: string) => json<Leg[]>("/try", "POST", { path, accept: "*/*" });
    const made = await legs("p_2/640w/Käse & Brötchen.jpg");
    assert.deepEqual(statuses(made), [307, 301, 200]);
    assert.equal(made[0]?.url, variant("p_2/640w/Käse & Brötchen.jpg").replace("%26", "&"));
    assert.equal(made[1]?.headers["cache-control"], "no-store");
    assert.equal(made[2]?.headers["content-type"], "image/jpeg");
    assert.equal(made[2].text, undefined);
    const chained = await legs("/p_1/640w/640w/photo.jpg");
    assert.deepEqual(statuses(chained), [307, 400]);
    assert.match(chained[1]?.text ?? "", /^\{"error":"malformed-key","message":"The key is chained/);
    assert.deepEqual(statuses(await legs("/p_1/../640w/top.jpg")), [307, 400]);
    assert.equal((await ask(`${url}/try`, { method: "POST", body: '{"path":"/x","accept":"a\\nb"}' })).status, 400);
  });

  it("denies and restores what the policies allow: the flow fails as on AWS, and then succeeds", async () => {
    const permissions = await json<Permission[]>("/permissions");
    const role = permissions[0]?.who ?? "";
    const actions = ["GetObject", "PutObject", "AbortMultipartUpload", "PutObjectTagging"];
    assert.deepEqual(
      permissions.map(({ id }) => id),
      [...actions.map((action) => `${role} s3:${action}`), "everyone s3:GetObject"],
    );
    const set = async (id: string, denied: boolean) => {
      const all = await json<Permission[]>("/permissions", "POST", { id, denied });
      assert.equal(all.flatMap((one) => (one.denied ? [one.id] : [])).join(), denied ? id : "");
    };
    const walk = async () => statuses(await follow(variant("p_1/360x270/photo.jpg")));
    for (const [id, answers] of [
      [`${role} s3:GetObject`, [307, 404]],
      [`${role} s3:PutObject`, [307, 500]],
      ["everyone s3:GetObject", [403]],
    ] as const) {
      await set(id, true);
      assert.deepEqual(await walk(), answers, id);
      await set(id, false);
      // An error that the CDN has cached goes with the variants.
      await json(`/variants?key=p_1/photo.jpg`, "DELETE");
    }
    assert.deepEqual(await walk(), [307, 301, 200]);
    const unknown = await ask(`${url}/permissions`, { method: "POST", body: '{"id":"unknown","denied":true}' });
    assert.equal(unknown.status, 404);
  });

  it("sends every hop as it happens, and what a page has missed when it reconnects", async () => {
    const listening = seenUntil(url, "GET /p_1/200x150/other.jpg");
    await follow(variant("p_1/200x150/other.jpg"));
    const seen = await listening;
    const [redirect, delivery] = seen.filter(
      ({ hop }) => hop.part === "cdn" && hop.what.endsWith("/200x150/other.jpg"),
    );
    assert.ok(redirect && delivery);
    const { entry, status, requestHeaders, responseHeaders, originalBytes } = redirect.hop;
    assert.deepEqual([entry, status, requestHeaders, originalBytes], [true, 307, {}, undefined]);
    assert.deepEqual(responseHeaders, {
      location: `${stack.endpoints.api}/resizer?key=p_1/200x150/other.jpg`,
      "x-cache": "Miss from cloudfront",
    });
    assert.equal(delivery.hop.originalBytes, (await stat(`${images}/p_1/other.jpg`)).size);

    await follow(variant("p_1/200x150/photo.jpg"));
    const missed = await seenUntil(url, "GET /p_1/200x150/photo.jpg", delivery.id);
    assert.ok(missed.every(({ id }) => Number(id.split("-")[1]) > Number(delivery.id.split("-")[1])));
    const everything = await seenUntil(url, "GET /p_1/200x150/photo.jpg", "other-9999999");
    assert.ok(everything.length > missed.length);
  });
});
