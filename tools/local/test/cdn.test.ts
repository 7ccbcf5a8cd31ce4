import assert from "node:assert/strict";
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import type { CdnOptions } from "../cdn/cdn";
import { readDistribution } from "../cdn/distribution";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { cacheResult, respond, startCdn } from "./support/cdn";
import { freedAfterEach } from "./support/freed";
import { behavior, cachePolicy, distribution, ORIGIN_HOST, resource } from "./support/resources";

const PNG = Buffer.from("0123456789");
const ok: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "image/png", "cache-control": "max-age=100", etag: '"one"' }).end(PNG);
};

describe("the local CDN", () => {
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

  describe("conditions and ranges", () => {
    it("are a 304 for a viewer that has the object", async () => {
      const { get, seen } = await start(ok);
      for (const etag of ['"one"', 'W/"one"', '"zero", "one"', "*"]) {
        const answer = await get("/a.png", { headers: { "if-none-match": etag } });
        assert.deepEqual([answer.status, answer.body.length, answer.headers.etag], [304, 0, '"one"'], etag);
      }
      assert.equal((await get("/a.png", { headers: { "if-none-match": '"two"' } })).status, 200);
      assert.equal(seen.length, 1);
    });

    it("compare dates where there is no ETag", async () => {
      const date = "Thu, 01 Jan 2026 00:00:00 GMT";
      const { get } = await start(respond(200, { "last-modified": date }));
      assert.equal((await get("/a", { headers: { "if-modified-since": date } })).status, 304);
      const before = "Wed, 31 Dec 2025 23:59:59 GMT";
      assert.equal((await get("/a", { headers: { "if-modified-since": before } })).status, 200);
    });

    it("cut ranges out of the whole", async () => {
      const { get, seen } = await start(ok);
      const whole = [200, PNG.toString(), undefined];
      for (const [range, ifRange, expected] of [
        ["bytes=2-4", undefined, [206, "234", "bytes 2-4/10"]],
        ["bytes=7-", undefined, [206, "789", "bytes 7-9/10"]],
        ["bytes=-3", undefined, [206, "789", "bytes 7-9/10"]],
        ["bytes=8-99", undefined, [206, "89", "bytes 8-9/10"]],
        ["bytes=2-4", '"one"', [206, "234", "bytes 2-4/10"]],
        ["bytes=10-", undefined, [416, "", "bytes */10"]],
        ["bytes=4-2", undefined, whole],
        ["bytes=1-2,4-5", undefined, whole],
        ["bytes=2-4", '"two"', whole],
      ] as const) {
        const headers = { range, ...(ifRange === undefined ? {} : { "if-range": ifRange }) };
        const { status, body, headers: got } = await get("/a.png", { headers });
        assert.deepEqual([status, body.toString(), got["content-range"]], expected, range);
        assert.equal(got["content-length"], String(body.length));
      }
      assert.equal(seen.length, 1);
      assert.equal(seen[0]?.headers.range, undefined);
    });
  });

  describe("behaviours and origins", () => {
    it("applies the first pattern that matches, by case, and then the default", async () => {
      const named = (name: string) =>
        resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", name, {
          customHeadersConfig: { items: [{ header: "X-Behavior", value: name, override: true }] },
        });
      const ordered = ["/p_?/*.jpg", "*.jpg"].map((pathPattern, index) =>
        behavior({ pathPattern, responseHeadersPolicyId: `${index}-id` }),
      );
      const { get } = await start(ok, [
        cachePolicy(),
        named("0"),
        named("1"),
        distribution({ orderedCacheBehaviors: ordered }),
      ]);
      for (const [path, expected] of [
        ["/p_1/x/a.jpg", "0"],
        ["/p_12/a.jpg", "1"],
        ["/p_12/a.jpg?x.png", "1"],
        ["/p_12/%61.jp%67", "1"],
        ["/p_1/../q/a.jpg", "1"],
        ["/p_1/a.JPG", undefined],
      ] as const) {
        assert.equal((await get(path)).headers["x-behavior"], expected, path);
      }
    });

    it("sends the origin its own host, the raw path, and nothing else of the viewer's", async () => {
      const { get, seen } = await start(ok);
      await get("/a%20b+c/%C3%BC'(1).png?x=1", { headers: { cookie: "a=b", accept: "image/*", "user-agent": "me" } });
      const [request] = seen;
      assert.equal(request?.url, "/a%20b+c/%C3%BC'(1).png");
      assert.deepEqual(
        ["host", "user-agent", "cookie", "accept", "x-forwarded-for"].map((name) => request.headers[name]),
        [ORIGIN_HOST, "Amazon CloudFront", undefined, undefined, "127.0.0.1"],
      );
    });

    it("keys and forwards the listed query parameters, in their order and encoding", async () => {
      const key = { queryStringsConfig: { queryStringBehavior: "whitelist", queryStrings: { items: ["v", "w"] } } };
      const { get, seen } = await start(ok, [cachePolicy({ key }), distribution()]);
      const results = [];
      for (const query of ["x=1&w=%2F&v=2", "w=%2F&v=2&x=3", "v=2&w=%2F", "w=%2F&v=3"]) {
        results.push(cacheResult(await get(`/a?${query}`)));
      }
      assert.deepEqual(results, ["Miss", "Hit", "Miss", "Miss"]);
      assert.equal(seen[0]?.url, "/a?w=%2F&v=2");
    });

    it("passes redirects to the viewer, with the local URL for a host of the stack alone", async () => {
      const { get, url, hops } = await start((request, response) => {
        const host = request.url === "/mine" ? "https://D123.cloudfront.net" : "https://other.example";
        response.writeHead(302, { location: `${host}/x?y=1` }).end();
      });
      const mine = `${url.replace("127.0.0.1", "localhost")}/x?y=1`;
      assert.equal((await get("/mine")).headers.location, mine);
      assert.equal((await get("/other")).headers.location, "https://other.example/x?y=1");
      const [first] = hops;
      assert.deepEqual(
        [first?.part, first?.what, first?.status, first?.entry, first?.detail],
        ["cdn", "GET /mine", 302, true, `Miss from cloudfront, ${mine}`],
      );
    });

    it("drops the origin's cookies, because it forwards none", async () => {
      const { get } = await start(respond(200, { "set-cookie": "a=b" }));
      assert.equal((await get("/a")).headers["set-cookie"], undefined);
    });

    it("answers 502 for an origin that is unknown or down", async () => {
      const origins = [{ originId: "website", domainName: "nobody.example", customOriginConfig: {} }];
      const { get } = await start(ok, [cachePolicy(), distribution({ origins })]);
      const unknown = await get("/a");
      assert.deepEqual([unknown.status, cacheResult(unknown)], [502, "Error"]);
      const down = await start(ok);
      await down.closeOrigin();
      assert.equal((await down.get("/a")).status, 502);
    });

    it("answers 504 for an origin that stays silent", async () => {
      const customOriginConfig = { originReadTimeout: 0.05 };
      const origins = [{ originId: "website", domainName: ORIGIN_HOST, customOriginConfig }];
      const { get } = await start(() => undefined, [cachePolicy(), distribution({ origins })]);
      assert.equal((await get("/a")).status, 504);
    });

    it("rejects methods, bodies and long URLs as CloudFront does", async () => {
      const { get, seen } = await start(ok);
      assert.equal((await get("/a", { method: "DELETE" })).status, 403);
      assert.equal((await get("/a", { headers: { "content-length": "1" }, body: "x" })).status, 403);
      assert.equal((await get(`/${"a".repeat(8192)}`)).status, 413);
      assert.equal(seen.length, 0);
    });
  });

  describe("what is not served is rejected at the start", () => {
    const policy = (key: Readonly<Record<string, unknown>>) => [cachePolicy({ key }), distribution()];
    const withBehavior = (changed: Readonly<Record<string, unknown>>) => [
      cachePolicy(),
      distribution({ defaultCacheBehavior: behavior(changed) }),
    ];
    const CACHE_POLICY =
      'aws:cloudfront/cachePolicy:CachePolicy "policy" cannot be served: parametersInCacheKeyAndForwardedToOrigin.';
    const DISTRIBUTION = 'aws:cloudfront/distribution:Distribution "cdn" cannot be served: ';
    const cases: [RegisteredResource[], string][] = [
      [[], "the local stack serves one aws:cloudfront/distribution:Distribution, and the program declares 0"],
      [
        [cachePolicy(), distribution({ webAclId: "x" })],
        'the local stack does not serve "webAclId" of the distribution "cdn"',
      ],
      [
        withBehavior({ cachePolicyId: "658327ea" }),
        'the distribution "cdn", behaviour "*": the program declares no cache policy "658327ea"',
      ],
      [
        [cachePolicy(), distribution({ origins: [] })],
        'the distribution "cdn", behaviour "*": the program declares no origin "website"',
      ],
      [
        withBehavior({ forwardedValues: { queryString: false } }),
        'the local stack does not serve "forwardedValues" of the distribution "cdn", behaviour "*"',
      ],
      [
        withBehavior({ allowedMethods: ["GET", "OPTIONS"] }),
        `${DISTRIBUTION}defaultCacheBehavior.allowedMethods.1: the local stack serves GET and HEAD`,
      ],
      [
        policy({ cookiesConfig: { cookieBehavior: "all" } }),
        `${CACHE_POLICY}cookiesConfig.cookieBehavior: the local stack serves a cache key without cookies`,
      ],
      [
        policy({ headersConfig: { headerBehavior: "whitelist", headers: { items: ["Origin"] } } }),
        `${CACHE_POLICY}headersConfig.headerBehavior: the local stack serves a cache key without headers`,
      ],
      [
        policy({ enableAcceptEncodingGzip: true }),
        `${CACHE_POLICY}enableAcceptEncodingGzip: the local stack serves a cache key without Accept-Encoding`,
      ],
      [
        policy({ queryStringsConfig: { queryStringBehavior: "all" } }),
        `${CACHE_POLICY}queryStringsConfig.queryStringBehavior: the local stack serves listed query parameters, or none`,
      ],
    ];
    for (const [resources, message] of cases) {
      it(message, () => {
        assert.throws(() => readDistribution(resources), new UserError(message));
      });
    }
  });
});

const SHOP = "https://shop.example.com";
/** The origin's own CORS header. */
const OWN = "https://own.example.com";
const LISTED = {
  accessControlAllowCredentials: false,
  accessControlAllowOrigins: { items: [SHOP, "https://m.example.com"] },
  accessControlAllowMethods: { items: ["GET"] },
  accessControlAllowHeaders: { items: ["*"] },
  accessControlExposeHeaders: { items: ["ETag", "Retry-After"] },
  originOverride: true,
};
const EVERY_ORIGIN = { ...LISTED, accessControlAllowOrigins: { items: ["*"] } };
/** A function at the edge that rejects one path. */
const EDGE = `function handler(event) {
  return event.request.uri === "/rejected" ? { statusCode: 404, headers: {} } : event.request;
}`;
const EDGE_ARN = "arn:aws:cloudfront::123456789012:function/edge";

describe("the response headers policy of the local CDN", () => {
  const free = freedAfterEach();
  const resources = (corsConfig: unknown) => [
    cachePolicy(),
    resource(
      "aws:cloudfront/function:Function",
      "edge",
      { runtime: "cloudfront-js-2.0", publish: true, code: EDGE },
      { arn: EDGE_ARN },
    ),
    resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "headers", {
      corsConfig,
      customHeadersConfig: { items: [{ header: "Vary", value: "Accept", override: true }] },
    }),
    distribution({
      defaultCacheBehavior: behavior({
        responseHeadersPolicyId: "headers-id",
        functionAssociations: [{ eventType: "viewer-request", functionArn: EDGE_ARN }],
      }),
    }),
  ];
  const start = (corsConfig: unknown) =>
    startCdn(free, resources(corsConfig), {
      website: (request, response) => {
        const status = { "/missing": 404, "/moved": 307 }[request.url ?? ""] ?? 200;
        const moved = status === 307 ? { location: "https://api.example.com/" } : {};
        const own = { "access-control-allow-origin": OWN, "cache-control": "max-age=100" };
        response.writeHead(status, { ...own, ...moved }).end("body");
      },
    });
  /** CORS headers by their short names, and `Vary`. */
  const cors = (headers: IncomingHttpHeaders) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.startsWith("access-control-") || name === "vary")
        .map(([name, value]) => [name.replace("access-control-", ""), value]),
    );

  const exposed = { "expose-headers": "ETag, Retry-After" };
  const vary = "Origin";
  // What the edge function rejects never reaches the origin with its own headers.
  for (const [what, config, origin, allowed, others, allowedAtEdge] of [
    ["the origin to a listed one", LISTED, SHOP, SHOP, { ...exposed, vary }, SHOP],
    ["the origin's own header to another", LISTED, "https://shop.example.org", OWN, { vary }, undefined],
    ["the origin's own header after a redirect elsewhere", LISTED, "null", OWN, { vary }, undefined],
    ["* to every origin", EVERY_ORIGIN, SHOP, "*", exposed, "*"],
    ["* after a redirect elsewhere", EVERY_ORIGIN, "null", "*", exposed, "*"],
    ["Vary where there is no page", EVERY_ORIGIN, undefined, OWN, { vary }, undefined],
    ["its own headers without CORS", undefined, SHOP, OWN, { vary: "Accept" }, undefined],
  ] as const) {
    it(`adds ${what}: to misses, hits, redirects, errors and responses of the edge`, async () => {
      const { get, seen } = await start(config);
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      for (const [path, status, cache] of [
        ["/a.png", 200, "Miss"],
        ["/a.png", 200, "Hit"],
        ["/moved", 307, "Miss"],
        ["/missing", 404, "Error"],
        ["/rejected", 404, "FunctionGeneratedResponse"],
      ] as const) {
        const answer = await get(path, { headers });
        assert.deepEqual([answer.status, cacheResult(answer)], [status, cache]);
        const { "allow-origin": allowOrigin, ...rest } = cors(answer.headers);
        assert.deepEqual([allowOrigin, rest], [path === "/rejected" ? allowedAtEdge : allowed, others], path);
      }
      assert.deepEqual(new Set(seen.map((request) => request.headers.origin)), new Set([undefined]));
    });
  }

  it("serves every page its own headers from one copy in the cache", async () => {
    const { get, seen } = await start(LISTED);
    const allowed = [];
    for (const origin of [undefined, SHOP, "https://m.example.com", "https://shop.example.org"]) {
      const answer = await get("/a.png", origin === undefined ? {} : { headers: { origin } });
      allowed.push(answer.headers["access-control-allow-origin"]);
    }
    assert.deepEqual(allowed, [OWN, SHOP, "https://m.example.com", OWN]);
    assert.equal(seen.length, 1);
  });

  for (const [changed, problem] of [
    [
      { accessControlAllowCredentials: true },
      "accessControlAllowCredentials: the local stack serves CORS without credentials",
    ],
    [
      { accessControlAllowOrigins: { items: ["https://*.example.com"] } },
      "accessControlAllowOrigins.items.0: the local stack serves whole origins, or *",
    ],
    [{ originOverride: false }, "originOverride: the local stack serves policies that override the origin"],
  ] as const) {
    it(`is rejected with ${problem}`, () => {
      const type = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
      assert.throws(
        () => readDistribution(resources({ ...LISTED, ...changed })),
        new UserError(`${type} "headers" cannot be served: corsConfig.${problem}`),
      );
    });
  }
});
