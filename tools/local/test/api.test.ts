import assert from "node:assert/strict";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Api } from "../api/api";
import { readHttpApi } from "../api/http-api";
import type { InvocationResult } from "../function/function-runtime";
import { HostTable } from "../hosts";
import { servePart } from "../http/serve-part";
import { UserError } from "@image-resizer/lib/program";
import { type Hop, Trace } from "../trace";
import { API_HOST, apiResources, FUNCTION_ARN, INVOKE_ARN } from "./support/api-resources";
import { type Ask, ask } from "./support/http";
import { resource } from "./support/resources";

const ACCOUNT = "123456789012";

type Invoke = (event: unknown, requestId: string) => Promise<InvocationResult>;

const returns =
  (value: unknown): Invoke =>
  () =>
    Promise.resolve({ kind: "answer", payload: value === undefined ? "null" : JSON.stringify(value) });

function targetOf(invoke: Invoke) {
  return { name: "shop-resizer", arn: FUNCTION_ARN, invokeArn: INVOKE_ARN, runtime: { invoke } };
}

describe("the local HTTP API", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function start(invoke: Invoke, resources = apiResources()) {
    const hosts = new HostTable();
    hosts.add("d123.cloudfront.net", 8080);
    const trace = new Trace();
    const hops: Hop[] = [];
    trace.listen((hop) => hops.push(hop));
    const clock = { now: Date.UTC(2026, 2, 12, 9, 3, 58) };
    const api = readHttpApi(resources, ACCOUNT, [targetOf(invoke)]);
    const server = await servePart(
      "api",
      trace,
      0,
      new Api({ api, accountId: ACCOUNT, hosts, now: () => clock.now }).handle,
    );
    cleanups.push(() => server.close());
    const get = (path: string, more?: Ask) => ask(`http://127.0.0.1:${server.port}${path}`, more);
    return { get, hops, clock, port: server.port };
  }

  const json = ({ body }: { body: Buffer }) => JSON.parse(body.toString()) as unknown;

  it("passes the event of payload format 2.0", async () => {
    let event: unknown;
    const { get, port } = await start((given) => {
      event = given;
      return returns({ statusCode: 204 })(given, "");
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
    assert.ok(port > 0);
  });

  describe("answers", () => {
    const cases: [what: string, result: unknown, status: number, headers: Record<string, unknown>, body: string][] = [
      [
        "a structured one",
        {
          statusCode: 301,
          headers: { Location: "https://d123.cloudfront.net/a", "X-N": 5 },
          cookies: ["a=1", "b=2"],
          body: "moved",
        },
        301,
        { location: "http://localhost:8080/a", "x-n": "5", "set-cookie": ["a=1", "b=2"] },
        "moved",
      ],
      [
        "a body without a type",
        { statusCode: 200, body: "ü" },
        200,
        { "content-type": "text/plain;charset=UTF-8" },
        "ü",
      ],
      [
        "bytes",
        { statusCode: "201", headers: { "content-type": "image/png" }, body: "aMO8", isBase64Encoded: true },
        201,
        { "content-type": "image/png" },
        "hü",
      ],
      ["an object without statusCode", { a: 1 }, 200, { "content-type": "application/json" }, '{"a":1}'],
      ["a string", "hello", 200, { "content-type": "application/json" }, "hello"],
      ["nothing", undefined, 200, { "content-type": "application/json" }, "null"],
      ["a statusCode that is none", { statusCode: "ok" }, 500, {}, '{"message":"Internal Server Error"}'],
      ["a body that is no string", { statusCode: 200, body: {} }, 500, {}, '{"message":"Internal Server Error"}'],
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

    it("passes the largest one that Lambda may return, and none larger", async () => {
      const largest = 6_291_556 - JSON.stringify({ statusCode: 200, body: "" }).length;
      const fits = await start(returns({ statusCode: 200, body: "x".repeat(largest) }));
      assert.equal((await fits.get("/prod/resizer")).body.length, largest);
      const over = await start(returns({ statusCode: 200, body: "x".repeat(largest + 1) }));
      const answer = await over.get("/prod/resizer");
      assert.deepEqual([answer.status, json(answer)], [500, { message: "Internal Server Error" }]);
    });

    it("answers HEAD by its own route, without a body", async () => {
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

    it("has no routes in a stage that is never deployed", async () => {
      const { get } = await start(returns({ statusCode: 200 }), apiResources({ stage: { autoDeploy: false } }));
      assert.equal((await get("/prod/resizer")).status, 404);
    });

    it("says at the start what it does not serve", () => {
      const cases: [Parameters<typeof apiResources>[0], string][] = [
        [
          { api: { disableExecuteApiEndpoint: true } },
          'the local stack does not serve "disableExecuteApiEndpoint" of the API "api"',
        ],
        [{ integration: { integrationUri: "arn:other" } }, 'the integration "integration" calls no declared function'],
      ];
      for (const [changed, message] of cases) {
        const read = () => readHttpApi(apiResources(changed), ACCOUNT, [targetOf(returns(1))]);
        assert.throws(read, new UserError(message));
      }
    });
  });

  describe("permission to invoke", () => {
    const execute = `arn:aws:execute-api:eu-central-1:${ACCOUNT}:abc123`;
    const cases: [what: string, permission: Record<string, unknown>, status: number][] = [
      ["the exact route", { sourceArn: `${execute}/prod/GET/resizer` }, 200],
      ["any route", { sourceArn: `${execute}/*` }, 200],
      ["no source", { sourceArn: undefined }, 200],
      ["the function's ARN", { function: FUNCTION_ARN }, 200],
      ["another route", { sourceArn: `${execute}/prod/POST/resizer` }, 500],
      ["another stage", { sourceArn: `${execute}/dev/*/resizer` }, 500],
      ["another API", { sourceArn: `arn:aws:execute-api:eu-central-1:${ACCOUNT}:zzz/*` }, 500],
      ["another account", { sourceAccount: "210987654321" }, 500],
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

    it("takes the account's throttle where the stage sets none", async () => {
      const { get } = await start(
        returns({ statusCode: 200 }),
        apiResources({ stage: { defaultRouteSettings: undefined } }),
      );
      assert.equal((await get("/prod/resizer")).status, 200);
    });

    it("refuses a request line or headers of more than 10,240 bytes", async () => {
      const { get } = await start(returns({ statusCode: 200 }));
      const rest = "GET /prod/resizer?key= HTTP/1.1".length;
      const headers = ["host", "127.0.0.1:", "connection", "close"].join("").length + 5;
      const fits = await get(`/prod/resizer?key=${"k".repeat(10_240 - rest - headers)}`);
      assert.equal(fits.status, 200);
      assert.equal((await get("/prod/resizer", { headers: { "x-long": "v".repeat(10_240) } })).status, 431);
      assert.equal((await get(`/prod/resizer?key=${"k".repeat(10_241 - rest)}`)).status, 414);
    });

    it("answers 503 for a throttled function and for one that is too slow, 500 for one that fails", async () => {
      const throttled = await start(() => Promise.resolve({ kind: "throttled" }));
      const answer = await throttled.get("/prod/resizer");
      assert.deepEqual([answer.status, json(answer)], [503, { message: "Service Unavailable" }]);

      const slow = await start(
        () => new Promise(() => undefined),
        apiResources({ integration: { timeoutMilliseconds: 50 } }),
      );
      const late = await slow.get("/prod/resizer");
      assert.deepEqual([late.status, json(late)], [503, { message: "Service Unavailable" }]);

      const error = { errorType: "Error", errorMessage: "secret" };
      const failing = await start(() => Promise.resolve({ kind: "error", error }));
      const failed = await failing.get("/prod/resizer");
      assert.deepEqual([failed.status, json(failed)], [500, { message: "Internal Server Error" }]);
    });
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
});
