import assert from "node:assert/strict";
import { imgTag, pictureTag } from "../../gallery/page/originals/snippets";
import { stackOf } from "../support/page-stack";

describe("HTML to copy", () => {
  const original = { key: 'p_1/"a" & <b>.jpg', bytes: 1, width: 4000, height: 3000 };
  const file = "%22a%22%20%26%20%3Cb%3E.jpg";
  const alt = "p_1/&quot;a&quot; &amp; &lt;b>.jpg";
  const stack = stackOf(["640w", "320w", "360x270", "480h"], ["avif"]);

  it("shows one variant", () => {
    const served = { width: 640, height: 480, format: "JPEG", bytes: 1, createdInMs: undefined };
    assert.equal(
      imgTag(stack.urlOf(original.key, "640w"), served, original.key),
      `<img src="http://localhost:1/p_1/640w/${file}" width="640" height="480" alt="${alt}" />`,
    );
  });

  it("lets a browser choose among the sizes of the same shape and the formats", () => {
    const url = (spec: string) => `http://localhost:1/p_1/${spec}/${file}`;
    assert.deepEqual(pictureTag(stack, original, "640w.avif")?.split("\n"), [
      "<picture>",
      `  <source type="image/avif" srcset="${url("320w.avif")} 320w, ${url("640w.avif")} 640w" sizes="100vw" />`,
      `  <img width="640" height="480" srcset="${url("320w")} 320w, ${url("640w")} 640w" src="${url("640w")}" sizes="100vw" alt="${alt}" />`,
      "</picture>",
    ]);
    assert.match(pictureTag(stack, original, "360x270") ?? "", /srcset="[^ ]*360x270[^ ]* 360w" src/);
    assert.equal(pictureTag(stack, original, "480h"), undefined);
  });
});
