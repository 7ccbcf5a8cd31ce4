import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { readDistribution } from "../../cdn/distribution";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { cacheResult, respond, startCdn } from "../support/cdn";
import { freedAfterEach } from "../support/freed";
import { behavior, cachePolicy, distribution, ORIGIN_HOST, resource } from "../support/resources";

const PNG = Buffer.from("0123456789");
const ok: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "image/png", "cache-control": "max-age=100", etag: '"one"' }).end(PNG);
};

describe("the local CDN", () => {
  const free = freedAfterEach();
  const start = (
    website: RequestListener,
    resources: readonly RegisteredResource[] = [cachePolicy(), distribution()],
  ) => startCdn(free, resources, { website });

  describe("conditions and ranges", () => {
    it("are a 304 for a client that has the object", async () => {
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
        ["bytes=2-4", '"one"', [206, "234", "bytes 2-4/10"]],
        ["bytes=10-", undefined, [416, "", "bytes */10"]],
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

    it("sends the origin its own host, the raw path, and nothing else of the client's", async () => {
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

    it("passes redirects to the client, with the local URL for a host of the stack alone", async () => {
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
      [[cachePolicy(), distribution({ webAclId: "x" })], `${DISTRIBUTION}webAclId: the local stack does not serve it`],
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
        `${DISTRIBUTION}defaultCacheBehavior.forwardedValues: the local stack does not serve it`,
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
