import assert from "node:assert/strict";
import { readDistribution } from "../../cdn/distribution";
import { EdgeFunction } from "../../cdn/edge-function";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { API_HOST, cacheResult, respond, startCdn } from "../support/cdn";
import { freedAfterEach } from "../support/freed";
import { behavior, cachePolicy, distribution, ORIGIN_HOST, resource } from "../support/resources";

const EDGE_ARN = "arn:aws:cloudfront::123456789012:function/edge";
function edgeFunction(code: string, more: Readonly<Record<string, unknown>> = {}): RegisteredResource {
  const inputs = { code, runtime: "cloudfront-js-2.0", publish: true, ...more };
  return resource("aws:cloudfront/function:Function", "edge", inputs, { arn: EDGE_ARN });
}
const WITH_EDGE = behavior({ functionAssociations: [{ eventType: "viewer-request", functionArn: EDGE_ARN }] });

describe("an edge function of the local CDN", () => {
  const free = freedAfterEach();
  const start = (code: string, website = respond(500)) =>
    startCdn(free, [cachePolicy(), edgeFunction(code), distribution({ defaultCacheBehavior: WITH_EDGE })], { website });

  it("rewrites the path, which is then the cache's key, but not the behaviour's", async () => {
    const rewriting = "function handler(event){event.request.uri='/other'+event.request.uri;return event.request}";
    const cdn = distribution({
      defaultCacheBehavior: behavior({ targetOriginId: "nowhere" }),
      orderedCacheBehaviors: [{ ...WITH_EDGE, pathPattern: "/a*" }],
      origins: [
        { originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} },
        { originId: "nowhere", domainName: "nowhere.example", customOriginConfig: {} },
      ],
    });
    const { get, seen, hops } = await startCdn(free, [cachePolicy(), edgeFunction(rewriting), cdn], {
      website: respond(200, { "cache-control": "max-age=100" }),
    });
    assert.equal(cacheResult(await get("/a.png?x=1")), "Miss");
    assert.equal(cacheResult(await get("/a.png")), "Hit");
    assert.deepEqual(
      seen.map(({ url }) => url),
      ["/other/a.png"],
    );
    const [edge] = hops.filter(({ part }) => part === "edge");
    assert.deepEqual([edge?.status, edge?.what, edge?.detail], [200, "viewer request /a.png", "/other/a.png"]);
  });

  it("gets a request as CloudFront describes it", async () => {
    const { get } = await start("function handler(event){return {statusCode:200,body:JSON.stringify(event)}}");
    const answer = await get("/a%20b.png?x=1&y=%20&x=2", {
      headers: { Accept: "image/webp", Cookie: "c=1; d=2", "X-Thing": "One", Host: "d1.cloudfront.net" },
    });
    const { request, version, context } = JSON.parse(answer.body.toString()) as Record<string, Record<string, unknown>>;
    assert.equal(version, "1.0");
    assert.equal(context?.eventType, "viewer-request");
    const { connection, ...headers } = (request?.headers ?? {}) as Record<string, unknown>;
    assert.ok(connection);
    assert.deepEqual(
      { ...request, headers },
      {
        method: "GET",
        uri: "/a%20b.png",
        querystring: { x: { value: "1", multiValue: [{ value: "1" }, { value: "2" }] }, y: { value: "%20" } },
        headers: { accept: { value: "image/webp" }, "x-thing": { value: "One" }, host: { value: "d1.cloudfront.net" } },
        cookies: { c: { value: "1" }, d: { value: "2" } },
      },
    );
  });

  it("passes on the query that it returns, several values of a name too", async () => {
    const key = { queryStringsConfig: { queryStringBehavior: "whitelist", queryStrings: { items: ["key", "x"] } } };
    const code = "function handler(event){event.request.querystring.key={value:'a%2Fb'};return event.request}";
    const { get, seen } = await startCdn(
      free,
      [cachePolicy({ key }), edgeFunction(code), distribution({ defaultCacheBehavior: WITH_EDGE })],
      { website: respond(200) },
    );
    await get("/a.png?x=1&x=2");
    assert.equal(seen[0]?.url, "/a.png?x=1&x=2&key=a%2Fb");
  });

  it("responds by itself, and then no origin is asked and nothing is cached", async () => {
    const { get, seen } = await start(
      "function handler(){return {statusCode:404,statusDescription:'Not Found'," +
        "headers:{'cache-control':{value:'public, max-age=60'}},body:{encoding:'text',data:'no'}}}",
    );
    const answer = await get("/a.png");
    assert.deepEqual(
      [answer.status, cacheResult(answer), answer.headers["cache-control"], answer.body.toString()],
      [404, "FunctionGeneratedResponse", "public, max-age=60", "no"],
    );
    assert.equal(seen.length, 0);
  });

  for (const [what, code] of [
    ["throws", "function handler(){throw new Error('no')}"],
    ["returns nothing", "function handler(){}"],
    ["returns a path without a slash", "function handler(e){e.request.uri='a';return e.request}"],
    ["needs a module", "function handler(e){require('fs');return e.request}"],
    ["needs Node's process", "function handler(e){process.exit();return e.request}"],
    ["uses the network", "function handler(e){fetch('http://x');return e.request}"],
    ["waits", "function handler(e){setTimeout(function(){},1);return e.request}"],
    ["evaluates text", "function handler(e){eval('1');return e.request}"],
    ["creates functions of text", "function handler(e){new Function('return 1')();return e.request}"],
    ["encodes text", "function handler(e){new TextEncoder();return e.request}"],
    ["reads URLs", "function handler(e){new URL('http://x');return e.request}"],
  ] as const) {
    it(`that ${what} is a 503, as in CloudFront's runtime`, async () => {
      const { get, seen, hops } = await start(code);
      const answer = await get("/a.png");
      assert.deepEqual([answer.status, cacheResult(answer)], [503, "FunctionExecutionError"]);
      assert.equal(seen.length, 0);
      assert.equal(hops.find(({ part }) => part === "edge")?.status, 503);
    });
  }

  it("is rejected at the start where CloudFront would reject it", () => {
    const reading = (fn: RegisteredResource) => () =>
      readDistribution([cachePolicy(), fn, distribution({ defaultCacheBehavior: WITH_EDGE })]);
    const fine = "function handler(event){return event.request}";
    reading(edgeFunction(fine))();
    const long = `${fine}//${"x".repeat(10_240 - fine.length - 2)}`;
    reading(edgeFunction(long))();
    for (const [read, problem] of [
      [reading(edgeFunction(`${long}x`)), 'the function "edge" is 10241 bytes: allowed is 10240'],
      [reading(edgeFunction("export function handler() {}")), 'the function "edge" does not load: SyntaxError'],
      [reading(edgeFunction(fine, { runtime: "cloudfront-js-1.0" })), "runtime: Invalid input"],
      [reading(edgeFunction(fine, { publish: false })), 'the function "edge" is not published'],
      [
        () => readDistribution([cachePolicy(), distribution({ defaultCacheBehavior: WITH_EDGE })]),
        `behaviour "*": the program declares no function "${EDGE_ARN}"`,
      ],
      [() => new EdgeFunction("endless", "for(;;);"), 'the function "endless" does not load'],
    ] as const) {
      assert.throws(read, (error) => error instanceof UserError && error.message.includes(problem), problem);
    }
  });
});

describe("an origin group of the local CDN", () => {
  const free = freedAfterEach();
  const website = { originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} };
  const groupOf = (statusCodes: readonly number[], more: readonly unknown[]) =>
    distribution({
      origins: [website, ...more],
      originGroups: [
        {
          originId: "group",
          failoverCriteria: { statusCodes },
          members: [{ originId: "website" }, { originId: "api" }],
        },
      ],
      defaultCacheBehavior: behavior({ targetOriginId: "group" }),
    });
  const API = { originId: "api", domainName: API_HOST, originPath: "/prod/resizer", customOriginConfig: {} };

  it("asks the second origin for the same path, and caches its response", async () => {
    const { get, seen, apiSeen } = await startCdn(free, [cachePolicy(), groupOf([403, 404], [API])], {
      website: respond(403),
      api: respond(200, { "cache-control": "max-age=100" }),
    });
    const first = await get("/p_1/640w/a%20b.png");
    assert.deepEqual([first.status, cacheResult(first)], [200, "Miss"]);
    assert.equal(cacheResult(await get("/p_1/640w/a%20b.png")), "Hit");
    assert.deepEqual(
      [seen.map(({ url }) => url), apiSeen.map(({ url, headers }) => [url, headers.host])],
      [["/p_1/640w/a%20b.png"], [["/prod/resizer/p_1/640w/a%20b.png", API_HOST]]],
    );
  });

  for (const [status, asked] of [
    [200, 0],
    [307, 0],
    [403, 0],
    [404, 1],
    [500, 1],
    [503, 0],
  ] as const) {
    it(`for 404 and 500 asks the second origin ${asked} times after a ${status} of the first`, async () => {
      const { get, apiSeen } = await startCdn(free, [cachePolicy(), groupOf([404, 500], [API])], {
        website: respond(status),
        api: respond(418),
      });
      assert.equal((await get("/a.png")).status, asked === 1 ? 418 : status);
      assert.equal(apiSeen.length, asked);
    });
  }

  it("is rejected with a member that is no origin", () => {
    assert.throws(
      () => readDistribution([cachePolicy(), groupOf([404], [])]),
      new UserError('the distribution has no origin "api"'),
    );
  });
});
