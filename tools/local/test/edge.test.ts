import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Cdn } from "../cdn/cdn";
import { readDistribution } from "../cdn/distribution";
import { EdgeFunction } from "../cdn/edge-function";
import { HostTable } from "../hosts";
import { servePart } from "../http/serve-part";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type Hop, Trace } from "../trace";
import { type Ask, ask, startServer } from "./support/http";
import { behavior, cachePolicy, distribution, ORIGIN_HOST, resource } from "./support/resources";

const API_HOST = "abc.execute-api.eu-central-1.amazonaws.com";

function edgeFunction(code: string, more: Readonly<Record<string, unknown>> = {}): RegisteredResource {
  const arn = "arn:aws:cloudfront::123456789012:function/edge";
  const inputs = { code, runtime: "cloudfront-js-2.0", publish: true, ...more };
  return resource("aws:cloudfront/function:Function", "edge", inputs, { arn });
}
const WITH_EDGE = behavior({
  functionAssociations: [
    { eventType: "viewer-request", functionArn: "arn:aws:cloudfront::123456789012:function/edge" },
  ],
});

type Reply = (request: IncomingMessage, response: ServerResponse) => void;
const reply =
  (status: number, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_request, response) => {
    response.writeHead(status, headers).end(String(status));
  };

describe("the local CDN beyond one origin", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  /** A CDN before two origins: the bucket's website, and an API. */
  async function start(resources: readonly RegisteredResource[], website: Reply, api: Reply = reply(500)) {
    const hosts = new HostTable();
    const seen: Record<"website" | "api", IncomingMessage[]> = { website: [], api: [] };
    for (const [name, host, answer] of [
      ["website", ORIGIN_HOST, website],
      ["api", API_HOST, api],
    ] as const) {
      const origin = await startServer((request, response) => {
        seen[name].push(request);
        answer(request, response);
      });
      hosts.add(host, origin.port);
      cleanups.push(() => origin.close());
    }
    const trace = new Trace();
    const hops: Hop[] = [];
    trace.listen((hop) => hops.push(hop));
    const cdn = new Cdn({ distribution: readDistribution(resources), hosts, trace });
    const server = await servePart("cdn", trace, 0, cdn.handle);
    cleanups.push(() => server.close());
    return { get: (path: string, more?: Ask) => ask(`http://127.0.0.1:${server.port}${path}`, more), seen, hops };
  }

  describe("an edge function", () => {
    const rewriting = "function handler(event){event.request.uri='/other'+event.request.uri;return event.request}";

    it("rewrites the path, which is the cache's key then, and not the behaviour's", async () => {
      const cdn = distribution({
        defaultCacheBehavior: behavior({ targetOriginId: "nowhere" }),
        orderedCacheBehaviors: [{ ...WITH_EDGE, pathPattern: "/a*" }],
        origins: [
          { originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} },
          { originId: "nowhere", domainName: "nowhere.example", customOriginConfig: {} },
        ],
      });
      const { get, seen, hops } = await start(
        [cachePolicy(), edgeFunction(rewriting), cdn],
        reply(200, { "cache-control": "max-age=100" }),
      );
      assert.equal((await get("/a.png?x=1")).headers["x-cache"], "Miss from cloudfront");
      assert.equal((await get("/a.png")).headers["x-cache"], "Hit from cloudfront");
      assert.deepEqual(
        seen.website.map(({ url }) => url),
        ["/other/a.png"],
      );
      const [edge] = hops.filter(({ part }) => part === "edge");
      assert.deepEqual([edge?.status, edge?.what, edge?.detail], [200, "viewer request /a.png", "/other/a.png"]);
    });

    it("sees a request as CloudFront shows it", async () => {
      const code = "function handler(event){return {statusCode:200,body:JSON.stringify(event)}}";
      const { get } = await start(
        [cachePolicy(), edgeFunction(code), distribution({ defaultCacheBehavior: WITH_EDGE })],
        reply(500),
      );
      const answer = await get("/a%20b.png?x=1&y=%20&x=2", {
        headers: { Accept: "image/webp", Cookie: "c=1; d=2", "X-Thing": "One", Host: "cdn.example" },
      });
      const { request, version, context } = JSON.parse(answer.body.toString()) as Record<
        string,
        Record<string, unknown>
      >;
      assert.equal(version, "1.0");
      assert.equal(context?.eventType, "viewer-request");
      const { connection, ...headers } = request?.headers as Record<string, unknown>;
      assert.ok(connection);
      assert.deepEqual(
        { ...request, headers },
        {
          method: "GET",
          uri: "/a%20b.png",
          querystring: { x: { value: "1", multiValue: [{ value: "1" }, { value: "2" }] }, y: { value: "%20" } },
          headers: { accept: { value: "image/webp" }, "x-thing": { value: "One" }, host: { value: "cdn.example" } },
          cookies: { c: { value: "1" }, d: { value: "2" } },
        },
      );
    });

    it("answers by itself, and then no origin is asked and nothing is kept", async () => {
      const code =
        "function handler(){return {statusCode:404,statusDescription:'Not Found'," +
        "headers:{'cache-control':{value:'public, max-age=60'}},body:{encoding:'text',data:'no'}}}";
      const { get, seen } = await start(
        [cachePolicy(), edgeFunction(code), distribution({ defaultCacheBehavior: WITH_EDGE })],
        reply(200),
      );
      const answer = await get("/a.png");
      assert.deepEqual(
        [answer.status, answer.headers["x-cache"], answer.headers["cache-control"], answer.body.toString()],
        [404, "FunctionGeneratedResponse from cloudfront", "public, max-age=60", "no"],
      );
      assert.equal(seen.website.length, 0);
    });

    for (const [what, code] of [
      ["throws", "function handler(){throw new Error('no')}"],
      ["returns nothing", "function handler(){}"],
      ["returns a path without a slash", "function handler(e){e.request.uri='a';return e.request}"],
      ["needs a module", "function handler(e){require('fs');return e.request}"],
      ["needs Node's process", "function handler(e){process.exit();return e.request}"],
      ["asks the network", "function handler(e){fetch('http://x');return e.request}"],
      ["waits", "function handler(e){setTimeout(function(){},1);return e.request}"],
      ["evaluates text", "function handler(e){eval('1');return e.request}"],
      ["makes functions of text", "function handler(e){new Function('return 1')();return e.request}"],
      ["encodes text", "function handler(e){new TextEncoder();return e.request}"],
      ["reads URLs", "function handler(e){new URL('http://x');return e.request}"],
    ] as const) {
      it(`that ${what} is 503, as CloudFront's runtime would have it`, async () => {
        const { get, seen, hops } = await start(
          [cachePolicy(), edgeFunction(code), distribution({ defaultCacheBehavior: WITH_EDGE })],
          reply(200),
        );
        const answer = await get("/a.png");
        assert.deepEqual([answer.status, answer.headers["x-cache"]], [503, "FunctionExecutionError from cloudfront"]);
        assert.equal(seen.website.length, 0);
        assert.equal(hops.find(({ part }) => part === "edge")?.status, 503);
      });
    }

    it("is refused at the start where CloudFront would refuse it", () => {
      const served = (fn: RegisteredResource) => () =>
        readDistribution([cachePolicy(), fn, distribution({ defaultCacheBehavior: WITH_EDGE })]);
      const fine = "function handler(event){return event.request}";
      served(edgeFunction(fine))();
      const long = `${fine}//${"x".repeat(10_240 - fine.length - 2)}`;
      served(edgeFunction(long))();
      assert.throws(
        served(edgeFunction(`${long}x`)),
        new UserError('the function "edge" is 10241 bytes: allowed is 10240'),
      );
      assert.throws(
        served(edgeFunction("export function handler() {}")),
        /the function "edge" does not load: SyntaxError/,
      );
      assert.throws(served(edgeFunction(fine, { runtime: "cloudfront-js-1.0" })), /runtime: Invalid input/);
      assert.throws(
        served(edgeFunction(fine, { publish: false })),
        new UserError('the function "edge" is not published'),
      );
      assert.throws(
        () => readDistribution([cachePolicy(), distribution({ defaultCacheBehavior: WITH_EDGE })]),
        /behaviour "\*": there is no function "arn:aws:cloudfront::123456789012:function\/edge"/,
      );
      assert.throws(() => new EdgeFunction("endless", "for(;;);"), /"endless" does not load/);
    });
  });

  describe("an origin group", () => {
    const groupOf = (statusCodes: readonly number[]) =>
      distribution({
        origins: [
          { originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} },
          { originId: "api", domainName: API_HOST, originPath: "/prod/resizer", customOriginConfig: {} },
        ],
        originGroups: [
          {
            originId: "group",
            failoverCriteria: { statusCodes },
            members: [{ originId: "website" }, { originId: "api" }],
          },
        ],
        defaultCacheBehavior: behavior({ targetOriginId: "group", allowedMethods: ["GET", "HEAD", "PUT"] }),
      });

    it("asks the second origin for the same path, and keeps its answer", async () => {
      const { get, seen } = await start(
        [cachePolicy(), groupOf([403, 404])],
        reply(403),
        reply(200, { "cache-control": "max-age=100" }),
      );
      const first = await get("/p_1/640w/a%20b.png");
      assert.deepEqual([first.status, first.headers["x-cache"]], [200, "Miss from cloudfront"]);
      assert.equal((await get("/p_1/640w/a%20b.png")).headers["x-cache"], "Hit from cloudfront");
      assert.deepEqual(
        [seen.website.map(({ url }) => url), seen.api.map(({ url }) => url)],
        [["/p_1/640w/a%20b.png"], ["/prod/resizer/p_1/640w/a%20b.png"]],
      );
      assert.equal(seen.api[0]?.headers.host, API_HOST);
    });

    for (const [status, asked] of [
      [200, 0],
      [307, 0],
      [403, 0],
      [404, 1],
      [500, 1],
      [503, 0],
    ] as const) {
      it(`of 404 and 500 asks the second ${asked} times after a ${status} of the first`, async () => {
        const { get, seen } = await start([cachePolicy(), groupOf([404, 500])], reply(status), reply(418));
        assert.equal((await get("/a.png")).status, asked === 1 ? 418 : status);
        assert.equal(seen.api.length, asked);
      });
    }

    it("does not fail over for a method that changes something", async () => {
      const { get, seen } = await start([cachePolicy(), groupOf([404])], reply(404), reply(200));
      assert.equal((await get("/a.png", { method: "PUT" })).status, 404);
      assert.equal(seen.api.length, 0);
    });

    it("is refused with a member that is no origin", () => {
      const group = groupOf([404]);
      const inputs = {
        ...group.inputs,
        origins: [{ originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} }],
      };
      assert.throws(
        () => readDistribution([cachePolicy(), { ...group, inputs }]),
        new UserError('the distribution "cdn": there is no origin "api"'),
      );
    });
  });

  it("adds the headers of a response headers policy to every answer, or where there are none", async () => {
    const policy = resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "headers", {
      customHeadersConfig: {
        items: [
          { header: "Vary", value: "Accept", override: true },
          { header: "X-Kind", value: "default", override: false },
        ],
      },
    });
    const { get } = await start(
      [
        cachePolicy(),
        policy,
        distribution({ defaultCacheBehavior: behavior({ responseHeadersPolicyId: "headers-id" }) }),
      ],
      (request, response) => {
        reply(request.url === "/missing" ? 404 : 200, { vary: "Origin", "x-kind": "own" })(request, response);
      },
    );
    for (const path of ["/a.png", "/missing"]) {
      const { headers } = await get(path);
      assert.deepEqual([headers.vary, headers["x-kind"]], ["Accept", "own"]);
    }
  });
});
