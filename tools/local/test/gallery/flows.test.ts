import assert from "node:assert/strict";
import { curlLine, Flows, outcomeOf, spanOf } from "../../gallery/page/flows";
import type { Hop } from "../../trace";

const CDN = "http://localhost:1";
const API = "http://localhost:2";
const urlOf = ({ part, what }: Hop) => `${part === "cdn" ? CDN : API}${what.slice(what.indexOf(" ") + 1)}`;

describe("requests put together", () => {
  let time = 0;
  beforeEach(() => {
    time = 1000;
  });

  function hop(requestId: string, part: Hop["part"], what: string, status: number, more: Partial<Hop> = {}): Hop {
    time += 10;
    return { requestId, part, what, status, startedAt: time, ms: 5, ...more };
  }

  const entry = (id: string, part: Hop["part"], what: string, status: number, headers: Record<string, string> = {}) =>
    hop(id, part, what, status, { entry: true, responseHeaders: headers });

  /** The hops of a request for a variant that does not exist yet. */
  const miss = (id: string) => [
    hop(`${id}1`, "website", "GET /640w/a.jpg", 307),
    entry(`${id}1`, "cdn", "GET /640w/a.jpg", 307, { location: `${API}/r?key=640w/a.jpg` }),
    hop(`${id}2`, "s3", "GetObject a.jpg", 200),
    hop(`${id}2`, "s3", "PutObject 640w/a.jpg", 200),
    hop(`${id}2`, "function", "invoke resizer", 200),
    entry(`${id}2`, "api", "GET /r?key=640w/a.jpg", 301, { location: `${CDN}/640w/a.jpg` }),
    entry(`${id}3`, "cdn", "GET /640w/a.jpg", 200, { "x-cache": "Miss from cloudfront" }),
  ];

  function fill(hops: readonly Hop[]): Flows {
    const flows = new Flows(urlOf);
    for (const one of hops) flows.add(one);
    return flows;
  }

  it("follows redirects from request to request", () => {
    const [flow, ...others] = fill(miss("a")).all;
    assert.deepEqual(others, []);
    assert.deepEqual(
      flow?.exchanges.map(({ id, hops }) => [id, hops.map(({ part }) => part)]),
      [
        ["a1", ["website", "cdn"]],
        ["a2", ["s3", "s3", "function", "api"]],
        ["a3", ["cdn"]],
      ],
    );
    assert.ok(flow);
    assert.deepEqual([flow.id, outcomeOf(flow), spanOf(flow)], ["a1", "created", { from: 1010, to: 1075 }]);
  });

  it("keeps clients apart that request the same, the newest first", () => {
    const [one, other] = [miss("a"), miss("b")];
    const mixed = one
      .flatMap((hopOfOne, index) => [hopOfOne, other[index] ?? hopOfOne])
      .map((mixedHop, index) => ({ ...mixedHop, startedAt: 1000 + index * 10 }));
    const flows = fill(mixed).all;
    assert.deepEqual(
      flows.map(({ exchanges }) => exchanges.map(({ id }) => id)),
      [
        ["b1", "b2", "b3"],
        ["a1", "a2", "a3"],
      ],
    );
  });

  it("tells a hit, a miss, a redirect, a rejection and a failure", () => {
    const outcome = (...hops: Hop[]) => fill(hops).all.map(outcomeOf);
    const cdn = (status: number, headers: Record<string, string>) => entry("x", "cdn", "GET /x", status, headers);
    assert.deepEqual(outcome(cdn(200, { "x-cache": "Hit from cloudfront" })), ["hit"]);
    assert.deepEqual(outcome(cdn(200, { "x-cache": "RefreshHit from cloudfront" })), ["hit"]);
    assert.deepEqual(outcome(cdn(200, { "x-cache": "Miss from cloudfront" })), ["miss"]);
    assert.deepEqual(outcome(cdn(307, { location: "http://elsewhere/" })), ["redirect"]);
    assert.deepEqual(outcome(cdn(404, { "x-cache": "Error from cloudfront" })), ["rejected"]);
    assert.deepEqual(outcome(cdn(502, {})), ["failed"]);
    assert.deepEqual(outcome(entry("x", "s3", "PutObject a.jpg", 200)), ["other"]);
    // One request in which the function creates a variant, as with an origin group.
    assert.deepEqual(
      outcome(hop("x", "s3", "PutObject 640w/a.jpg", 200), cdn(200, { "x-cache": "Miss from cloudfront" })),
      ["created"],
    );
  });

  it("shows a request when it is answered, and steps that end after its answer too", () => {
    const flows = new Flows(urlOf);
    flows.add(hop("x", "s3", "GetObject a.jpg", 200));
    flows.addLog({ requestId: "x", text: "before" });
    assert.equal(flows.all.length, 0);
    flows.add(entry("x", "api", "GET /r", 503));
    flows.add(hop("x", "function", "invoke resizer", 500));
    flows.addLog({ requestId: "x", text: "after" });
    flows.addLog({ requestId: undefined, text: "of no request" });
    const [exchange] = flows.all[0]?.exchanges ?? [];
    assert.deepEqual(
      exchange?.hops.map(({ part }) => part),
      ["s3", "api", "function"],
    );
    assert.deepEqual(exchange.log, ["before", "after"]);
  });

  it("is bounded", () => {
    const hops = Array.from({ length: 1000 }, (_, index) => entry(String(index), "cdn", `GET /${index}`, 200));
    const flows = fill(hops).all;
    assert.deepEqual([flows.length, flows[0]?.id, flows.at(-1)?.id], [300, "999", "700"]);
  });

  it("returns a line that repeats the request, whatever is in its URL", () => {
    const line = (...hops: Hop[]) => fill(hops).all.map((flow) => curlLine(flow, urlOf));
    assert.deepEqual(line(...miss("a")), ["curl -s -D - -o /dev/null -L 'http://localhost:1/640w/a.jpg'"]);
    assert.deepEqual(
      line(
        hop("x", "cdn", "HEAD /it's", 200, {
          entry: true,
          requestHeaders: { accept: "image/webp", range: "bytes=0-1" },
        }),
      ),
      [`curl -s -I -H 'accept: image/webp' -H 'range: bytes=0-1' 'http://localhost:1/it'\\''s'`],
    );
    assert.deepEqual(line(hop("x", "cdn", "GET /", 200, { entry: true, requestHeaders: { accept: "*/*" } })), [
      "curl -s -D - -o /dev/null 'http://localhost:1/'",
    ]);
  });
});
