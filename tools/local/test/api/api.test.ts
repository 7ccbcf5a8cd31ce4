import assert from "node:assert/strict";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { LOCAL_ACCOUNT_ID } from "@image-resizer/lib/program";
import { API_HOST, apiResources, type Invoke, returns, startApi } from "../support/api-resources";
import { freedAfterEach } from "../support/freed";

describe("the local HTTP API", () => {
  const free = freedAfterEach();
  const start = (invoke: Invoke, resources = apiResources()) => startApi(free, invoke, resources);
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
      accountId: LOCAL_ACCOUNT_ID,
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
});
