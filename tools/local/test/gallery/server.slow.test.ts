import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import type { Leg, OriginalsPage, Permission } from "../../gallery/contract";
import { type LocalStack, startLocalStack } from "../../stack";
import { administrator, follow, pathOf, statuses } from "../support/flow";
import { ask } from "../support/http";
import { makeOriginals } from "../support/originals";

describe("the gallery's server", () => {
  let images: string;
  let stack: LocalStack;
  let url: string;
  before(async () => {
    images = await makeOriginals();
    stack = await startLocalStack({ stack: "dev", port: 0, images, config: { "resizer.burstLimit": 1000 } });
    url = stack.endpoints.gallery;
  });
  after(async () => {
    await stack.close();
    await rm(images, { recursive: true });
  });

  async function json<T>(path: string, method = "GET", body?: unknown): Promise<T> {
    const answer = await ask(url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.equal(answer.status, 200, answer.body.toString());
    return JSON.parse(answer.body.toString()) as T;
  }

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
    assert.equal(await status("GET", "/stack", { host: host.replace("localhost", "127.0.0.1") }), 200);
    for (const [method, path] of [
      ["POST", "/permissions"],
      ["POST", "/try"],
      ["PUT", "/original?key=a.jpg"],
      ["DELETE", "/variants?key=a.jpg"],
    ] as const) {
      assert.equal(await status(method, path, { origin: "http://evil.example" }), 403, path);
      assert.equal(await status(method, path, { origin: "null" }), 403, path);
    }
    assert.equal(await status("POST", "/permissions", { origin: url }), 400);
  });

  it("lists originals in pages, and no variants", async () => {
    await follow(variant("p_1/640w/photo.jpg"));
    assert.equal(await administrator(stack).has("p_1/640w/photo.jpg"), true);
    const all = await json<OriginalsPage>("/originals");
    assert.deepEqual([all.total, all.originals.length, all.isMore], [19, 19, false]);
    assert.ok(!all.originals.some(({ key }) => key.includes("640w")));
    const photos = await json<OriginalsPage>("/originals?search=PHOTO.&after=p_1/PHOTO.JPG");
    assert.deepEqual(
      [photos.total, photos.originals.map(({ key }) => key)],
      [4, ["p_1/photo.jpg", "p_1/photo.png", "p_1/photo.webp"]],
    );
  });

  it("shows a page of sixty at a time", async () => {
    const objects = stack.storage.objects(stack.bucket);
    const keys = Array.from({ length: 70 }, (_, index) => `many/${String(index).padStart(2, "0")}.jpg`);
    const file = { size: 1, mtimeMs: 0 };
    for (const key of keys) objects.link(key, `${images}/top.jpg`, file, {});
    try {
      const first = await json<OriginalsPage>("/originals?search=many");
      assert.deepEqual([first.originals.length, first.total, first.isMore], [60, 70, true]);
      const rest = await json<OriginalsPage>(`/originals?search=many&after=${first.originals.at(-1)?.key ?? ""}`);
      assert.deepEqual([rest.originals.map(({ key }) => key), rest.isMore], [keys.slice(60), false]);
    } finally {
      for (const key of keys) await objects.delete(key);
    }
  });

  it("replaces an original: deletes its variants from the bucket and the CDN, with errors cached for them, and no others", async () => {
    const image = (red: number) =>
      sharp({ create: { width: 700, height: 700, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer();
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
    assert.equal((await ask(variant("p_1/640w/other.jpg"))).headers["x-cache"], "Hit from cloudfront");
    await administrator(stack).get("p_1/640w/other.jpg");
  });

  it("rejects a file that is no image by its name, and a key that S3 rejects", async () => {
    const put = async (key: string) => {
      const { status, body } = await ask(`${url}/original?key=${key}`, { method: "PUT", body: "x" });
      return [status, (JSON.parse(body.toString()) as { message: string }).message];
    };
    assert.deepEqual(await put("page.html"), [
      415,
      "page.html is no image by its name: originals are jpg, jpeg, png, webp and avif files.",
    ]);
    const [status, message] = await put(`${"x".repeat(1100)}.jpg`);
    assert.equal(status, 400);
    assert.match(String(message), /^S3 rejected x+\.jpg: /);
  });

  it("follows a path through the stack, as it was typed, and returns the answer of every hop", async () => {
    const legs = (path: string) => json<Leg[]>("/try", "POST", { path, accept: "*/*" });
    const made = await legs("p_2/640w/Käse & Brötchen.jpg");
    assert.deepEqual(
      made.map(({ status }) => status),
      [307, 301, 200],
    );
    assert.equal(made[0]?.url, variant("p_2/640w/Käse & Brötchen.jpg").replace("%26", "&"));
    assert.equal(made[1]?.headers["cache-control"], "no-store");
    assert.equal(made[2]?.headers["content-type"], "image/jpeg");
    assert.equal(made[2].text, undefined);
    const chained = await legs("/p_1/640w/640w/photo.jpg");
    assert.deepEqual(
      chained.map(({ status }) => status),
      [307, 400],
    );
    assert.match(chained[1]?.text ?? "", /^\{"error":"malformed-key","message":"The key is chained/);
    assert.deepEqual(
      (await legs("/p_1/../640w/top.jpg")).map(({ status }) => status),
      [307, 400],
    );
    assert.equal((await ask(`${url}/try`, { method: "POST", body: '{"path":"/x","accept":"a\\nb"}' })).status, 400);
  });

  it("denies and restores what the policies allow: the flow fails as on AWS, and then succeeds", async () => {
    const permissions = await json<Permission[]>("/permissions");
    const role = permissions[0]?.who ?? "";
    assert.deepEqual(
      permissions.map(({ id, denied }) => [id, denied]),
      [
        [`${role} s3:GetObject`, false],
        [`${role} s3:PutObject`, false],
        [`${role} s3:AbortMultipartUpload`, false],
        [`${role} s3:PutObjectTagging`, false],
        ["everyone s3:GetObject", false],
      ],
    );
    const set = async (id: string, denied: boolean) => {
      const after = await json<Permission[]>("/permissions", "POST", { id, denied });
      assert.deepEqual(
        after.filter((one) => one.denied).map((one) => one.id),
        denied ? [id] : [],
      );
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
    assert.equal(
      (await ask(`${url}/permissions`, { method: "POST", body: '{"id":"unknown","denied":true}' })).status,
      404,
    );
  });

  it("sends every hop as it happens, and what a page has missed when it reconnects", async () => {
    const path = "GET /p_1/200x150/other.jpg";
    const listening = seenUntil(url, path);
    await ask(variant("p_1/200x150/other.jpg"));
    const seen = await listening;
    const hop = seen.find(({ data }) => data.includes('"part":"cdn"') && data.includes(path));
    assert.equal(hop?.event, "hop");
    const { requestHeaders, responseHeaders, entry, status } = JSON.parse(hop.data) as Record<string, unknown>;
    assert.deepEqual([entry, status, requestHeaders], [true, 307, {}]);
    assert.deepEqual(responseHeaders, {
      location: `${stack.endpoints.api}/resizer?key=p_1/200x150/other.jpg`,
      "x-cache": "Miss from cloudfront",
    });

    await ask(variant("p_1/200x150/sideways.jpg"));
    const missed = await seenUntil(url, "200x150/sideways.jpg", hop.id);
    assert.ok(missed.every(({ id }) => Number(id.split("-")[1]) > Number(hop.id.split("-")[1])));
    const everything = await seenUntil(url, "200x150/sideways.jpg", "other-9999999");
    assert.ok(everything.length > missed.length);
  });
});

/** Connects to the events and returns them up to the CDN's hop of a path. */
async function seenUntil(url: string, path: string, lastEventId = "") {
  const response = await fetch(`${url}/events`, { headers: { "last-event-id": lastEventId } });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  const seen: { readonly id: string; readonly event: string; readonly data: string }[] = [];
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id, event = "", data = ""] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (id !== undefined) seen.push({ id, event, data });
    }
    if (seen.some(({ data }) => data.includes('"part":"cdn"') && data.includes(path))) return seen;
  }
  return assert.fail("the events ended");
}
