import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { readDistribution } from "../../cdn/distribution";
import { UserError } from "@image-resizer/lib/program";
import { cacheResult, startCdn } from "../support/cdn";
import { freedAfterEach } from "../support/freed";
import { behavior, cachePolicy, distribution, resource } from "../support/resources";

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
      securityHeadersConfig: { contentTypeOptions: { override: true } },
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
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
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
