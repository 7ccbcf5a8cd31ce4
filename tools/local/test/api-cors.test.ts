import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { Api } from "../api/api";
import { readHttpApi } from "../api/http-api";
import { HostTable } from "../hosts";
import type { LocalServer } from "../http/listen";
import { servePart } from "../http/serve-part";
import { UserError } from "@image-resizer/lib/program";
import { Trace } from "../trace";
import { apiResources, FUNCTION_ARN, INVOKE_ARN } from "./support/api-resources";
import { type Ask, ask } from "./support/http";

const ACCOUNT = "123456789012";
const SHOP = "https://shop.example.com";
const LISTED = {
  allowOrigins: [SHOP],
  allowMethods: ["GET", "HEAD"],
  allowHeaders: ["X-Shop"],
  exposeHeaders: ["ETag", "Retry-After"],
  maxAge: 3600,
};
const EVERYBODY = { allowOrigins: ["*"], allowMethods: ["GET"] };

/** What the function says of CORS by itself. */
const OWN = { "Access-Control-Allow-Origin": "https://own.example.com", "access-control-max-age": "1", etag: '"1"' };

function read(corsConfiguration: unknown) {
  const payload = JSON.stringify({ statusCode: 404, headers: OWN });
  const invoke = () => Promise.resolve({ kind: "answer", payload } as const);
  const target = { name: "shop-resizer", arn: FUNCTION_ARN, invokeArn: INVOKE_ARN, runtime: { invoke } };
  return readHttpApi(apiResources(corsConfiguration ? { api: { corsConfiguration } } : {}), ACCOUNT, [target]);
}

const cors = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

describe("the local HTTP API's CORS", () => {
  let server: LocalServer | undefined;
  afterEach(() => server?.close());

  async function request(corsConfiguration: unknown, path: string, more: Ask) {
    const options = { api: read(corsConfiguration), accountId: ACCOUNT, hosts: new HostTable() };
    server = await servePart("api", new Trace(), 0, new Api(options).handle);
    return ask(`http://127.0.0.1:${server.port}${path}`, more);
  }

  const EXPOSED = { "access-control-expose-headers": "ETag,Retry-After" };
  for (const [what, configuration, origin, expected] of [
    [
      "the function's own where none is configured",
      undefined,
      SHOP,
      { "access-control-allow-origin": "https://own.example.com", "access-control-max-age": "1" },
    ],
    ["the origin to a listed one", LISTED, SHOP, { "access-control-allow-origin": SHOP, ...EXPOSED }],
    ["nothing to another", LISTED, "https://shop.example.org", {}],
    ["nothing to one that a redirect took away", LISTED, "null", {}],
    ["nothing to a request without an origin", LISTED, undefined, {}],
    ["* to everybody", EVERYBODY, "null", { "access-control-allow-origin": "*" }],
  ] as const) {
    it(`says ${what}, whatever the status`, async () => {
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      const answer = await request(configuration, "/prod/resizer?key=a.jpg", { headers });
      assert.deepEqual([answer.status, answer.headers.etag, cors(answer.headers)], [404, '"1"', expected]);
    });
  }

  const ASKED = { origin: SHOP, "access-control-request-method": "GET" };
  const ALLOWED = {
    "access-control-allow-origin": SHOP,
    "access-control-allow-methods": "GET,HEAD",
    "access-control-allow-headers": "X-Shop",
    "access-control-max-age": "3600",
  };
  for (const [what, configuration, headers, status, expected] of [
    ["a listed origin", LISTED, ASKED, 204, ALLOWED],
    ["an allowed header", LISTED, { ...ASKED, "access-control-request-headers": "x-shop" }, 204, ALLOWED],
    ["another header", LISTED, { ...ASKED, "access-control-request-headers": "x-shop, x-own" }, 204, {}],
    ["another method", LISTED, { ...ASKED, "access-control-request-method": "PUT" }, 204, {}],
    ["another origin", LISTED, { ...ASKED, origin: "null" }, 204, {}],
    ["no method", LISTED, { origin: SHOP }, 204, {}],
    [
      "any origin where all are allowed",
      EVERYBODY,
      { ...ASKED, origin: "null" },
      204,
      { "access-control-allow-origin": "*", "access-control-allow-methods": "GET" },
    ],
    ["no configuration", undefined, ASKED, 404, {}],
  ] as const) {
    it(`answers a preflight with ${what}`, async () => {
      const answer = await request(configuration, "/prod/resizer", { method: "OPTIONS", headers });
      assert.deepEqual([answer.status, cors(answer.headers)], [status, expected]);
    });
  }

  it("is for what an integration answers, not for what the API refuses by itself", async () => {
    const answer = await request(EVERYBODY, "/prod/other", { headers: { origin: SHOP } });
    assert.deepEqual([answer.status, cors(answer.headers)], [404, {}]);
  });

  for (const [changed, problem] of [
    [{ allowCredentials: true }, "corsConfiguration.allowCredentials: the local stack serves CORS without credentials"],
    [{ allowOrigins: ["https://*"] }, "corsConfiguration.allowOrigins.0: the local stack serves whole origins, or *"],
  ] as const) {
    it(`is refused with ${JSON.stringify(changed)}`, () => {
      assert.throws(
        () => read({ ...LISTED, ...changed }),
        new UserError(`aws:apigatewayv2/api:Api "api" cannot be served: ${problem}`),
      );
    });
  }
});
