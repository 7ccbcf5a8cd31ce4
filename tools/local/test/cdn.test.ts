import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Cdn, type CdnOptions } from "../cdn/cdn";
import { readDistribution } from "../cdn/distribution";
import { HostTable } from "../hosts";
import { servePart } from "../http/serve-part";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type Hop, Trace } from "../trace";
import { type Ask, ask, startServer } from "./support/http";
import { behavior, cachePolicy, distribution, ORIGIN_HOST } from "./support/resources";

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

const PNG = Buffer.from("0123456789");
const ok: Reply = (_request, response) => {
  response.writeHead(200, { "content-type": "image/png", "cache-control": "max-age=100", etag: '"one"' }).end(PNG);
};

describe("the local CDN", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  /** A CDN before an origin that answers with `reply`; its clock stands until it is told otherwise. */
  async function start(
    reply: Reply,
    resources: readonly RegisteredResource[] = [cachePolicy(), distribution()],
    options: Partial<CdnOptions> = {},
  ) {
    const seen: IncomingMessage[] = [];
    const origin = await startServer((request, response) => {
      seen.push(request);
      reply(request, response);
    });
    const hosts = new HostTable();
    hosts.add(ORIGIN_HOST, origin.port);
    const clock = { now: Date.UTC(2026, 0, 1) };
    const trace = new Trace();
    const hops: Hop[] = [];
    trace.listen((hop) => hops.push(hop));
    const cdn = new Cdn({ distribution: readDistribution(resources), hosts, trace, now: () => clock.now, ...options });
    const server = await servePart("cdn", trace, 0, cdn.handle);
    cleanups.push(
      () => server.close(),
      () => origin.close(),
    );
    hosts.add("d123.cloudfront.net", server.port);
    const url = `http://127.0.0.1:${server.port}`;
    return {
      url,
      get: (path: string, more?: Ask) => ask(url + path, more),
      seen,
      clock,
      hops,
      invalidate: (target: string) => {
        cdn.invalidate((one) => one === target);
      },
      closeOrigin: () => origin.close(),
    };
  }

  const cache = (answer: { headers: IncomingMessage["headers"] }) => answer.headers["x-cache"];

  describe("caching", () => {
    it("asks the origin once and says how old the copy is", async () => {
      const { get, seen, clock } = await start(ok);
      const first = await get("/a.png");
      clock.now += 99_999;
      const second = await get("/a.png");
      clock.now += 1;
      const third = await get("/a.png");
      assert.deepEqual([first, second, third].map(cache), [
        "Miss from cloudfront",
        "Hit from cloudfront",
        "Miss from cloudfront",
      ]);
      assert.deepEqual([first.headers.age, second.headers.age, third.headers.age], [undefined, "99", undefined]);
      assert.deepEqual(second.body, PNG);
      assert.equal(second.headers["content-length"], "10");
      assert.equal(second.headers.via, "1.1 d123.cloudfront.net (CloudFront)");
      assert.equal(seen.length, 2);
    });

    it("revalidates a stale object by its ETag, and takes over what the origin says anew", async () => {
      const { get, seen, clock } = await start((request, response) => {
        if (request.headers["if-none-match"] !== '"one"') ok(request, response);
        else response.writeHead(304, { "cache-control": "max-age=500", etag: '"one"' }).end();
      });
      await get("/a.png");
      clock.now += 100_000;
      const refreshed = await get("/a.png");
      clock.now += 499_000;
      const hit = await get("/a.png");
      assert.equal(refreshed.status, 200);
      assert.deepEqual(refreshed.body, PNG);
      assert.equal(cache(refreshed), "RefreshHit from cloudfront");
      assert.equal(refreshed.headers["content-type"], "image/png");
      assert.equal(hit.headers["cache-control"], "max-age=500");
      assert.equal(cache(hit), "Hit from cloudfront");
      assert.equal(seen.length, 2);
    });

    it("serves a stale object when the origin fails, and leaves the origin alone for a while", async () => {
      let broken = false;
      const { get, seen, clock } = await start((request, response) => {
        if (broken) response.writeHead(503).end("down");
        else ok(request, response);
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
      assert.equal(cache(await get("/a.png")), "Miss from cloudfront");
    });

    it("asks once for concurrent requests for one object", async () => {
      const { get, seen } = await start((request, response) => setTimeout(ok, 50, request, response));
      const answers = await Promise.all(Array.from({ length: 20 }, () => get("/a.png")));
      assert.equal(seen.length, 1);
      assert.equal(answers.filter((answer) => cache(answer) === "Miss from cloudfront").length, 1);
      assert.ok(answers.every(({ status, body }) => status === 200 && body.equals(PNG)));
    });

    it("does not share what may not be cached", async () => {
      let count = 0;
      const { get } = await start((_request, response) => {
        const mine = String(count++);
        setTimeout(() => response.writeHead(200, { "cache-control": "private, no-store" }).end(mine), 50);
      });
      const answers = await Promise.all([get("/a"), get("/a"), get("/a")]);
      assert.deepEqual(answers.map(({ body }) => body.toString()).sort(), ["0", "1", "2"]);
    });

    it("forgets what was used least recently when it holds too much", async () => {
      const big = Buffer.alloc(100_000);
      const { get } = await start(
        (_request, response) => response.writeHead(200, { "cache-control": "max-age=100" }).end(big),
        undefined,
        { maxCacheBytes: 250_000 },
      );
      for (const path of ["/a", "/b", "/a", "/c"]) await get(path);
      assert.equal(cache(await get("/a")), "Hit from cloudfront");
      assert.equal(cache(await get("/c")), "Hit from cloudfront");
      assert.equal(cache(await get("/b")), "Miss from cloudfront");
    });

    it("answers HEAD from a GET's copy, and fetches the whole for a HEAD that misses", async () => {
      const { get, seen } = await start(ok);
      const head = await get("/a.png", { method: "HEAD" });
      assert.equal(head.headers["content-length"], "10");
      assert.equal(head.body.length, 0);
      assert.equal(cache(await get("/a.png")), "Hit from cloudfront");
      const again = await get("/a.png", { method: "HEAD" });
      assert.equal(cache(again), "Hit from cloudfront");
      assert.equal(again.headers["content-length"], "10");
      assert.deepEqual(
        seen.map(({ method }) => method),
        ["GET"],
      );
    });
  });

  describe("invalidation", () => {
    const fresh = (response: ServerResponse, body: string) => {
      response.writeHead(200, { "cache-control": "max-age=100" }).end(body);
    };

    /** A CDN whose origin keeps its first answers back: `asked` resolves when all are wanted, and each of `held` sends one. */
    async function startLate(count: number) {
      const held: (() => void)[] = [];
      let notice: () => void;
      const asked = new Promise<void>((resolve) => (notice = resolve));
      const cdn = await start((_request, response) => {
        if (held.length === count) {
          fresh(response, "new");
          return;
        }
        held.push(() => {
          fresh(response, "old");
        });
        if (held.length === count) notice();
      });
      return { ...cdn, held, asked };
    }
    const bodies = (answers: readonly { readonly body: Buffer }[]) => answers.map(({ body }) => body.toString());

    it("drops what is cached", async () => {
      const { get, seen, invalidate } = await start(ok);
      await get("/a.png");
      await get("/b.png");
      invalidate("/a.png");
      assert.equal(cache(await get("/a.png")), "Miss from cloudfront");
      assert.equal(cache(await get("/b.png")), "Hit from cloudfront");
      assert.equal(seen.length, 3);
    });

    it("does not store an answer that is under way, nor hand it to whoever comes later", async () => {
      const { get, seen, held, asked, invalidate } = await startLate(1);
      const before = get("/a.png");
      await asked;
      invalidate("/a.png");
      const after = await get("/a.png");
      held[0]?.();
      assert.deepEqual(bodies([await before, after]), ["old", "new"]);
      const last = await get("/a.png");
      assert.deepEqual([last.body.toString(), cache(last)], ["new", "Hit from cloudfront"]);
      assert.equal(seen.length, 2);
    });

    it("asks again where nobody came meanwhile, and keeps answers under way that are not meant", async () => {
      const { get, seen, held, asked, invalidate } = await startLate(2);
      const before = [get("/a.png"), get("/b.png")];
      await asked;
      invalidate("/a.png");
      for (const send of held) send();
      assert.deepEqual(bodies(await Promise.all(before)), ["old", "old"]);
      assert.deepEqual(bodies([await get("/a.png"), await get("/b.png")]), ["new", "old"]);
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
      ["503 with no-store", zero, 503, { "cache-control": "no-store" }, 10],
      ["403", zero, 403, {}, 0],
      ["403 with max-age", zero, 403, { "cache-control": "max-age=30" }, 30],
      ["413 with max-age", zero, 413, { "cache-control": "max-age=30" }, 0],
    ];
    for (const [what, limits, status, headers, seconds] of cases) {
      it(`${what}: ${seconds} s`, async () => {
        const { get, seen, clock } = await start(
          (_request, response) => response.writeHead(status, headers).end("body"),
          [cachePolicy(limits), distribution()],
        );
        await get("/a");
        clock.now += seconds * 1000 - 1;
        await get("/a");
        assert.equal(seen.length, seconds === 0 ? 2 : 1, "just before its end");
        clock.now += 1;
        await get("/a");
        assert.equal(seen.length, seconds === 0 ? 3 : 2, "at its end");
      });
    }

    it("takes the error caching minimum TTL of the status", async () => {
      const { get, seen, clock } = await start(
        (_request, response) => response.writeHead(404).end(),
        [cachePolicy(), distribution({ customErrorResponses: [{ errorCode: 404, errorCachingMinTtl: 1 }] })],
      );
      const missing = await get("/a");
      assert.deepEqual([missing.status, cache(missing)], [404, "Error from cloudfront"]);
      clock.now += 999;
      await get("/a");
      assert.equal(seen.length, 1);
      clock.now += 1;
      await get("/a");
      assert.equal(seen.length, 2);
    });

    it("takes the TTLs of a behaviour without a cache policy", async () => {
      const legacy = behavior({
        cachePolicyId: undefined,
        forwardedValues: { queryString: false, cookies: { forward: "none" } },
        defaultTtl: 7,
      });
      const { get, seen, clock } = await start(
        (_request, response) => response.end(),
        [distribution({ defaultCacheBehavior: legacy })],
      );
      await get("/a?x=1");
      clock.now += 6_999;
      await get("/a?x=2");
      assert.deepEqual(
        seen.map(({ url }) => url),
        ["/a"],
      );
      clock.now += 1;
      await get("/a");
      assert.equal(seen.length, 2);
    });
  });

  describe("what viewers ask", () => {
    it("answers 304 to a viewer that has the object", async () => {
      const { get, seen } = await start(ok);
      for (const etag of ['"one"', 'W/"one"', '"zero", "one"', "*"]) {
        const answer = await get("/a.png", { headers: { "if-none-match": etag } });
        assert.deepEqual([answer.status, answer.body.length, answer.headers.etag], [304, 0, '"one"'], etag);
      }
      assert.equal((await get("/a.png", { headers: { "if-none-match": '"two"' } })).status, 200);
      assert.equal(seen.length, 1);
    });

    it("answers 304 by date where there is no ETag to compare", async () => {
      const date = "Thu, 01 Jan 2026 00:00:00 GMT";
      const { get } = await start((_request, response) => response.setHeader("last-modified", date).end("x"));
      assert.equal((await get("/a", { headers: { "if-modified-since": date } })).status, 304);
      const before = "Wed, 31 Dec 2025 23:59:59 GMT";
      assert.equal((await get("/a", { headers: { "if-modified-since": before } })).status, 200);
    });

    it("cuts ranges out of the whole", async () => {
      const { get, seen } = await start(ok);
      const range = async (value: string, more = {}) => {
        const { status, body, headers } = await get("/a.png", { headers: { range: value, ...more } });
        return [status, body.toString(), headers["content-range"]];
      };
      assert.deepEqual(await range("bytes=2-4"), [206, "234", "bytes 2-4/10"]);
      assert.deepEqual(await range("bytes=7-"), [206, "789", "bytes 7-9/10"]);
      assert.deepEqual(await range("bytes=-3"), [206, "789", "bytes 7-9/10"]);
      assert.deepEqual(await range("bytes=8-99"), [206, "89", "bytes 8-9/10"]);
      assert.deepEqual(await range("bytes=10-"), [416, "", "bytes */10"]);
      assert.deepEqual(await range("bytes=4-2"), [200, PNG.toString(), undefined]);
      assert.deepEqual(await range("bytes=2-4", { "if-range": '"two"' }), [200, PNG.toString(), undefined]);
      assert.equal(seen.length, 1);
      assert.equal(seen[0]?.headers.range, undefined);
    });
  });

  describe("behaviours and origins", () => {
    it("takes the first pattern that matches, by case, and then the default", async () => {
      const ordered = [
        behavior({ pathPattern: "/p_?/*.jpg", allowedMethods: ["GET", "HEAD", "OPTIONS"] }),
        behavior({ pathPattern: "*.jpg", allowedMethods: ["GET", "HEAD", "PUT"] }),
      ];
      const { get } = await start(ok, [cachePolicy(), distribution({ orderedCacheBehaviors: ordered })]);
      const methods = async (path: string) => {
        const answers = await Promise.all(["OPTIONS", "PUT"].map((method) => get(path, { method })));
        return answers.map(({ status }) => status);
      };
      assert.deepEqual(await methods("/p_1/x/a.jpg"), [200, 403]);
      assert.deepEqual(await methods("/p_12/a.jpg"), [403, 200]);
      assert.deepEqual(await methods("/p_12/a.jpg?x.png"), [403, 200]);
      assert.deepEqual(await methods("/p_12/%61.jp%67"), [403, 200]);
      assert.deepEqual(await methods("/p_1/../q/a.jpg"), [403, 200]);
      assert.deepEqual(await methods("/p_1/a.JPG"), [403, 403]);
    });

    it("sends the origin its own host, the raw path, and of the rest what the policy lets through", async () => {
      const { get, seen } = await start(ok);
      await get("/a%20b+c/%C3%BC'(1).png?x=1", { headers: { cookie: "a=b", accept: "image/*", "user-agent": "me" } });
      const [request] = seen;
      assert.equal(request?.url, "/a%20b+c/%C3%BC'(1).png");
      assert.deepEqual(
        ["host", "user-agent", "cookie", "accept", "x-forwarded-for"].map((name) => request.headers[name]),
        [ORIGIN_HOST, "Amazon CloudFront", undefined, undefined, "127.0.0.1"],
      );
    });

    it("keys and forwards the listed query strings, headers and cookies", async () => {
      const key = {
        queryStringsConfig: { queryStringBehavior: "whitelist", queryStrings: { items: ["v"] } },
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["Origin"] } },
        cookiesConfig: { cookieBehavior: "allExcept", cookies: { items: ["track"] } },
        enableAcceptEncodingGzip: true,
      };
      const { get, seen } = await start(ok, [cachePolicy({ key }), distribution()]);
      const headers = {
        origin: "https://a.example",
        cookie: "track=1; user=2",
        "accept-encoding": "deflate, gzip;q=1",
      };
      await get("/a?x=1&v=2", { headers });
      const request = seen[0];
      assert.equal(request?.url, "/a?v=2");
      assert.deepEqual(
        ["origin", "cookie", "accept-encoding"].map((name) => request.headers[name]),
        ["https://a.example", "user=2", "gzip"],
      );
      assert.equal(cache(await get("/a?v=2&x=3", { headers })), "Hit from cloudfront");
      assert.equal(cache(await get("/a?v=3", { headers })), "Miss from cloudfront");
      assert.equal(cache(await get("/a?v=2", { headers: { ...headers, cookie: "user=3" } })), "Miss from cloudfront");
      assert.equal(
        cache(await get("/a?v=2", { headers: { ...headers, origin: "https://b" } })),
        "Miss from cloudfront",
      );
    });

    it("passes redirects to the viewer, with the local URL for a host of the stack alone", async () => {
      const { get, url, hops } = await start((request, response) => {
        const host = request.url === "/mine" ? "https://D123.cloudfront.net" : "https://other.example";
        response.writeHead(302, { location: `${host}/x?y=1` }).end();
      });
      const mine = await get("/mine");
      assert.equal(mine.headers.location, `${url.replace("127.0.0.1", "localhost")}/x?y=1`);
      assert.equal((await get("/other")).headers.location, "https://other.example/x?y=1");
      assert.deepEqual(hops.map(({ part, what, status, entry }) => ({ part, what, status, entry }))[0], {
        part: "cdn",
        what: "GET /mine",
        status: 302,
        entry: true,
      });
    });

    it("answers 502 for an origin that nobody knows or that is down", async () => {
      const unknown = [{ originId: "website", domainName: "nobody.example", customOriginConfig: {} }];
      const { get } = await start(ok, [cachePolicy(), distribution({ origins: unknown })]);
      assert.deepEqual([(await get("/a")).status, cache(await get("/a"))], [502, "Error from cloudfront"]);
      const down = await start(ok);
      await down.closeOrigin();
      assert.equal((await down.get("/a")).status, 502);
    });

    it("refuses methods and bodies as CloudFront does", async () => {
      const { get, seen } = await start(ok);
      assert.equal((await get("/a", { method: "DELETE" })).status, 403);
      assert.equal((await get("/a", { headers: { "content-length": "1" }, body: "x" })).status, 403);
      assert.equal((await get(`/${"a".repeat(8192)}`)).status, 413);
      assert.equal(seen.length, 0);
    });

    it("says at the start what it does not serve", () => {
      const unknownPolicy = distribution({ defaultCacheBehavior: behavior({ cachePolicyId: "658327ea" }) });
      const cases: [RegisteredResource[], string][] = [
        [[], "the local stack serves one aws:cloudfront/distribution:Distribution, and the program declares 0"],
        [
          [cachePolicy(), distribution({ webAclId: "x" })],
          'the local stack does not serve "webAclId" of the distribution "cdn"',
        ],
        [
          [cachePolicy(), unknownPolicy],
          'the distribution "cdn", behaviour "*": the program declares no cache policy "658327ea"',
        ],
        [
          [cachePolicy(), distribution({ origins: [] })],
          'the distribution "cdn", behaviour "*": there is no origin "website"',
        ],
      ];
      for (const [resources, message] of cases) {
        assert.throws(() => readDistribution(resources), new UserError(message));
      }
    });
  });
});
