import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { Cdn } from "../cdn/cdn";
import { readDistribution } from "../cdn/distribution";
import { HostTable } from "../hosts";
import { servePart } from "../http/serve-part";
import { UserError } from "@image-resizer/lib/program";
import { Trace } from "../trace";
import { type Ask, ask, startServer } from "./support/http";
import { behavior, cachePolicy, distribution, ORIGIN_HOST, resource } from "./support/resources";

const SHOP = "https://shop.example.com";
/** What the origin says by itself. */
const OWN = "https://own.example.com";
const LISTED = {
  accessControlAllowCredentials: false,
  accessControlAllowOrigins: { items: [SHOP, "https://m.example.com"] },
  accessControlAllowMethods: { items: ["GET"] },
  accessControlAllowHeaders: { items: ["*"] },
  accessControlExposeHeaders: { items: ["ETag", "Retry-After"] },
  originOverride: true,
};
const EVERYBODY = { ...LISTED, accessControlAllowOrigins: { items: ["*"] } };
const VARY_BY_FORMAT = { items: [{ header: "Vary", value: "Accept", override: true }] };

/** A function at the edge that refuses what is called so. */
const EDGE = `function handler(event) {
  return event.request.uri === "/refused" ? { statusCode: 404, headers: {} } : event.request;
}`;
const EDGE_ARN = "arn:aws:cloudfront::123456789012:function/edge";

function resources(corsConfig: unknown, changed: Readonly<Record<string, unknown>> = {}) {
  return [
    cachePolicy(),
    resource(
      "aws:cloudfront/function:Function",
      "edge",
      { runtime: "cloudfront-js-2.0", publish: true, code: EDGE },
      {
        arn: EDGE_ARN,
      },
    ),
    resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "headers", {
      corsConfig,
      customHeadersConfig: VARY_BY_FORMAT,
    }),
    distribution({
      defaultCacheBehavior: behavior({
        responseHeadersPolicyId: "headers-id",
        functionAssociations: [{ eventType: "viewer-request", functionArn: EDGE_ARN }],
        ...changed,
      }),
    }),
  ];
}

/** The CORS headers of an answer by their short names, and `Vary`. */
const cors = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith("access-control-") || name === "vary")
      .map(([name, value]) => [name.replace("access-control-", ""), value]),
  );

describe("the local CDN's CORS", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  /** A CDN before an origin that has its own mind about CORS. */
  async function start(corsConfig: unknown) {
    const asked: (string | undefined)[] = [];
    const origin = await startServer((request, response) => {
      asked.push(request.headers.origin);
      const status = { "/missing": 404, "/moved": 307 }[request.url ?? ""] ?? 200;
      const moved = status === 307 ? { location: "https://api.example.com/" } : {};
      const own = { "access-control-allow-origin": OWN, "cache-control": "max-age=100" };
      response.writeHead(status, { ...own, ...moved }).end("body");
    });
    const hosts = new HostTable();
    hosts.add(ORIGIN_HOST, origin.port);
    const trace = new Trace();
    const cdn = new Cdn({ distribution: readDistribution(resources(corsConfig)), hosts, trace });
    const server = await servePart("cdn", trace, 0, cdn.handle);
    cleanups.push(
      () => server.close(),
      () => origin.close(),
    );
    const get = (path: string, headers: Ask["headers"] = {}) =>
      ask(`http://127.0.0.1:${server.port}${path}`, { headers });
    return { get, asked };
  }

  const exposed = { "expose-headers": "ETag,Retry-After" };
  const vary = "Origin";
  // What is refused at the edge has not been at the origin, which has a mind of its own.
  for (const [what, config, origin, allowed, others, allowedAtEdge] of [
    ["the origin to a listed one", LISTED, SHOP, SHOP, { ...exposed, vary }, SHOP],
    ["what the origin says to another", LISTED, "https://shop.example.org", OWN, { vary }, undefined],
    ["what the origin says to one that a redirect took away", LISTED, "null", OWN, { vary }, undefined],
    ["* to everybody", EVERYBODY, SHOP, "*", exposed, "*"],
    ["* to one that a redirect took away", EVERYBODY, "null", "*", exposed, "*"],
    ["that answers vary where there is no page", EVERYBODY, undefined, OWN, { vary }, undefined],
    ["what the origin says where it may", { ...LISTED, originOverride: false }, SHOP, OWN, { ...exposed, vary }, SHOP],
  ] as const) {
    it(`says ${what}: of misses, hits, redirects, errors and refusals at the edge`, async () => {
      const { get, asked } = await start(config);
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      for (const [path, status, cache] of [
        ["/a.png", 200, "Miss from cloudfront"],
        ["/a.png", 200, "Hit from cloudfront"],
        ["/moved", 307, "Miss from cloudfront"],
        ["/missing", 404, "Error from cloudfront"],
        ["/refused", 404, "FunctionGeneratedResponse from cloudfront"],
      ] as const) {
        const answer = await get(path, headers);
        assert.deepEqual([answer.status, answer.headers["x-cache"]], [status, cache]);
        const { "allow-origin": allowOrigin, ...rest } = cors(answer.headers);
        assert.deepEqual([allowOrigin, rest], [path === "/refused" ? allowedAtEdge : allowed, others], path);
      }
      assert.deepEqual(new Set(asked), new Set([undefined]), "the origin is not told who asks");
    });
  }

  it("gives every page its own answer from one copy in the cache", async () => {
    const { get, asked } = await start(LISTED);
    const answers = [];
    for (const origin of [undefined, SHOP, "https://m.example.com", "https://shop.example.org"]) {
      answers.push(await get("/a.png", origin === undefined ? {} : { origin }));
    }
    assert.deepEqual(
      answers.map(({ headers }) => headers["access-control-allow-origin"]),
      [OWN, SHOP, "https://m.example.com", OWN],
    );
    assert.equal(asked.length, 1);
  });

  for (const [what, config, changed, problem] of [
    [
      "credentials",
      { ...LISTED, accessControlAllowCredentials: true },
      {},
      'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy "headers" cannot be served: ' +
        "corsConfig.accessControlAllowCredentials: the local stack serves CORS without credentials",
    ],
    [
      "a wildcard within an origin",
      { ...LISTED, accessControlAllowOrigins: { items: ["https://*.example.com"] } },
      {},
      'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy "headers" cannot be served: ' +
        "corsConfig.accessControlAllowOrigins.items.0: the local stack serves whole origins, or *",
    ],
    [
      "a behaviour that takes preflights",
      LISTED,
      { allowedMethods: ["GET", "HEAD", "OPTIONS"] },
      'the distribution "cdn", behaviour "*": the local stack serves no OPTIONS beside a policy with CORS settings',
    ],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => readDistribution(resources(config, changed)), new UserError(problem));
    });
  }
});
