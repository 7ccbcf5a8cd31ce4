import assert from "node:assert/strict";
import { harOf } from "../../gallery/page/inspector/har";
import type { Hop } from "../../trace";
import { stackOf } from "../support/page-stack";

describe("an HTTP archive", () => {
  const hop = (part: Hop["part"], what: string, status: number, more: Partial<Hop> = {}): Hop => {
    return { requestId: "1", part, what, status, startedAt: 1000, ms: 5, ...more };
  };

  it("has the requests by their URLs, the oldest first, with headers and hops", () => {
    const inner = hop("website", "GET /640w/a.jpg", 307);
    const location = "http://localhost:2/dev/resizer?key=a";
    const first = hop("cdn", "GET /640w/a.jpg", 307, {
      ...{ entry: true, requestHeaders: { accept: "*/*" }, responseHeaders: { location } },
    });
    const second = hop("api", "GET /dev/resizer?key=a", 200, {
      ...{ entry: true, startedAt: 2000, bytes: 9, responseHeaders: { "content-type": "image/webp" } },
    });
    const other = hop("s3", "PutObject a.jpg", 200, { entry: true });
    const exchange = (id: string, ...hops: Hop[]) => ({ id, hops, log: [], entry: hops.at(-1) ?? inner });
    const flows = [
      { id: "c", exchanges: [exchange("c", other)] },
      { id: "b", exchanges: [exchange("b", second)] },
      { id: "a", exchanges: [exchange("a", inner, first)] },
    ];
    const { log } = harOf(flows, stackOf([]).urlOfHop);
    const [one, two, ...others] = log.entries;
    assert.deepEqual([log.version, others], ["1.2", []]);
    assert.deepEqual(
      [one?.startedDateTime, one?.time, one?.request.method, one?.request.url, one?.request.headers],
      ["1970-01-01T00:00:01.000Z", 5, "GET", "http://localhost:1/640w/a.jpg", [{ name: "accept", value: "*/*" }]],
    );
    assert.deepEqual([one?.response.status, one?.response.redirectURL, one?._hops], [307, location, [inner, first]]);
    assert.deepEqual(
      [two?.request.url, two?.request.queryString, two?.response.content],
      ["http://localhost:2/dev/resizer?key=a", [{ name: "key", value: "a" }], { size: 9, mimeType: "image/webp" }],
    );
  });
});
