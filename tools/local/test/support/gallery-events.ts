import assert from "node:assert/strict";
import type { Hop } from "../../gallery/contract";

/** Connects to the events and returns the hops up to the CDN's delivery of a path. */
export async function seenUntil(url: string, what: string, lastEventId = ""): Promise<{ id: string; hop: Hop }[]> {
  const response = await fetch(`${url}/events`, { headers: { "last-event-id": lastEventId } });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  const seen: { id: string; hop: Hop }[] = [];
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id = "", data] = /^id: (.*)\nevent: hop\ndata: (.*)$/.exec(block) ?? [];
      if (data !== undefined) seen.push({ id, hop: JSON.parse(data) as Hop });
    }
    if (seen.some(({ hop }) => hop.part === "cdn" && hop.status === 200 && hop.what === what)) return seen;
  }
  return assert.fail("the events ended");
}
