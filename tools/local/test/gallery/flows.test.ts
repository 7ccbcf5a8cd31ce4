import assert from "node:assert/strict";
import { Activity } from "../../gallery/page/inspector/activity";
import { curlLine, type Flow, isSameFlow, outcomeOf, spanOf } from "../../gallery/page/inspector/flows";
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

  function fill(hops: readonly Hop[]): Activity {
    const activity = new Activity(urlOf);
    hops.forEach(activity.add);
    return activity;
  }
  const flowsOf = (...hops: Hop[]) => fill(hops).flows.value;
  const idsOf = (flows: readonly Flow[]) => flows.map(({ exchanges }) => exchanges.map(({ id }) => id).join(" "));

  it("follows redirects from request to request", () => {
    const [flow, ...others] = flowsOf(...miss("a"));
    assert.deepEqual(others, []);
    assert.deepEqual(
      flow?.exchanges.map(({ id, hops }) => [id, ...hops.map(({ part }) => part)].join(" ")),
      ["a1 website cdn", "a2 s3 s3 function api", "a3 cdn"],
    );
    assert.ok(flow);
    assert.deepEqual([flow.id, outcomeOf(flow), spanOf(flow)], ["a1", "created", { from: 1010, to: 1075 }]);
  });

  it("keeps clients apart that request the same, the newest first", () => {
    const [one, other] = [miss("a"), miss("b")];
    const mixed = one
      .flatMap((hopOfOne, index) => [hopOfOne, other[index] ?? hopOfOne])
      .map((mixedHop, index) => ({ ...mixedHop, startedAt: 1000 + index * 10 }));
    assert.deepEqual(idsOf(flowsOf(...mixed)), ["b1 b2 b3", "a1 a2 a3"]);
  });

  it("joins no request to a redirect of long ago", () => {
    const [website, redirect, ...rest] = miss("a");
    const late = rest.map((one) => ({ ...one, startedAt: one.startedAt + 31_000 }));
    assert.ok(website && redirect);
    assert.deepEqual(idsOf(flowsOf(website, redirect, ...late)), ["a2 a3", "a1"]);
  });

  it("tells a hit, a miss, a redirect, a rejection and a failure", () => {
    const cdn = (status: number, headers: Record<string, string>) => entry("x", "cdn", "GET /x", status, headers);
    const outcomes: readonly (readonly [outcome: string, ...Hop[]])[] = [
      ["hit", cdn(200, { "x-cache": "Hit from cloudfront" })],
      ["hit", cdn(200, { "x-cache": "RefreshHit from cloudfront" })],
      ["miss", cdn(200, { "x-cache": "Miss from cloudfront" })],
      ["redirect", cdn(307, { location: "http://elsewhere/" })],
      ["rejected", cdn(404, { "x-cache": "Error from cloudfront" })],
      ["failed", cdn(502, {})],
      ["other", entry("x", "s3", "PutObject a.jpg", 200)],
      // One request in which the function creates a variant, as with an origin group.
      ["created", hop("x", "s3", "PutObject 640w/a.jpg", 200), cdn(200, { "x-cache": "Miss from cloudfront" })],
    ];
    for (const [outcome, ...hops] of outcomes) assert.deepEqual(flowsOf(...hops).map(outcomeOf), [outcome]);
  });

  it("shows a request when it is answered, and steps that end after its answer too", () => {
    const activity = fill([hop("x", "s3", "GetObject a.jpg", 200)]);
    activity.addLog({ requestId: "x", text: "before" });
    assert.equal(activity.flows.value.length, 0);
    activity.clear();
    activity.add(entry("x", "api", "GET /r", 503));
    activity.add(hop("x", "function", "invoke resizer", 500));
    activity.addLog({ requestId: "x", text: "after" });
    activity.addLog({ requestId: undefined, text: "of no request" });
    const [exchange] = activity.flows.value[0]?.exchanges ?? [];
    assert.deepEqual(
      [exchange?.hops.map(({ part }) => part).join(" "), exchange?.log],
      ["s3 api function", ["before", "after"]],
    );
    activity.clear();
    assert.equal(activity.flows.value.length, 0);
  });

  it("is shown once for many steps", () => {
    const shows: (() => void)[] = [];
    const activity = new Activity(urlOf, (show) => shows.push(show));
    miss("a").forEach(activity.add);
    assert.deepEqual([activity.flows.value.length, shows.length], [0, 1]);
    shows[0]?.();
    const [before] = activity.flows.value;
    activity.add(entry("b", "cdn", "GET /x", 200));
    assert.equal(shows.length, 2);
    shows[1]?.();
    const [other, after] = activity.flows.value;
    assert.ok(before && after && other);
    assert.deepEqual([isSameFlow(before, after), isSameFlow(before, other)], [true, false]);
  });

  it("is bounded", () => {
    const hops = Array.from({ length: 1200 }, (_, index) => entry(String(index), "cdn", `GET /${index}`, 200));
    const flows = flowsOf(...hops);
    assert.deepEqual([flows.length, flows[0]?.id, flows.at(-1)?.id], [1000, "1199", "200"]);
  });

  it("knows the user's own request from those of others", () => {
    const activity = fill([
      entry("a", "cdn", "GET /x", 200),
      entry("b", "cdn", "GET /x", 200),
      entry("c", "cdn", "GET /y", 200),
    ]);
    const places = () =>
      Object.fromEntries(activity.flows.value.map((flow) => [flow.id, activity.placeAmongSent(flow)]));
    assert.deepEqual(places(), { a: -1, b: -1, c: -1 });
    activity.noteSent({ url: `${CDN}/y`, from: 1025, to: 1040 });
    activity.noteSent({ url: `${CDN}/x`, from: 1015, to: 1040 });
    assert.deepEqual(places(), { a: -1, b: 0, c: 1 });
  });

  it("returns a line that repeats the request, whatever is in its URL", () => {
    const line = (...hops: Hop[]) => flowsOf(...hops).map((flow) => curlLine(flow, urlOf));
    const cdn = (what: string, requestHeaders: Record<string, string>) =>
      hop("x", "cdn", what, 200, { entry: true, requestHeaders });
    assert.deepEqual(line(...miss("a")), ["curl -s -D - -o /dev/null -L 'http://localhost:1/640w/a.jpg'"]);
    assert.deepEqual(line(cdn("HEAD /it's", { accept: "image/webp", range: "bytes=0-1" })), [
      `curl -s -I -H 'accept: image/webp' -H 'range: bytes=0-1' 'http://localhost:1/it'\\''s'`,
    ]);
    assert.deepEqual(line(cdn("GET /", { accept: "*/*" })), ["curl -s -D - -o /dev/null 'http://localhost:1/'"]);
  });
});
