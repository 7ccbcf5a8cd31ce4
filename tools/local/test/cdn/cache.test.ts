import assert from "node:assert/strict";
import type { RequestListener, ServerResponse } from "node:http";
import type { CdnOptions } from "../../cdn/cdn";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { cacheResult, respond, startCdn } from "../support/cdn";
import { freedAfterEach } from "../support/freed";
import { cachePolicy, distribution } from "../support/resources";

const PNG = Buffer.from("0123456789");
const ok: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "image/png", "cache-control": "max-age=100", etag: '"one"' }).end(PNG);
};

describe("the cache of the local CDN", () => {
  const free = freedAfterEach();
  const start = (
    website: RequestListener,
    resources: readonly RegisteredResource[] = [cachePolicy(), distribution()],
    options: Partial<CdnOptions> = {},
  ) => startCdn(free, resources, { website }, options);

  describe("caching", () => {
    it("asks the origin once and says how old the copy is", async () => {
      const { get, seen, clock } = await start(ok);
      const first = await get("/a.png");
      clock.now += 99_999;
      const second = await get("/a.png");
      clock.now += 1;
      const third = await get("/a.png");
      assert.deepEqual([first, second, third].map(cacheResult), ["Miss", "Hit", "Miss"]);
      assert.deepEqual([first.headers.age, second.headers.age, third.headers.age], [undefined, "99", undefined]);
      assert.deepEqual(second.body, PNG);
      assert.equal(second.headers["content-length"], "10");
      assert.equal(second.headers.via, "1.1 d123.cloudfront.net (CloudFront)");
      assert.equal(seen.length, 2);
    });

    it("revalidates a stale object by its ETag, and adopts the origin's new headers", async () => {
      const { get, seen, clock } = await start((request, response) => {
        if (request.headers["if-none-match"] !== '"one"') ok(request, response);
        else response.writeHead(304, { "cache-control": "max-age=500", etag: '"one"' }).end();
      });
      await get("/a.png");
      clock.now += 100_000;
      const refreshed = await get("/a.png");
      clock.now += 499_000;
      const hit = await get("/a.png");
      assert.deepEqual([refreshed, hit].map(cacheResult), ["RefreshHit", "Hit"]);
      assert.deepEqual([refreshed.status, refreshed.body], [200, PNG]);
      assert.equal(refreshed.headers["content-type"], "image/png");
      assert.equal(hit.headers["cache-control"], "max-age=500");
      assert.equal(seen.length, 2);
    });

    it("serves a stale object when the origin fails, and leaves the origin alone for a while", async () => {
      let broken = false;
      const { get, seen, clock } = await start((request, response) => {
        (broken ? respond(503) : ok)(request, response);
      });
      await get("/a.png");
      broken = true;
      clock.now += 200_000;
      assert.equal((await get("/a.png")).status, 200);
      clock.now += 9_999;
      assert.equal((await get("/a.png")).status, 200);
      assert.equal(seen.length, 2);
      broken = false;
      clock.now += 1;
      assert.equal(cacheResult(await get("/a.png")), "Miss");
    });

    it("removes what was used least recently when it holds too much", async () => {
      const big = Buffer.alloc(100_000);
      const { get } = await start(
        (_request, response) => response.writeHead(200, { "cache-control": "max-age=100" }).end(big),
        undefined,
        { maxCacheBytes: 250_000 },
      );
      for (const path of ["/a", "/b", "/a", "/c"]) await get(path);
      const results = [];
      for (const path of ["/a", "/c", "/b"]) results.push(cacheResult(await get(path)));
      assert.deepEqual(results, ["Hit", "Hit", "Miss"]);
    });

    it("serves HEAD from a GET's copy, and fetches the whole for a HEAD that misses", async () => {
      const { get, seen } = await start(ok);
      const head = await get("/a.png", { method: "HEAD" });
      assert.deepEqual([head.headers["content-length"], head.body.length], ["10", 0]);
      assert.equal(cacheResult(await get("/a.png")), "Hit");
      const again = await get("/a.png", { method: "HEAD" });
      assert.deepEqual([cacheResult(again), again.headers["content-length"]], ["Hit", "10"]);
      assert.deepEqual(
        seen.map(({ method }) => method),
        ["GET"],
      );
    });
  });

  describe("requests for one object at a time", () => {
    const fresh = (response: ServerResponse, body: string) => {
      response.writeHead(200, { "cache-control": "max-age=100" }).end(body);
    };

    /** A CDN whose origin holds its first responses back: `asked` resolves when all are wanted, `held` sends them. */
    async function startLate(count: number, send = fresh) {
      const held: (() => void)[] = [];
      let notice: () => void;
      const asked = new Promise<void>((resolve) => (notice = resolve));
      const cdn = await start((_request, response) => {
        if (held.length === count) {
          send(response, "new");
          return;
        }
        const body = count === 1 ? "old" : `old ${held.length}`;
        held.push(() => {
          send(response, body);
        });
        if (held.length === count) notice();
      });
      return { ...cdn, held, asked };
    }
    const bodies = (answers: readonly { readonly body: Buffer }[]) => answers.map(({ body }) => body.toString());

    it("share one request to the origin", async () => {
      const { get, seen, held, asked } = await startLate(1);
      const answers = Array.from({ length: 20 }, () => get("/a.png"));
      await asked;
      held[0]?.();
      assert.deepEqual(new Set(bodies(await Promise.all(answers))), new Set(["old"]));
      assert.deepEqual((await Promise.all(answers)).map(cacheResult).sort(), [
        ...Array<string>(19).fill("Hit"),
        "Miss",
      ]);
      assert.equal(seen.length, 1);
    });

    it("do not share what may not be cached", async () => {
      let count = 0;
      const { get, held, asked } = await startLate(1, (response) =>
        response.writeHead(200, { "cache-control": "private, no-store" }).end(String(count++)),
      );
      const answers = [get("/a"), get("/a"), get("/a")];
      await asked;
      held[0]?.();
      assert.deepEqual(bodies(await Promise.all(answers)).sort(), ["0", "1", "2"]);
    });

    it("find nothing after an invalidation", async () => {
      const { get, seen, invalidate } = await start(ok);
      await get("/a.png");
      await get("/b.png");
      invalidate("/a.png");
      assert.deepEqual([await get("/a.png"), await get("/b.png")].map(cacheResult), ["Miss", "Hit"]);
      assert.equal(seen.length, 3);
    });

    it("do not get a response that was under way at an invalidation, nor is it stored", async () => {
      const { get, seen, held, asked, invalidate } = await startLate(1);
      const before = get("/a.png");
      await asked;
      invalidate("/a.png");
      const after = await get("/a.png");
      held[0]?.();
      assert.deepEqual(bodies([await before, after]), ["old", "new"]);
      const last = await get("/a.png");
      assert.deepEqual([last.body.toString(), cacheResult(last)], ["new", "Hit"]);
      assert.equal(seen.length, 2);
    });

    it("ask again after an invalidation while the first waits, of this object alone", async () => {
      const { get, seen, held, asked, invalidate } = await startLate(2);
      const a = get("/a.png");
      const b = get("/b.png");
      await asked;
      invalidate("/a.png");
      for (const send of held) send();
      const [, old = ""] = bodies(await Promise.all([a, b]));
      assert.deepEqual(bodies([await get("/a.png"), await get("/b.png")]), ["new", old]);
      assert.equal(seen.length, 3);
    });
  });

  describe("time to live", () => {
    type Case = readonly [
      what: string,
      limits: Readonly<Record<string, number>>,
      status: number,
      headers: Record<string, string>,
      seconds: number,
    ];
    const zero = {};
    const day = { defaultTtl: 86_400 };
    const min60 = { minTtl: 60 };
    const cases: Case[] = [
      ["max-age", zero, 200, { "cache-control": "max-age=30" }, 30],
      ["s-maxage before max-age", zero, 200, { "cache-control": "max-age=30, s-maxage=90" }, 90],
      ["max-age above the maximum", { maxTtl: 20 }, 200, { "cache-control": "max-age=30" }, 20],
      ["max-age below the minimum", min60, 200, { "cache-control": "max-age=30" }, 60],
      ["Expires", zero, 200, { date: new Date(0).toUTCString(), expires: new Date(40_000).toUTCString() }, 40],
      ["nothing, default 0", zero, 200, {}, 0],
      ["nothing, default a day", day, 200, {}, 86_400],
      ["nothing, minimum above the default", min60, 200, {}, 60],
      ["no-store", day, 200, { "cache-control": "no-store" }, 0],
      ["no-store with a minimum", min60, 200, { "cache-control": "no-store" }, 60],
      ["private with max-age", zero, 200, { "cache-control": "private, max-age=30" }, 0],
      ["No-Cache", day, 200, { "cache-control": "No-Cache" }, 0],
      ["no-cache with a minimum", min60, 200, { "cache-control": "no-cache" }, 60],
      ["Vary: *", day, 200, { vary: "*" }, 0],
      ["301, default a day", day, 301, { location: "/b" }, 86_400],
      ["302, default 0", zero, 302, { location: "/b" }, 0],
      ["307 without Cache-Control", day, 307, { location: "/b" }, 0],
      ["307 with Cache-Control", zero, 307, { location: "/b", "cache-control": "max-age=30" }, 30],
      ["307 with a minimum", min60, 307, { location: "/b" }, 60],
      ["404", zero, 404, {}, 10],
      ["404 with a shorter max-age", zero, 404, { "cache-control": "max-age=5" }, 10],
      ["404 with a longer max-age", zero, 404, { "cache-control": "max-age=30" }, 30],
      ["500 with an error caching minimum of its own", zero, 500, {}, 1],
      ["503 with no-store", zero, 503, { "cache-control": "no-store" }, 10],
      ["403", zero, 403, {}, 0],
      ["403 with max-age", zero, 403, { "cache-control": "max-age=30" }, 30],
      ["413 with max-age", zero, 413, { "cache-control": "max-age=30" }, 0],
    ];
    const customErrorResponses = [{ errorCode: 500, errorCachingMinTtl: 1 }];
    for (const [what, limits, status, headers, seconds] of cases) {
      it(`${what}: ${seconds} s`, async () => {
        const { get, seen, clock } = await start(respond(status, headers), [
          cachePolicy(limits),
          distribution({ customErrorResponses }),
        ]);
        assert.equal(cacheResult(await get("/a")), status >= 400 ? "Error" : "Miss");
        clock.now += seconds * 1000 - 1;
        await get("/a");
        assert.equal(seen.length, seconds === 0 ? 2 : 1, "just before its end");
        clock.now += 1;
        await get("/a");
        assert.equal(seen.length, seconds === 0 ? 3 : 2, "at its end");
      });
    }
  });
});
