import assert from "node:assert/strict";
import fc from "fast-check";
import { keysOf } from "../../../functions/resizer/query";

describe("keysOf", () => {
  for (const [rawQueryString, keys] of [
    ["", []],
    ["size=640w", []],
    ["monkey=640w/a.jpg", []],
    ["key=", [""]],
    ["key=p_1/640w/a.jpg", ["p_1/640w/a.jpg"]],
    ["a=1&key=p_1/640w/a.jpg", ["p_1/640w/a.jpg"]],
    ["key=640w/a%20b.jpg", ["640w/a b.jpg"]],
    ["key=640w/a+b.jpg", ["640w/a+b.jpg"]],
    ["key=640w/a&b=c.jpg", ["640w/a&b=c.jpg"]],
    ["key=640w/a.jpg&key=640w/b.jpg", ["640w/a.jpg&key=640w/b.jpg"]],
    ["key=640w%2Fa.jpg", ["640w/a.jpg"]],
    ["key=640w/%C3%A5.jpg", ["640w/å.jpg"]],
    ["key=640w/å.jpg", ["640w/å.jpg"]],
    ["key=640w/a%2520b.jpg", ["640w/a%20b.jpg", "640w/a b.jpg"]],
    ["key=640w/100%25.jpg", ["640w/100%.jpg"]],
    ["key=640w/100%25ff.jpg", ["640w/100%ff.jpg"]],
    ["key=640w/%", []],
    ["key=640w/%zz.jpg", []],
    ["key=640w/%C3%28.jpg", []],
    ["key=640w/%C0%AF.jpg", []],
    ["key=640w/%ED%A0%80.jpg", []],
  ] as const) {
    it(`reads ${rawQueryString || "nothing"} as ${JSON.stringify(keys)}`, () => {
      assert.deepEqual(keysOf(rawQueryString), keys);
    });
  }

  it("finds every key again, whether it was encoded once or twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (key) => {
        const once = encodeURIComponent(key);
        const twice = encodeURIComponent(once);
        assert.equal(keysOf(`key=${once}`)[0], key);
        assert.ok(keysOf(`key=${twice}`).includes(key));
      }),
    );
  });
});
