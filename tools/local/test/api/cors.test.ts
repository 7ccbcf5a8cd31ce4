import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { readHttpApi } from "../../api/http-api";
import { UserError } from "@image-resizer/lib/program";
import { apiResources, type Invoke, returns, startApi, targetOf } from "../support/api-resources";
import { freedAfterEach } from "../support/freed";

describe("CORS of the local HTTP API", () => {
  const free = freedAfterEach();
  const start = (invoke: Invoke, resources = apiResources()) => startApi(free, invoke, resources);
  const SHOP = "https://shop.example.com";
  const LISTED = {
    allowOrigins: [SHOP],
    allowMethods: ["GET", "HEAD"],
    exposeHeaders: ["ETag", "Retry-After"],
    maxAge: 3600,
  };
  const EVERY_ORIGIN = { allowOrigins: ["*"], allowMethods: ["GET"] };
  const OWN = { "access-control-allow-origin": "https://own.example.com", "access-control-max-age": "1" };
  const invoke = returns({ statusCode: 404, headers: { ...OWN, etag: '"1"' } });
  const withCors = (corsConfiguration: unknown) =>
    apiResources(corsConfiguration ? { api: { corsConfiguration } } : {});
  const cors = (headers: IncomingHttpHeaders) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

  const EXPOSED = { "access-control-expose-headers": "ETag, Retry-After" };
  for (const [what, configuration, origin, expected] of [
    ["the function's own headers without a configuration", undefined, SHOP, OWN],
    ["the origin to a listed one", LISTED, SHOP, { "access-control-allow-origin": SHOP, ...EXPOSED }],
    ["nothing to another", LISTED, "https://shop.example.org", {}],
    ["nothing after a redirect elsewhere", LISTED, "null", {}],
    ["nothing without an origin", LISTED, undefined, {}],
    ["* to every origin", EVERY_ORIGIN, "null", { "access-control-allow-origin": "*" }],
  ] as const) {
    it(`adds ${what}, whatever the status`, async () => {
      const { get } = await start(invoke, withCors(configuration));
      const answer = await get("/prod/resizer?key=a.jpg", origin === undefined ? {} : { headers: { origin } });
      assert.deepEqual([answer.status, answer.headers.etag, cors(answer.headers)], [404, '"1"', expected]);
    });
  }

  const ASKED = { origin: SHOP, "access-control-request-method": "GET" };
  const ALLOWED = {
    "access-control-allow-origin": SHOP,
    "access-control-allow-methods": "GET, HEAD",
    "access-control-max-age": "3600",
  };
  const ALL = { "access-control-allow-origin": "*", "access-control-allow-methods": "GET" };
  for (const [what, configuration, headers, status, expected] of [
    ["a listed origin", LISTED, ASKED, 204, ALLOWED],
    ["a header", LISTED, { ...ASKED, "access-control-request-headers": "x-own" }, 204, {}],
    ["another method", LISTED, { ...ASKED, "access-control-request-method": "PUT" }, 204, {}],
    ["another origin", LISTED, { ...ASKED, origin: "null" }, 204, {}],
    ["no method", LISTED, { origin: SHOP }, 204, {}],
    ["any origin where all are allowed", EVERY_ORIGIN, { ...ASKED, origin: "null" }, 204, ALL],
    ["no configuration", undefined, ASKED, 404, {}],
  ] as const) {
    it(`answers a preflight with ${what}`, async () => {
      const { get } = await start(invoke, withCors(configuration));
      const answer = await get("/prod/resizer", { method: "OPTIONS", headers });
      assert.deepEqual([answer.status, cors(answer.headers)], [status, expected]);
    });
  }

  it("is added to what an integration answers, not to what the API rejects by itself", async () => {
    const { get } = await start(invoke, withCors(EVERY_ORIGIN));
    const answer = await get("/prod/other", { headers: { origin: SHOP } });
    assert.deepEqual([answer.status, cors(answer.headers)], [404, {}]);
  });

  for (const [changed, problem] of [
    [{ allowCredentials: true }, ': Unrecognized key: "allowCredentials"'],
    [{ allowOrigins: ["https://*"] }, ".allowOrigins.0: the local stack serves whole origins, or *"],
  ] as const) {
    it(`is rejected with ${problem}`, () => {
      assert.throws(
        () => readHttpApi(withCors({ ...LISTED, ...changed }), [targetOf(invoke)]),
        new UserError(`aws:apigatewayv2/api:Api "api" cannot be served: corsConfiguration${problem}`),
      );
    });
  }
});
