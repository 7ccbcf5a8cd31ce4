import assert from "node:assert/strict";
import { stackOf } from "../support/page-stack";

describe("the stack as the page sees it", () => {
  it("shows the gallery by the most sizes of one shape, the smallest first", () => {
    const gallerySizes = (...sizes: string[]) => stackOf(sizes).gallerySizes;
    assert.deepEqual(gallerySizes("360x270", "200x150", "640w"), ["200x150", "360x270"]);
    assert.deepEqual(gallerySizes("1280w", "360x270", "320w", "90x90", "480h"), ["320w", "1280w"]);
    assert.deepEqual(gallerySizes("480h"), []);
    assert.deepEqual(stackOf("any").gallerySizes, ["320w", "640w", "960w"]);
    assert.deepEqual(stackOf("any", [], 640).gallerySizes, ["320w", "640w"]);
  });

  it("knows the sizes of one shape", () => {
    const stack = stackOf(["640w", "360x270", "320w", "200x150", "90x90", "480h"]);
    assert.deepEqual(stack.sizesLike("320w"), ["320w", "640w"]);
    assert.deepEqual(stack.sizesLike("360x270"), ["200x150", "360x270"]);
    assert.deepEqual([stack.sizesLike("90x90"), stack.sizesLike("480h")], [["90x90"], []]);
  });

  it("names every spec", () => {
    const { specs } = stackOf(["320w", "480h"], ["webp", "avif"]);
    assert.equal(specs.join(" "), "320w 320w.webp 320w.avif 480h 480h.webp 480h.avif");
  });

  it("knows the URL that a request entered by", () => {
    const url = (part: "cdn" | "api" | "s3", what: string) =>
      stackOf([]).urlOfHop({ requestId: "1", part, what, status: 200, startedAt: 0, ms: 0 });
    assert.equal(url("cdn", "GET /a%20b?c"), "http://localhost:1/a%20b?c");
    assert.equal(url("api", "HEAD /dev/resizer?key=a"), "http://localhost:2/dev/resizer?key=a");
    assert.equal(url("s3", "PutObject a b.jpg"), undefined);
  });
});
