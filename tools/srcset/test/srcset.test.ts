import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cdn, picture, srcset, variantUrl } from "../srcset";
import { FORMATS, MAX_KEY_BYTES, parseSpec, parseVariantKey, variantKey } from "../../../functions/variant-key";

const CDN: Cdn = {
  url: "https://cdn.example.com/",
  sizes: ["360x270", "320w", "640w", "480h"],
  formats: ["webp", "avif"],
  maxDimension: 1000,
};

describe("variantUrl", () => {
  it("puts the size before the file", () => {
    assert.equal(variantUrl(CDN, "p_1/x/a.jpg", "640w"), "https://cdn.example.com/p_1/x/640w/a.jpg");
    assert.equal(variantUrl(CDN, "a.jpg", "360x270.webp"), "https://cdn.example.com/360x270.webp/a.jpg");
    assert.equal(variantUrl("http://localhost:8080", "a.jpg", "9h.png"), "http://localhost:8080/9h.png/a.jpg");
  });

  it("encodes every character of a name", () => {
    assert.equal(
      variantUrl(CDN, `ö/a b+c&d=e#f?g%20"h'(i)*!,<img onerror=x>.jpg`, "640w"),
      "https://cdn.example.com/%C3%B6/640w/a%20b%2Bc%26d%3De%23f%3Fg%2520%22h%27%28i%29%2A%21%2C%3Cimg%20onerror%3Dx%3E.jpg",
    );
  });

  const rejected: [name: string, cdn: string | Cdn, key: string, size: string, message: string][] = [
    ["an unlisted size", CDN, "a.jpg", "641w", "The size 641w is not allowed."],
    ["an unlisted format", CDN, "a.jpg", "640w.png", "The format png is not allowed."],
    ["a side that is too long", CDN, "a.jpg", "1001w", "The size 1001w is out of range: a side is 1 to 1000 pixels."],
    ["a chained key", CDN, "640w/a.jpg", "320w", "The key is chained: a variant cannot be made from a variant."],
    [
      "a chained key of any stack",
      "https://x",
      "7w/a.jpg",
      "320w",
      "The key is chained: a variant cannot be made from a variant.",
    ],
    ["a key without a file", CDN, "p_1/", "320w", "The key names no file."],
    ["an empty segment", CDN, "/a.jpg", "320w", "The key contains an empty, . or .. segment."],
    ["half a character", CDN, "\ud800.jpg", "320w", "The key is not well-formed Unicode."],
  ];
  for (const [name, cdn, key, size, message] of rejected) {
    it(`rejects ${name} with the message of the stack`, () => {
      assert.throws(() => variantUrl(cdn, key, size), { message: `${JSON.stringify(key)} at ${size}: ${message}` });
    });
  }

  it("rejects a text that is not a size", () => {
    const message = '"0640w" is not a size: allowed are WxH, Ww and Hh, such as 360x270, 640w and 480h';
    assert.throws(() => variantUrl(CDN, "a.jpg", "0640w"), { message });
  });

  it("accepts a key up to the last byte that S3 accepts", () => {
    const longest = "é".repeat((MAX_KEY_BYTES - "640w/".length - 1) / 2) + "x";
    assert.equal(decodeURI(variantUrl(CDN, longest, "640w")), `https://cdn.example.com/640w/${longest}`);
    assert.throws(() => variantUrl(CDN, `${longest}x`, "640w"), /: The key is longer than 1024 bytes\.$/);
  });
});

describe("srcset", () => {
  it("has each variant with its width", () => {
    assert.equal(
      srcset(CDN, "p_1/a,b.jpg", ["320w", "640w.webp"]),
      "https://cdn.example.com/p_1/320w/a%2Cb.jpg 320w, https://cdn.example.com/p_1/640w.webp/a%2Cb.jpg 640w",
    );
    assert.equal(srcset(CDN, "a.jpg", ["360x270"]), "https://cdn.example.com/360x270/a.jpg 360w");
  });

  it("rejects sizes that a browser could not choose from", () => {
    assert.throws(() => srcset(CDN, "a.jpg", []), { message: "a srcset needs at least one size" });
    assert.throws(() => srcset(CDN, "a.jpg", ["480h"]), {
      message: "a srcset needs sizes with a width, and 480h has none",
    });
    assert.throws(() => srcset("https://x", "a.jpg", ["360x270", "360w"]), {
      message: "a srcset needs sizes of different widths, and two have 360",
    });
    assert.throws(() => srcset(CDN, "a.jpg", ["320w", "1w"]), /The size 1w is not allowed/);
  });
});

describe("picture", () => {
  const OPTIONS = { sizes: ["640w", "320w"], layout: "50vw", alt: `A "moor"` };
  const candidates = (format: string) =>
    `https://cdn.example.com/640w${format}/a.jpg 640w, https://cdn.example.com/320w${format}/a.jpg 320w`;

  it("offers AVIF, then WebP, then the original's format", () => {
    assert.deepEqual(picture(CDN, "a.jpg", OPTIONS), {
      sources: [
        { type: "image/avif", srcset: candidates(".avif"), sizes: "50vw" },
        { type: "image/webp", srcset: candidates(".webp"), sizes: "50vw" },
      ],
      img: {
        src: "https://cdn.example.com/640w/a.jpg",
        srcset: candidates(""),
        sizes: "50vw",
        alt: `A "moor"`,
      },
    });
  });

  it("offers only formats of the allow-list, or those that are named", () => {
    const types = (cdn: string | Cdn, formats?: readonly ("webp" | "png")[]) =>
      picture(cdn, "a.jpg", { ...OPTIONS, ...(formats ? { formats } : {}) }).sources.map(({ type }) => type);
    assert.deepEqual(types({ ...CDN, formats: ["png", "webp"] }), ["image/webp"]);
    assert.deepEqual(types("https://cdn.example.com"), []);
    assert.deepEqual(types("https://cdn.example.com", ["webp"]), ["image/webp"]);
    assert.throws(() => types(CDN, ["png"]), /The format png is not allowed/);
  });
});

describe("the URLs of srcset", () => {
  // Segments that are, or nearly are, sizes of a stack are the interesting ones.
  const segment = fc.oneof(
    fc.constantFrom("360x270", "640w", "640w.webp", "640w.png", "7w", "0w", "01w", "9999w", "640W", "..", ".", ""),
    fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !/\p{Surrogate}/u.test(text)),
    fc.string({ unit: "binary", maxLength: 4 }).filter((text) => !/\p{Surrogate}/u.test(text)),
  );
  const spec = fc.constantFrom("360x270", "640w", "640w.webp", "640w.png", "7w", "7w.avif", "1001w", "480h", "1x1001");
  const stacks: (Cdn | string)[] = [CDN, { ...CDN, sizes: "any" }, { ...CDN, formats: [] }, "https://cdn.example.com"];

  it("are of exactly the keys that the resizer accepts", () => {
    const seen = { accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), spec, fc.constantFrom(...stacks), (segments, size, cdn) => {
        const original = segments.join("/");
        const allowList =
          typeof cdn === "string" ? { sizes: "any" as const, formats: FORMATS, maxDimension: 16_383 } : cdn;
        const parsed = parseSpec(size);
        assert.ok(parsed);
        const key = variantKey(original, parsed);
        const answer = parseVariantKey(key, allowList);
        if ("refused" in answer) {
          assert.throws(() => variantUrl(cdn, original, size), Error, JSON.stringify(key));
          seen.rejected += 1;
          return;
        }
        const url = variantUrl(cdn, original, size);
        // A URL parser finds the same key: nothing is read as a query, a fragment or a dot segment.
        assert.equal(new URL(url).pathname.split("/").map(decodeURIComponent).join("/"), `/${key}`);
        assert.equal(new URL(url).href, url);
        assert.equal(answer.original, original);
        seen.accepted += 1;
      }),
      { numRuns: 2000 },
    );
    assert.ok(seen.accepted > 200 && seen.rejected > 200, JSON.stringify(seen));
  });
});
