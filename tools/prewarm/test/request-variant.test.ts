import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, beforeEach, describe, it } from "mocha";
import { requestVariant, retryAfter } from "../request-variant";
import { startServer, type TestServer } from "@image-resizer/local/test/support/http";

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

describe("a request for a variant", () => {
  let cdn: TestServer;
  let api: TestServer;
  let replyOfCdn: Reply;
  let replyOfApi: Reply;
  let requests: string[];
  before(async () => {
    cdn = await startServer((request, response) => {
      requests.push(`cdn ${String(request.method)} ${String(request.url)} ${String(request.headers.accept)}`);
      replyOfCdn(request, response);
    });
    api = await startServer((request, response) => {
      requests.push(`api ${String(request.method)} ${String(request.url)}`);
      replyOfApi(request, response);
    });
  });
  after(() => Promise.all([cdn.close(), api.close()]));
  beforeEach(() => {
    requests = [];
  });

  const KEY = "p 1/640w/ä+b.jpg";
  const PATH = "/p%201/640w/%C3%A4%2Bb.jpg";
  const send = () => requestVariant({ cdnUrl: cdn.url, apiUrl: `${api.url}/dev` }, KEY);
  const reply =
    (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Reply =>
    (_request, response) => {
      response.writeHead(status, headers).end(body);
    };

  it("follows a miss to the variant, without its bytes and without a preferred format", async () => {
    let isCreated = false;
    replyOfCdn = (request, response) => {
      reply(isCreated ? 200 : 307, isCreated ? {} : { location: `${api.url}/dev/resizer?key=x` })(request, response);
    };
    replyOfApi = (request, response) => {
      isCreated = true;
      reply(301, { location: cdn.url + PATH })(request, response);
    };
    assert.deepEqual(await send(), { kind: "created" });
    assert.deepEqual(requests, [`cdn HEAD ${PATH} */*`, "api HEAD /dev/resizer?key=x", `cdn HEAD ${PATH} */*`]);
    assert.deepEqual(await send(), { kind: "existing" });
  });

  it("recognizes a variant that CloudFront has just received from the API", async () => {
    const fromApi = { "apigw-requestid": "abc=" };
    replyOfCdn = reply(200, { ...fromApi, "x-cache": "Miss from cloudfront" });
    assert.deepEqual(await send(), { kind: "created" });
    replyOfCdn = reply(200, { ...fromApi, "x-cache": "Hit from cloudfront" });
    assert.deepEqual(await send(), { kind: "existing" });
    replyOfCdn = reply(200, { "x-cache": "Miss from cloudfront" });
    assert.deepEqual(await send(), { kind: "existing" });
  });

  it("follows the redirect of a large variant, to a path", async () => {
    let asks = 0;
    replyOfCdn = (request, response) => {
      reply(++asks === 1 ? 302 : 200, { location: PATH })(request, response);
    };
    assert.deepEqual(await send(), { kind: "created" });
  });

  it("gets the reason of a rejection from the part that rejects", async () => {
    replyOfCdn = reply(307, { location: `${api.url}/dev/resizer?key=x` });
    replyOfApi = reply(422, {}, '{"error":"undecodable-image","message":"The original is damaged."}');
    assert.deepEqual(await send(), { kind: "failed", status: 422, reason: "The original is damaged." });
    assert.deepEqual(requests.slice(1), ["api HEAD /dev/resizer?key=x", "api GET /dev/resizer?key=x"]);
    replyOfCdn = reply(403, {}, "<h1>403</h1>");
    assert.deepEqual(await send(), { kind: "failed", status: 403, reason: "The stack answered with 403." });
  });

  it("is rejected without a reason, too", async () => {
    replyOfCdn = (request, response) => {
      if (request.method === "GET") request.socket.destroy();
      else reply(422)(request, response);
    };
    assert.deepEqual(await send(), { kind: "failed", status: 422, reason: "The stack answered with 422." });
    assert.deepEqual(requests, [`cdn HEAD ${PATH} */*`, `cdn GET ${PATH} */*`]);
  });

  it("leaves the stack for no redirect", async () => {
    replyOfCdn = reply(307, { location: "https://example.com/a.jpg" });
    const reason = "The redirect to https://example.com leaves the stack.";
    assert.deepEqual(await send(), { kind: "failed", status: 307, reason });
  });

  it("ends after too many redirects", async () => {
    replyOfCdn = reply(307, { location: PATH });
    const reason = "There were more than 4 redirects.";
    assert.deepEqual(await send(), { kind: "failed", status: null, reason, retryAfterMs: 0 });
    assert.equal(requests.length, 5);
  });

  for (const status of [408, 425, 429, 500, 502, 503]) {
    it(`may be repeated after ${status}`, async () => {
      replyOfCdn = reply(status, { "retry-after": "7" });
      const reason = `The stack answered with ${status}.`;
      assert.deepEqual(await send(), { kind: "failed", status, reason, retryAfterMs: 7000 });
    });
  }

  it("may be repeated without a response", async () => {
    replyOfCdn = (request) => request.socket.destroy();
    const answer = await send();
    assert.ok(answer.kind === "failed");
    assert.deepEqual([answer.status, answer.retryAfterMs], [null, 0]);
    assert.match(answer.reason, /^There was no response: .+\.$/);
  });

  it("reads Retry-After in seconds and as a date", () => {
    const now = Date.parse("2030-01-01T00:00:00Z");
    const cases: [string | null, number][] = [
      ["0", 0],
      ["2", 2000],
      ["Tue, 01 Jan 2030 00:00:05 GMT", 5000],
      ["Tue, 01 Jan 2019 00:00:05 GMT", 0],
      ["soon", 0],
      [null, 0],
    ];
    for (const [header, ms] of cases) assert.equal(retryAfter(header, now), ms, String(header));
  });
});
