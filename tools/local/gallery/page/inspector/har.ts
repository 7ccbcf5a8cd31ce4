import type { Hop } from "../../contract";
import type { Flow, UrlOfHop } from "./flows";

/** Returns requests as an HTTP archive, version 1.2, the oldest first, with the hops of each (http://www.softwareishard.com/blog/har-12-spec/). */
export function harOf(flows: readonly Flow[], urlOf: UrlOfHop) {
  const exchanges = flows.toReversed().flatMap((flow) => flow.exchanges);
  const entries = exchanges.flatMap(({ entry, hops }) => {
    const url = entry && urlOf(entry);
    return entry === undefined || url === undefined ? [] : [{ ...entryOf(entry, url), _hops: hops }];
  });
  return { log: { version: "1.2", creator: { name: "image-resizer", version: "0.1.0" }, entries } };
}

function entryOf({ what, status, startedAt, ms, bytes = 0, requestHeaders, responseHeaders }: Hop, url: string) {
  const unknown = { httpVersion: "HTTP/1.1", cookies: [], headersSize: -1 };
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: ms,
    request: {
      ...unknown,
      method: what.split(" ", 1)[0],
      url,
      headers: pairs(requestHeaders),
      queryString: pairs(Object.fromEntries(new URL(url).searchParams)),
      bodySize: 0,
    },
    response: {
      ...unknown,
      status,
      statusText: "",
      headers: pairs(responseHeaders),
      content: { size: bytes, mimeType: responseHeaders?.["content-type"] ?? "" },
      redirectURL: responseHeaders?.location ?? "",
      bodySize: bytes,
    },
    cache: {},
    timings: { send: 0, wait: ms, receive: 0 },
  };
}

function pairs(values: Readonly<Record<string, string>> = {}) {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
