import assert from "node:assert/strict";
import { invalidationPaths } from "../../../functions/purge/cdn";

describe("the paths of a variant that CloudFront is told of", () => {
  for (const [key, inQuery, expected] of [
    ["p_1/640w/a.jpg", false, ["/p_1/640w/a.jpg"]],
    ["640w/a b.jpg", false, ["/640w/a%20b.jpg"]],
    ["640w/åäö.jpg", false, ["/640w/%C3%A5%C3%A4%C3%B6.jpg"]],
    // CloudFront takes `%2B` and `+` for two files.
    ["640w/a+b&c.jpg", false, ["/640w/a%2Bb%26c.jpg", "/640w/a+b&c.jpg"]],
    ["640w/what?#.jpg", false, ["/640w/what%3F%23.jpg"]],
    ["640w/a*.jpg", false, ["/640w/a%2A.jpg"]],
    ["p_1/640w.avif/a.jpg", true, ["/p_1/640w.avif/a.jpg?key=p_1%2F640w.avif%2Fa.jpg"]],
  ] as const) {
    it(`are ${expected.join(" and ")}`, () => {
      assert.deepEqual(invalidationPaths(key, inQuery), expected);
    });
  }
});
