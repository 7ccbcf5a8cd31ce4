import assert from "node:assert/strict";
import { invalidationMatcher, isInvalidationPath } from "../../cdn/cloudfront-api";

const TABLE: readonly (readonly [path: string, matched: readonly string[], others: readonly string[]])[] = [
  ["/p/a.jpg", ["/p/a.jpg", "/p/%61.jpg", "/p/./a.jpg"], ["/p/a.jpg?key=1", "/p/A.jpg", "/p/a.jpgx", "/p"]],
  ["/p/%7Ea%2ejpg", ["/p/~a.jpg"], ["/p/a.jpg"]],
  ["/a%20b.jpg", ["/a%20b.jpg"], ["/a+b.jpg"]],
  ["/k%c3%a4se.jpg", ["/k%C3%A4se.jpg"], []],
  ["/a%28.jpg", ["/a%28.jpg"], ["/a(.jpg"]],
  ["/a.jpg?key=x%2Fy", ["/a.jpg?key=x%2Fy"], ["/a.jpg", "/a.jpg?key=x/y"]],
  ["/a.jpg*", ["/a.jpg", "/a.jpg?key=1", "/a.jpgx/y"], ["/b/a.jpg"]],
  ["/p/*", ["/p/", "/p/q/a.jpg?x"], ["/p", "/pq/"]],
  ["/*", ["/", "/a", "/?b"], []],
  ["/*/a.jpg", ["/*/a.jpg"], ["/p/a.jpg"]],
];

describe("invalidation paths", () => {
  for (const [path, matched, others] of TABLE) {
    it(`reads ${path}`, () => {
      const matches = invalidationMatcher([path]);
      for (const target of matched) assert.equal(matches(target), true, target);
      for (const target of others) assert.equal(matches(target), false, target);
    });
  }

  it("accepts several together", () => {
    const matches = invalidationMatcher(["/a", "/b*", "/c"]);
    assert.deepEqual(["/a", "/bb", "/c", "/d"].map(matches), [true, true, true, false]);
  });

  it("rejects a path that CloudFront does not accept", () => {
    for (const path of ["a.jpg", "", "/a b", "/ä", '/"', "/a\\b", "/{a}", `/${"a".repeat(4000)}`]) {
      assert.equal(isInvalidationPath(path), false, path);
    }
    for (const path of ["/", "/a%20b", "/*", "/a?b=c&d", "/~a", "/[a]", `/${"a".repeat(3999)}`]) {
      assert.equal(isInvalidationPath(path), true, path);
    }
  });
});
