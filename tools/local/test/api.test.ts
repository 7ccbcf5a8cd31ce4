import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Api } from "../api/api";
import { readHttpApi } from "../api/http-api";
import type { InvocationResult } from "../function/function-runtime";
import { HostTable } from "../hosts";
import { servePart } from "../http/server";
import { UserError } from "@image-resizer/lib/program";
import { type Hop, Trace } from "../trace";
import { API_HOST, apiResources, FUNCTION_ARN, INVOKE_ARN } from "./support/api-resources";
import { type Ask, ask } from "./support/http";
import { freedAfterEach } from "./support/freed";
import { resource } from "./support/resources";

const ACCOUNT = "123456789012";

type Invoke = (event: unknown, requestId: string) => Promise<InvocationResult>;

const returns =
  (value: unknown): Invoke =>
  () =>
    Promise.resolve({ kind: "answer", payload: value === undefined ? "null" : JSON.stringify(value) });

function targetOf(invoke: Invoke) {
  const names = { name: "shop-resizer", arn: FUNCTION_ARN, invokeArn: INVOKE_ARN, roleArn: "arn:role" };
  return { ...names, timeoutS: 15, runtime: { invoke } };
}

describe("the local HTTP API", () => {
  const free = freedAfterEach();

  async function start(invoke: Invoke, resources = apiResources()) {
    const hosts = new HostTable();
    hosts.add("d123.cloudfront.net", 8080);
    const trace = new Trace();
    const hops: Hop[] = [];
    trace.listen((hop) => hops.push(hop));
    const clock = { now: Date.UTC(2026, 2, 12, 9, 3, 58) };
    const api = readHttpApi(resources, [targetOf(invoke)]);
    const { handle } = new Api({ api, accountId: ACCOUNT, hosts, now: () => clock.now });
    const server = await servePart("api", trace, 0, handle);
    free(() => server.close());
    return { get: (path: string, more?: Ask) => ask(server.url + path, more), hops, clock };
  }

  const json = ({ body }: { body: Buffer }) => JSON.parse(body.toString()) as unknown;

  it("passes the event of payload format 2.0", async () => {
    let event: unknown;
    const { get } = await start((input) => {
      event = input;
      return returns({ statusCode: 204 })(input, "");
    });
    const answer = await get("/prod/resizer?key=a%20b+c/640w/%26.jpg&x&key=2", {
      headers: { "X-Thing": "One", cookie: "a=b; c=d", "user-agent": "me", connection: "close" },
    });
    const { requestContext, headers, ...rest } = event as APIGatewayProxyEventV2;
    assert.deepEqual(rest, {
      version: "2.0",
      routeKey: "GET /resizer",
      rawPath: "/prod/resizer",
      rawQueryString: "key=a%20b+c/640w/%26.jpg&x&key=2",
      cookies: ["a=b", "c=d"],
      queryStringParameters: { key: "a b c/640w/&.jpg,2", x: "" },
      isBase64Encoded: false,
    });
    const { "x-amzn-trace-id": traceId, ...others } = headers;
    assert.match(traceId ?? "", /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.deepEqual(others, {
      "content-length": "0",
      host: API_HOST,
      "user-agent": "me",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
      "x-thing": "One",
    });
    assert.deepEqual(requestContext, {
      accountId: ACCOUNT,
      apiId: "abc123",
      domainName: API_HOST,
      domainPrefix: "abc123",
      http: { method: "GET", path: "/prod/resizer", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "me" },
      requestId: answer.headers["apigw-requestid"],
      routeKey: "GET /resizer",
      stage: "prod",
      time: "12/Mar/2026:09:03:58 +0000",
      timeEpoch: 1773306238000,
    });
  });

  describe("responses", () => {
    const ERROR = '{"message":"Internal Server Error"}';
    const cases: [what: string, result: unknown, status: number, headers: Record<string, unknown>, body: string][] = [
      [
        "text",
        { statusCode: 301, headers: { Location: "https://d123.cloudfront.net/a", "X-N": "5" }, body: "moved" },
        301,
        { location: "http://localhost:8080/a", "x-n": "5" },
        "moved",
      ],
      ["text without a type", { statusCode: 200, body: "ü" }, 200, { "content-type": "text/plain;charset=UTF-8" }, "ü"],
      [
        "bytes",
        { statusCode: 201, headers: { "content-type": "image/png" }, body: "aMO8", isBase64Encoded: true },
        201,
        { "content-type": "image/png" },
        "hü",
      ],
      ["an object without statusCode", { a: 1 }, 500, {}, ERROR],
      ["nothing", undefined, 500, {}, ERROR],
      ["a statusCode that is none", { statusCode: "ok" }, 500, {}, ERROR],
      ["a body that is no string", { statusCode: 200, body: {} }, 500, {}, ERROR],
      ["what is not served", { statusCode: 200, cookies: ["a=1"] }, 500, {}, ERROR],
    ];
    for (const [what, result, status, headers, body] of cases) {
      it(`maps ${what}`, async () => {
        const { get } = await start(returns(result));
        const answer = await get("/prod/resizer");
        assert.equal(answer.status, status);
        assert.equal(answer.body.toString(), body);
        for (const [name, value] of Object.entries(headers)) assert.deepEqual(answer.headers[name], value, name);
      });
    }

    it("have at most the bytes that Lambda may return", async () => {
      const largest = 6_291_556 - JSON.stringify({ statusCode: 200, body: "" }).length;
      const fits = await start(returns({ statusCode: 200, body: "x".repeat(largest) }));
      assert.equal((await fits.get("/prod/resizer")).body.length, largest);
      const over = await start(returns({ statusCode: 200, body: "x".repeat(largest + 1) }));
      const answer = await over.get("/prod/resizer");
      assert.deepEqual([answer.status, answer.body.toString()], [500, ERROR]);
    });

    it("to HEAD come from its own route, without a body", async () => {
      const { get, hops } = await start(
        returns({ statusCode: 301, headers: { location: "https://x.example/" }, body: "b" }),
      );
      const answer = await get("/prod/resizer?key=a", { method: "HEAD" });
      assert.deepEqual([answer.status, answer.headers.location, answer.body.length], [301, "https://x.example/", 0]);
      assert.deepEqual(
        hops.map(({ part, what, status, bytes, entry }) => ({ part, what, status, bytes, entry })),
        [{ part: "api", what: "HEAD /prod/resizer?key=a", status: 301, bytes: 0, entry: true }],
      );
    });
  });

  describe("routes", () => {
    it("serves exact routes of the stage alone", async () => {
      const { get } = await start(returns({ statusCode: 200 }));
      assert.equal((await get("/prod/resizer")).status, 200);
      const others: [string, Ask?][] = [
        ["/resizer"],
        ["/dev/resizer"],
        ["/prod/resizer/"],
        ["/prod/Resizer"],
        ["/prod"],
        ["/production/resizer"],
        ["/prod/resizer", { method: "POST", body: "x" }],
      ];
      for (const [path, more] of others) {
        const answer = await get(path, more);
        assert.deepEqual([path, answer.status, json(answer)], [path, 404, { message: "Not Found" }]);
      }
    });

    const route = resource("aws:apigatewayv2/route:Route", "put", {
      routeKey: "PUT /resizer",
      target: "integrations/integration-id",
    });
    for (const [resources, message] of [
      [
        apiResources({ api: { disableExecuteApiEndpoint: true } }),
        'the local stack does not serve "disableExecuteApiEndpoint" of the API "api"',
      ],
      [
        apiResources({ integration: { integrationUri: "arn:other" } }),
        'the integration "integration" calls no declared function',
      ],
      [
        apiResources({ stage: { name: "$default" } }),
        'aws:apigatewayv2/stage:Stage "stage" cannot be served: name: the local stack serves stages with a name',
      ],
      [
        apiResources({ stage: { autoDeploy: false } }),
        'aws:apigatewayv2/stage:Stage "stage" cannot be served: autoDeploy: Invalid input: expected true',
      ],
      [
        apiResources({ permission: { sourceAccount: ACCOUNT } }),
        'the local stack does not serve "sourceAccount" of the permission "permission"',
      ],
      [
        [...apiResources(), route],
        'the local stack serves routes of GET or HEAD and one path or all paths below it, not "PUT /resizer"',
      ],
    ] as const) {
      it(`are rejected at the start: ${message}`, () => {
        assert.throws(() => readHttpApi(resources, [targetOf(returns(1))]), new UserError(message));
      });
    }
  });

  describe("permission to invoke", () => {
    const execute = `arn:aws:execute-api:eu-central-1:${ACCOUNT}:abc123`;
    const cases: [what: string, permission: Record<string, unknown>, status: number][] = [
      ["the exact route", { sourceArn: `${execute}/prod/GET/resizer` }, 200],
      ["any route", { sourceArn: `${execute}/*` }, 200],
      ["the function's ARN", { function: FUNCTION_ARN }, 200],
      ["another route", { sourceArn: `${execute}/prod/POST/resizer` }, 500],
      ["another stage", { sourceArn: `${execute}/dev/*/resizer` }, 500],
      ["another API", { sourceArn: `arn:aws:execute-api:eu-central-1:${ACCOUNT}:zzz/*` }, 500],
      ["another principal", { principal: "s3.amazonaws.com" }, 500],
      ["another function", { function: "other" }, 500],
      ["another action", { action: "lambda:GetFunction" }, 500],
    ];
    for (const [what, permission, status] of cases) {
      it(`${what}: ${status}`, async () => {
        let invoked = 0;
        const { get } = await start((event, id) => {
          invoked++;
          return returns({ statusCode: 200 })(event, id);
        }, apiResources({ permission }));
        const answer = await get("/prod/resizer");
        assert.equal(answer.status, status);
        assert.equal(invoked, status === 200 ? 1 : 0);
        if (status === 500) assert.deepEqual(json(answer), { message: "Internal Server Error" });
      });
    }
  });

  describe("limits", () => {
    it("throttles by rate and burst", async () => {
      const settings = { throttlingRateLimit: 2, throttlingBurstLimit: 3 };
      const { get, clock } = await start(
        returns({ statusCode: 200 }),
        apiResources({ stage: { defaultRouteSettings: settings } }),
      );
      const statuses = async (count: number) => {
        const answers: number[] = [];
        for (let index = 0; index < count; index++) answers.push((await get("/prod/resizer")).status);
        return answers;
      };
      assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
      clock.now += 500;
      assert.deepEqual(await statuses(2), [200, 429]);
      clock.now += 60_000;
      assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
      assert.deepEqual(json(await get("/prod/resizer")), { message: "Too Many Requests" });
    });

    it("lets nothing pass where one of the two numbers is missing", async () => {
      for (const settings of [{ throttlingBurstLimit: 10 }, { throttlingRateLimit: 10 }]) {
        const resources = apiResources({ stage: { defaultRouteSettings: settings } });
        const { get } = await start(returns({ statusCode: 200 }), resources);
        assert.equal((await get("/prod/resizer")).status, 429);
      }
    });

    it("rejects a request line or headers of more than 10,240 bytes", async () => {
      const { get } = await start(returns({ statusCode: 200 }));
      const rest = "GET /prod/resizer?key= HTTP/1.1".length;
      const headers = ["host", "127.0.0.1:", "connection", "close"].join("").length + 5;
      const fits = await get(`/prod/resizer?key=${"k".repeat(10_240 - rest - headers)}`);
      assert.equal(fits.status, 200);
      assert.equal((await get("/prod/resizer", { headers: { "x-long": "v".repeat(10_240) } })).status, 431);
      assert.equal((await get(`/prod/resizer?key=${"k".repeat(10_241 - rest)}`)).status, 414);
    });

    for (const [what, invoke, status, text] of [
      ["a throttled function", () => Promise.resolve({ kind: "throttled" }), 503, "Service Unavailable"],
      ["a function that is too slow", () => new Promise<never>(() => undefined), 503, "Service Unavailable"],
      [
        "a function that fails",
        () => Promise.resolve({ kind: "error", error: { errorType: "Error", errorMessage: "secret" } }),
        500,
        "Internal Server Error",
      ],
    ] as const satisfies [string, Invoke, number, string][]) {
      it(`answers ${status} for ${what}`, async () => {
        const { get } = await start(invoke, apiResources({ integration: { timeoutMilliseconds: 50 } }));
        const answer = await get("/prod/resizer");
        assert.deepEqual([answer.status, json(answer)], [status, { message: text }]);
      });
    }
  });

  describe("a route for every path below one", () => {
    const greedy = () => {
      const target = "integrations/integration-id";
      const others = apiResources({
        permission: { sourceArn: "arn:aws:execute-api:eu-central-1:123456789012:abc123/prod/GET/resizer/*" },
      }).filter(({ type }) => !type.endsWith(":Route"));
      return [...others, resource("aws:apigatewayv2/route:Route", "get", { routeKey: "GET /resizer/{key+}", target })];
    };

    it("hands the path on decoded, and cut at a question mark, as HTTP APIs do", async () => {
      const paths: (readonly [string, string])[] = [];
      const { get } = await start((event) => {
        const { rawPath, rawQueryString } = event as APIGatewayProxyEventV2;
        paths.push([rawPath, rawQueryString]);
        return returns({ statusCode: 204 })(event, "");
      }, greedy());
      assert.equal((await get("/prod/resizer/p_1/640w/a%20b%25.jpg?key=a%20b")).status, 204);
      assert.equal((await get("/prod/resizer/p_1/640w/what%3F.jpg")).status, 204);
      assert.deepEqual(paths, [
        ["/prod/resizer/p_1/640w/a b%.jpg", "key=a%20b"],
        ["/prod/resizer/p_1/640w/what", ""],
      ]);
    });

    it("is for nothing beside it, and for no other method", async () => {
      const { get } = await start(returns({ statusCode: 204 }), greedy());
      for (const path of ["/prod/resizer", "/prod/resizer/", "/prod/resizers/a", "/resizer/a"]) {
        assert.equal((await get(path)).status, 404, path);
      }
      assert.equal((await get("/prod/resizer/a", { method: "HEAD" })).status, 404);
      assert.equal((await get("/prod/resizer/%zz")).status, 400);
    });
  });

  describe("CORS", () => {
    const SHOP = "https://shop.example.com";
    const LISTED = {
      allowOrigins: [SHOP],
      allowMethods: ["GET", "HEAD"],
      allowHeaders: ["X-Shop"],
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
      "access-control-allow-headers": "X-Shop",
      "access-control-max-age": "3600",
    };
    const ALL = { "access-control-allow-origin": "*", "access-control-allow-methods": "GET" };
    for (const [what, configuration, headers, status, expected] of [
      ["a listed origin", LISTED, ASKED, 204, ALLOWED],
      ["an allowed header", LISTED, { ...ASKED, "access-control-request-headers": "x-shop" }, 204, ALLOWED],
      ["another header", LISTED, { ...ASKED, "access-control-request-headers": "x-shop, x-own" }, 204, {}],
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
      [{ allowCredentials: true }, "allowCredentials: the local stack serves CORS without credentials"],
      [{ allowOrigins: ["https://*"] }, "allowOrigins.0: the local stack serves whole origins, or *"],
    ] as const) {
      it(`is rejected with ${problem}`, () => {
        assert.throws(
          () => readHttpApi(withCors({ ...LISTED, ...changed }), [targetOf(invoke)]),
          new UserError(`aws:apigatewayv2/api:Api "api" cannot be served: corsConfiguration.${problem}`),
        );
      });
    }
  });
});
