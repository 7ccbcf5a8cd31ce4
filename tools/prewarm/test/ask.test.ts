import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, beforeEach, describe, it } from "mocha";
import { ask, retryAfter } from "../ask";
import { startServer, type TestServer } from "@image-resizer/local/test/support/http";

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

describe("asking for a variant", () => {
  let cdn: TestServer;
  let api: TestServer;
  let answerCdn: Reply;
  let answerApi: Reply;
  let asked: string[];
  before(async () => {
    cdn = await startServer((request, response) => {
      asked.push(`cdn ${String(request.method)} ${String(request.url)} ${String(request.headers.accept)}`);
      answerCdn(request, response);
    });
    api = await startServer((request, response) => {
      asked.push(`api ${String(request.method)} ${String(request.url)}`);
      answerApi(request, response);
    });
  });
  after(() => Promise.all([cdn.close(), api.close()]));
  beforeEach(() => {
    asked = [];
  });

  const KEY = "p 1/640w/ä+b.jpg";
  const PATH = "/p%201/640w/%C3%A4%2Bb.jpg";
  const askFor = () => ask({ cdnUrl: cdn.url, apiUrl: `${api.url}/dev` }, KEY);
  const reply =
    (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Reply =>
    (_request, response) => {
      response.writeHead(status, headers).end(body);
    };

  it("follows a miss to the variant, without its bytes, and with no format preferred", async () => {
    let made = false;
    answerCdn = (request, response) => {
      reply(made ? 200 : 307, made ? {} : { location: `${api.url}/dev/resizer?key=x` })(request, response);
    };
    answerApi = (request, response) => {
      made = true;
      reply(301, { location: cdn.url + PATH })(request, response);
    };
    assert.deepEqual(await askFor(), { kind: "made" });
    assert.deepEqual(asked, [`cdn HEAD ${PATH} */*`, "api HEAD /dev/resizer?key=x", `cdn HEAD ${PATH} */*`]);
    assert.deepEqual(await askFor(), { kind: "there" });
  });

  it("knows a variant that CloudFront has just got from the API", async () => {
    const fromApi = { "apigw-requestid": "abc=" };
    answerCdn = reply(200, { ...fromApi, "x-cache": "Miss from cloudfront" });
    assert.deepEqual(await askFor(), { kind: "made" });
    answerCdn = reply(200, { ...fromApi, "x-cache": "Hit from cloudfront" });
    assert.deepEqual(await askFor(), { kind: "there" });
    answerCdn = reply(200, { "x-cache": "Miss from cloudfront" });
    assert.deepEqual(await askFor(), { kind: "there" });
  });

  it("follows the redirect of a large variant, to a path", async () => {
    let asks = 0;
    answerCdn = (request, response) => {
      reply(++asks === 1 ? 302 : 200, { location: PATH })(request, response);
    };
    assert.deepEqual(await askFor(), { kind: "made" });
  });

  it("learns why it is refused from those who refuse", async () => {
    answerCdn = reply(307, { location: `${api.url}/dev/resizer?key=x` });
    answerApi = reply(422, {}, '{"error":"undecodable-image","message":"The original is damaged."}');
    assert.deepEqual(await askFor(), { kind: "refused", status: 422, reason: "The original is damaged." });
    assert.deepEqual(asked.slice(1), ["api HEAD /dev/resizer?key=x", "api GET /dev/resizer?key=x"]);
    answerCdn = reply(403, {}, "<h1>403</h1>");
    assert.deepEqual(await askFor(), { kind: "refused", status: 403, reason: "The stack answered with 403." });
  });

  it("is refused all the same where nobody says why", async () => {
    answerCdn = (request, response) => {
      if (request.method === "GET") request.socket.destroy();
      else reply(422)(request, response);
    };
    assert.deepEqual(await askFor(), { kind: "refused", status: 422, reason: "The stack answered with 422." });
    assert.deepEqual(asked, [`cdn HEAD ${PATH} */*`, `cdn GET ${PATH} */*`]);
  });

  it("goes to nobody else", async () => {
    answerCdn = reply(307, { location: "https://example.com/a.jpg" });
    const reason = "It is redirected to https://example.com, which is not of the stack.";
    assert.deepEqual(await askFor(), { kind: "refused", status: 307, reason });
  });

  it("does not go in circles", async () => {
    answerCdn = reply(307, { location: PATH });
    const reason = "It is redirected more than 4 times.";
    assert.deepEqual(await askFor(), { kind: "failed", status: null, reason, busy: false, retryAfterMs: 0 });
    assert.equal(asked.length, 5);
  });

  for (const [status, busy] of [
    [429, true],
    [503, true],
    [408, false],
    [500, false],
    [502, false],
  ] as const) {
    it(`may ask again after ${status}`, async () => {
      answerCdn = reply(status, { "retry-after": "7" });
      const reason = `The stack answered with ${status}.`;
      assert.deepEqual(await askFor(), { kind: "failed", status, reason, busy, retryAfterMs: 7000 });
    });
  }

  it("may ask again where there was no answer", async () => {
    answerCdn = (request) => request.socket.destroy();
    const answer = await askFor();
    assert.ok(answer.kind === "failed");
    assert.equal(answer.status, null);
    assert.match(answer.reason, /^There was no answer: .+\.$/);
  });

  it("reads Retry-After in seconds and as a date, and what is neither as none", () => {
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
