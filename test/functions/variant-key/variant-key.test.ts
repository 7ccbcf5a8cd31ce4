import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AllowList,
  type Format,
  FORMATS,
  formatSpec,
  listSpecs,
  parseSize,
  parseSpec,
  parseVariantKey,
  variantKey,
} from "../../../functions/variant-key";

const ALLOW_LIST: AllowList = { sizes: ["360x270", "640w", "480h"], formats: ["webp"], maxDimension: 4096 };

function refusal(key: string, allowList = ALLOW_LIST): string {
  const result = parseVariantKey(key, allowList);
  return "refused" in result ? result.refused : `served as ${result.original}`;
}

describe("parseSize", () => {
  for (const [text, expected] of Object.entries({
    "360x270": { text: "360x270", width: 360, height: 270 },
    "640w": { text: "640w", width: 640 },
    "480h": { text: "480h", height: 480 },
    "1x1": { text: "1x1", width: 1, height: 1 },
  })) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseSize(text), expected);
    });
  }

  for (const text of [
    "",
    "640",
    "w",
    "x",
    "0w",
    "0x100",
    "100x0",
    "0640w",
    "640W",
    "640x",
    "x480",
    "12e3w",
    "-1w",
    "+1w",
  ]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.equal(parseSize(text), undefined);
    });
  }

  for (const text of ["1.5w", " 640w", "640w ", "640w\n", "٣٦٠w", "640x480x320", "640wh", "Infinityw", "1_000w"]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.equal(parseSize(text), undefined);
    });
  }
});

describe("parseSpec", () => {
  it("reads a size with each format", () => {
    for (const format of FORMATS) {
      assert.deepEqual(parseSpec(`640w.${format}`), { size: { text: "640w", width: 640 }, format });
    }
  });

  for (const text of ["640w.", "640w.jpg", "640w.WEBP", "640w.gif", "640w.webp.avif", ".webp", "640.webp"]) {
    it(`rejects ${text}`, () => {
      assert.equal(parseSpec(text), undefined);
    });
  }

  it("is undone by formatSpec", () => {
    for (const text of ["360x270", "640w", "480h.avif"]) {
      const spec = parseSpec(text);
      assert.equal(spec && formatSpec(spec), text);
    }
  });
});

describe("parseVariantKey", () => {
  for (const [key, original] of Object.entries({
    "360x270/a.jpg": "a.jpg",
    "p_1/360x270/a.jpg": "p_1/a.jpg",
    "produs_227613/360x270/img.AZ70KuRzw9.jpg": "produs_227613/img.AZ70KuRzw9.jpg",
    "a/b/c/640w.webp/d": "a/b/c/d",
    "p/480h/LOGO.JPG": "p/LOGO.JPG",
    "p/480h/640w": "p/640w",
    "1280w/640w/a.jpg": "1280w/a.jpg",
    "p 1/640w/å + 100% & #1 'x' \"y\".jpg": "p 1/å + 100% & #1 'x' \"y\".jpg",
  })) {
    it(`reads ${key} as a variant of ${original}`, () => {
      const result = parseVariantKey(key, ALLOW_LIST);
      assert.ok(!("refused" in result));
      assert.equal(result.original, original);
      assert.equal(result.key, key);
    });
  }

  for (const [what, key] of Object.entries({
    "an empty key": "",
    "a file alone": "a.jpg",
    "a key without a size": "p_1/a.jpg",
    "no file": "p_1/640w/",
    "a leading slash": "/640w/a.jpg",
    "an empty segment": "p_1//640w/a.jpg",
    "a . segment": "./640w/a.jpg",
    "a .. segment": "p_1/../640w/a.jpg",
    "a .. as the file": "640w/..",
    "a NUL": "640w/a\0.jpg",
    "a line feed": "640w/a\n.jpg",
    "a C1 control character": "640w/a\u0085.jpg",
    "half of a surrogate pair": "640w/a\ud800.jpg",
    "the other half": "640w/\udc00a.jpg",
    "1,025 bytes": `640w/${"a".repeat(1020)}`,
    "1,025 bytes of UTF-8 in fewer characters": `640w/${"é".repeat(510)}`,
    "a size beyond maxDimension": "4097w/a.jpg",
    "a chained key": "640w/360x270/a.jpg",
    "a chained key, further up": "p/640w/q/360x270/a.jpg",
    "a chained key with a format": "640w.webp/360x270/a.jpg",
    "a chained key with a format that is not listed, but may have been": "640w.avif/360x270/a.jpg",
  })) {
    it(`rejects ${what} as malformed`, () => {
      assert.equal(refusal(key), "malformed-key");
    });
  }

  it("accepts 1,024 bytes", () => {
    assert.equal(refusal(`640w/${"a".repeat(1019)}`), `served as ${"a".repeat(1019)}`);
    assert.equal(refusal(`640w/${"😀".repeat(254)}abc`), `served as ${"😀".repeat(254)}abc`);
  });

  it("rejects a size that is not listed, and a format that is not", () => {
    assert.equal(refusal("p/641w/a.jpg"), "size-not-allowed");
    assert.equal(refusal("p/4096w/a.jpg"), "size-not-allowed");
    assert.equal(refusal("p/640w.avif/a.jpg"), "format-not-allowed");
  });

  it("rejects variants of what a size has left that is listed no more, and variants of that size", () => {
    const retired = { ...ALLOW_LIST, retiredSizes: ["1280w"] };
    assert.equal(refusal("1280w/640w/a.jpg"), "served as 1280w/a.jpg");
    for (const key of ["1280w/640w/a.jpg", "p/1280w.avif/640w/a.jpg", "1280w/p/640w/a.jpg"]) {
      assert.equal(refusal(key, retired), "malformed-key");
    }
    assert.equal(refusal("p/1280w/a.jpg", retired), "size-not-allowed");
    assert.equal(refusal("p/24h/640w/a.jpg", retired), "served as p/24h/a.jpg");
  });

  it("accepts any size up to maxDimension where unlisted sizes are allowed, but no chained one", () => {
    const any: AllowList = { sizes: "any", formats: [], maxDimension: 1000 };
    assert.equal(refusal("p/999x1000/a.jpg", any), "served as p/a.jpg");
    assert.equal(refusal("p/1001w/a.jpg", any), "malformed-key");
    assert.equal(refusal("7w/999x1000/a.jpg", any), "malformed-key");
  });
});

describe("variant keys, for any original and any allow-list", () => {
  const side = fc.integer({ min: 1, max: 4096 });
  const size = fc.oneof(
    fc.tuple(side, side).map(([width, height]) => `${width}x${height}`),
    side.map((width) => `${width}w`),
    side.map((height) => `${height}h`),
  );
  const format = fc.constantFrom<Format>(...FORMATS);
  const allowList: fc.Arbitrary<AllowList & { sizes: string[] }> = fc.record({
    sizes: fc.uniqueArray(size, { minLength: 1, maxLength: 6 }),
    formats: fc.uniqueArray(format, { maxLength: 4 }),
    maxDimension: fc.constant(4096),
  });
  const segment = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: size },
    { weight: 1, arbitrary: fc.tuple(size, format).map(([text, it]) => `${text}.${it}`) },
  );
  const original = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));

  it("original(variantKey(k, s)) = k for every key that is served", () => {
    fc.assert(
      fc.property(original, allowList, (key, list) => {
        for (const text of listSpecs(list)) {
          const spec = parseSpec(text);
          assert.ok(spec);
          const result = parseVariantKey(variantKey(key, spec), list);
          if (!("refused" in result)) {
            assert.equal(result.original, key);
            assert.equal(formatSpec(result.spec), text);
          }
        }
      }),
    );
  });

  it("n originals have at most n x sizes x (1 + formats) variants, and no variant has any", () => {
    fc.assert(
      fc.property(fc.uniqueArray(original, { maxLength: 5 }), allowList, (originals, list) => {
        const specs = listSpecs(list).map((text) => parseSpec(text));
        const variantsOf = (keys: readonly string[]) =>
          keys.flatMap((key) =>
            specs.flatMap((spec) => {
              assert.ok(spec);
              const variant = variantKey(key, spec);
              return "refused" in parseVariantKey(variant, list) ? [] : [variant];
            }),
          );
        const variants = variantsOf(originals);
        assert.ok(new Set(variants).size <= originals.length * list.sizes.length * (1 + list.formats.length));
        // What is stored may be asked for again as if it were an original: nothing comes of it.
        assert.deepEqual(variantsOf(variants), []);
      }),
    );
  });

  it("never throws, whatever the key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), allowList, (key, list) => {
        parseVariantKey(key, list);
        parseVariantKey(`640w/${key}`, list);
      }),
    );
  });
});
