import assert from "node:assert/strict";
import { answer } from "../../../functions/edge/handler";
import type { EdgeSettings } from "../../../functions/edge/settings";

const SETTINGS: EdgeSettings = {
  allowList: { sizes: ["640w"], formats: [], maxDimension: 4096 },
  negotiated: [],
  validate: false,
  serveOriginals: true,
  keyInQuery: false,
};

function sent(uri: string, settings: EdgeSettings = SETTINGS) {
  const request = { method: "GET", uri, querystring: {}, headers: {}, cookies: {} };
  const outcome = answer({ context: { requestId: "r" }, request }, settings);
  assert.ok("uri" in outcome);
  return outcome;
}

describe("the spellings of a path", () => {
  it("reach the cache as one, whatever a client encodes", () => {
    const spellings = [
      "/p_1/640w/photo%20(1)+%C3%A9.jpg",
      "/p_1/640w/photo%20%281%29%2B%c3%a9.jpg",
      "/p_1/640w/photo%20%281%29+%C3%A9%2Ejpg",
      "/p_1%2F640w/photo%20(1)%2bé.jpg",
      "/%70_1/%36%34%30w/%70hoto%20(1)+%C3%A9.jpg",
      "/p_1/640w/photo (1)+é.jpg",
    ];
    assert.deepEqual([...new Set(spellings.map((uri) => sent(uri).uri))], ["/p_1/640w/photo%20(1)%2B%C3%A9.jpg"]);
  });

  it("with the key in the query string are one, too", () => {
    const { uri, querystring } = sent("/640w/%61%20b.jpg", { ...SETTINGS, keyInQuery: true });
    assert.deepEqual([uri, querystring], ["/640w/a%20b.jpg", { key: { value: "640w%2Fa%20b.jpg" } }]);
  });

  it("that name another key stay apart: encoded twice, or in other letters", () => {
    assert.equal(sent("/640w/a%2520b.jpg").uri, "/640w/a%2520b.jpg");
    assert.equal(sent("/640w/A%20B.jpg").uri, "/640w/A%20B.jpg");
    assert.equal(sent("/640w/%ff.jpg").uri, "/640w/%ff.jpg");
  });
});
