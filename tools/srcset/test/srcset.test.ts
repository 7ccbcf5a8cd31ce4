import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cdn, nearestWidth, srcset, variantUrl } from "../srcset";
import { type AllowList, MAX_KEY_BYTES, parseSpec, parseVariantKey, variantKey } from "../../../functions/variant-key";

const ALLOW_LIST: AllowList = {
  sizes: ["360x270", "720x540", "320w", "640w", "480h"],
  formats: ["webp", "avif"],
  maxDimension: 1000,
};
const CDN: Cdn = { cdnUrl: "https://cdn.example.com/", allowList: ALLOW_LIST };
const cdnWith = (changes: Partial<AllowList>): Cdn => ({ ...CDN, allowList: { ...ALLOW_LIST, ...changes } });
const ALLOWED = "allowed are 360x270, 720x540, 320w, 640w and 480h";

describe("variantUrl", () => {
  it("puts the size before the file", () => {
    assert.equal(variantUrl(CDN, "p_1/x/a.jpg", "640w"), "https://cdn.example.com/p_1/x/640w/a.jpg");
    assert.equal(variantUrl(CDN, "a.jpg", "360x270.webp"), "https://cdn.example.com/360x270.webp/a.jpg");
    const local = { ...cdnWith({ sizes: "any", formats: ["png"] }), cdnUrl: "http://localhost:8080" };
    assert.equal(variantUrl(local, "a.jpg", "9h.png"), "http://localhost:8080/9h.png/a.jpg");
  });

  it("encodes every character of a name", () => {
    assert.equal(
      variantUrl(CDN, `ö/a b+c&d=e#f?g%20"h'(i)*!,<img onerror=x>.jpg`, "640w"),
      "https://cdn.example.com/%C3%B6/640w/a%20b%2Bc%26d%3De%23f%3Fg%2520%22h%27%28i%29%2A%21%2C%3Cimg%20onerror%3Dx%3E.jpg",
    );
  });

  const rejected: [name: string, key: string, size: string, message: string][] = [
    ["an unlisted size", "a.jpg", "641w", `The size 641w is not allowed: ${ALLOWED}`],
    ["an unlisted format", "a.jpg", "640w.png", "The format png is not allowed: allowed are webp and avif"],
    ["a side that is too long", "a.jpg", "1001w", "The size is out of range: a side is 1 to 1000 pixels."],
    ["a chained key", "640w/a.jpg", "320w", "The key is chained: a variant cannot be made from a variant."],
    ["a key without a file", "p_1/", "320w", "The key names no file."],
    ["an empty segment", "/a.jpg", "320w", "The key contains an empty, . or .. segment."],
    ["half a character", "\ud800.jpg", "320w", "The key is not well-formed Unicode."],
  ];
  for (const [name, key, size, message] of rejected) {
    it(`rejects ${name} with the message of the stack, and with what is allowed`, () => {
      assert.throws(() => variantUrl(CDN, key, size), { message: `${JSON.stringify(key)} at ${size}: ${message}` });
    });
  }

  it("rejects a text that is not a size, with what is allowed", () => {
    const rejects = (cdn: Cdn, size: string, message: string) => {
      assert.throws(() => variantUrl(cdn, "a.jpg", size), { message });
    };
    const formats = "with or without a format: webp and avif";
    rejects(CDN, "0640w", `"0640w" is not a size: ${ALLOWED}, ${formats}`);
    rejects(CDN, "640w.gif", `"640w.gif" is not a size: ${ALLOWED}, ${formats}`);
    const any = "allowed are WxH, Ww and Hh, such as 360x270, 640w and 480h";
    rejects(cdnWith({ sizes: "any" }), "640", `"640" is not a size: ${any}, ${formats}`);
    const without = cdnWith({ sizes: ["320w"], formats: [] });
    rejects(without, "640", '"640" is not a size: allowed are 320w, with or without a format: none');
    rejects(without, "320w.webp", '"a.jpg" at 320w.webp: The format webp is not allowed: allowed are none');
  });

  it("rejects what is not the stack's outputs", () => {
    const rejects = (cdn: object, message: string) => {
      assert.throws(() => variantUrl(cdn as Cdn, "a.jpg", "640w"), { message });
    };
    const expectedUrl = "expected the stack's output, such as https://cdn.example.com";
    rejects(ALLOW_LIST, `cdnUrl is undefined: ${expectedUrl}`);
    rejects({ ...CDN, cdnUrl: "cdn.example.com" }, `cdnUrl is "cdn.example.com": ${expectedUrl}`);
    rejects({ ...CDN, cdnUrl: "https://a/b" }, `cdnUrl is "https://a/b": ${expectedUrl}`);
    const expectedList = "expected the stack's output { sizes, formats, maxDimension }";
    rejects({ cdnUrl: "https://a" }, `allowList is undefined: ${expectedList}`);
    for (const wrong of [{ sizes: "640w" }, { formats: ["gif"] }, { formats: "webp" }, { maxDimension: "9" }]) {
      const allowList = { ...ALLOW_LIST, ...wrong };
      rejects({ ...CDN, allowList }, `allowList is ${JSON.stringify(allowList)}: ${expectedList}`);
    }
  });

  it("accepts a key up to the last byte that S3 accepts", () => {
    const longest = "é".repeat((MAX_KEY_BYTES - "640w/".length - 1) / 2) + "x";
    assert.equal(decodeURI(variantUrl(CDN, longest, "640w")), `https://cdn.example.com/640w/${longest}`);
    assert.throws(() => variantUrl(CDN, `${longest}x`, "640w"), /: The key is longer than 1024 bytes\.$/);
  });
});

describe("nearestWidth", () => {
  it("is the listed width itself, else the nearest larger, else the largest", () => {
    const nearest = [1, 320, 320.5, 321, 640, 641, Infinity].map((width) => nearestWidth(CDN, width));
    assert.deepEqual(nearest, ["320w", "320w", "640w", "640w", "640w", "640w", "640w"]);
    const unordered = cdnWith({ sizes: ["1000w", "90w", "200w"] });
    assert.deepEqual(
      [89, 91, 201].map((width) => nearestWidth(unordered, width)),
      ["90w", "200w", "1000w"],
    );
  });

  it("is the width itself where any size is allowed, up to the longest side", () => {
    const any = cdnWith({ sizes: "any" });
    assert.deepEqual(
      [0.1, 321, 412.5, 1001].map((width) => nearestWidth(any, width)),
      ["1w", "321w", "413w", "1000w"],
    );
  });

  it("rejects what is no width, and a stack without widths", () => {
    for (const width of [0, -1, NaN]) {
      assert.throws(() => nearestWidth(CDN, width), {
        message: `the width ${width} is not a number of pixels above 0`,
      });
    }
    const message = "no width is on the allow-list: allowed are 360x270 and 480h";
    assert.throws(() => nearestWidth(cdnWith({ sizes: ["360x270", "480h"] }), 1), { message });
  });

  it("accepts every width that Next.js asks for by default", () => {
    const prod = cdnWith({ sizes: ["200x150", "320w", "640w", "1280w", "1920w", "480h"], maxDimension: 4096 });
    const nearest = {
      32: "320w",
      48: "320w",
      64: "320w",
      96: "320w",
      128: "320w",
      256: "320w",
      384: "640w",
      640: "640w",
      750: "1280w",
      828: "1280w",
      1080: "1280w",
      1200: "1280w",
      1920: "1920w",
      2048: "1920w",
      3840: "1920w",
    };
    for (const [width, size] of Object.entries(nearest)) assert.equal(nearestWidth(prod, Number(width)), size);
  });
});

describe("srcset", () => {
  it("has each variant with its width", () => {
    assert.equal(
      srcset(CDN, "p_1/a,b.jpg", ["320w", "640w.webp"]),
      "https://cdn.example.com/p_1/320w/a%2Cb.jpg 320w, https://cdn.example.com/p_1/640w.webp/a%2Cb.jpg 640w",
    );
    assert.equal(
      srcset(CDN, "a.jpg", ["720x540", "360x270"]),
      "https://cdn.example.com/720x540/a.jpg 720w, https://cdn.example.com/360x270/a.jpg 360w",
    );
  });

  it("leaves out what is wider than the original, but for the first that shows all of it", () => {
    const cdn = cdnWith({ sizes: "any" });
    const shown = (width: number, sizes: string[]) =>
      srcset(cdn, "a.jpg", sizes, width).replaceAll("https://cdn.example.com/", "").replaceAll("/a.jpg", "");
    assert.equal(shown(700, ["640w", "900w", "320w", "800w"]), "640w 640w, 320w 320w, 800w 700w");
    assert.equal(shown(640, ["320w", "640w", "900w"]), "320w 320w, 640w 640w");
    assert.equal(shown(100, ["640w", "320w"]), "320w 100w");
    assert.equal(shown(901, ["320w", "900w"]), "320w 320w, 900w 900w");
    assert.equal(shown(400, ["360x270", "720x540", "960x720"]), "360x270 360w, 720x540 400w");
    const message = "the original's width 0 is not a number of pixels above 0";
    assert.throws(() => srcset(CDN, "a.jpg", ["320w"], 0), { message });
  });

  const shape = "a srcset needs sizes of one shape, all widths or all crops alike, and";
  const rejected: [sizes: string[], message: string][] = [
    [[], "a srcset needs at least one size"],
    [["480h"], "a srcset needs sizes with a width, and 480h has none"],
    [["360x270", "360w"], "a srcset needs sizes of different widths, and two have 360"],
    [["360x270", "640w"], `${shape} 360x270 and 640w are not`],
    [["320w", "640w", "360x270"], `${shape} 320w and 360x270 are not`],
    [["200x150", "300x300"], `${shape} 200x150 and 300x300 are not`],
    [["320w", "1001w"], '"a.jpg" at 1001w: The size is out of range: a side is 1 to 1000 pixels.'],
  ];
  for (const [sizes, message] of rejected) {
    it(`rejects ${sizes.join(" with ") || "no sizes"}, which a browser could not choose from`, () => {
      assert.throws(() => srcset(cdnWith({ sizes: "any" }), "a.jpg", sizes), { message });
    });
  }

  it("accepts crops whose proportions differ by rounding", () => {
    assert.match(srcset(cdnWith({ sizes: "any" }), "a.jpg", ["100x67", "400x267"]), /100w, .* 400w$/);
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
  const lists: AllowList[] = [ALLOW_LIST, { ...ALLOW_LIST, sizes: "any" }, { ...ALLOW_LIST, formats: [] }];

  it("are of exactly the keys that the resizer accepts", () => {
    const seen = { accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), spec, fc.constantFrom(...lists), (segments, size, allowList) => {
        const original = segments.join("/");
        const cdn = { ...CDN, allowList };
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
