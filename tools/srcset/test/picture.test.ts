import assert from "node:assert/strict";
import sharp from "sharp";
import { type ImageSettings, resize } from "../../../functions/resizer/image";
import { parseSpec } from "../../../functions/variant-key";
import { type Cdn, type Dimensions, picture } from "../srcset";

const cdnOf = (formats: string[], sizes: string[] | string = "any"): Cdn => ({
  cdnUrl: "https://cdn.example.com",
  allowList: { sizes, formats, maxDimension: 4096 },
});
const CDN = cdnOf(["webp", "avif"], ["320w", "640w"]);
const OPTIONS = { sizes: ["640w", "320w"], layout: "50vw", alt: `A "moor"` };

describe("picture", () => {
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
    const types = (formats: string[], named?: readonly ("webp" | "png")[]) =>
      picture(cdnOf(formats), "a.jpg", { ...OPTIONS, ...(named ? { formats: named } : {}) }).sources.map(
        ({ type }) => type,
      );
    assert.deepEqual(types(["png", "webp"]), ["image/webp"]);
    assert.deepEqual(types([]), []);
    assert.deepEqual(types(["png", "webp"], ["png", "webp"]), ["image/png", "image/webp"]);
    assert.throws(() => types(["webp"], ["png"]), /The format png is not allowed: allowed are webp$/);
  });

  it("leaves out what is wider than the original, in every format", () => {
    const { sources, img } = picture(CDN, "a.jpg", { ...OPTIONS, original: { width: 300, height: 200 } });
    const only = (format: string) => `https://cdn.example.com/320w${format}/a.jpg 300w`;
    assert.deepEqual(
      sources.map(({ srcset }) => srcset),
      [only(".avif"), only(".webp")],
    );
    assert.deepEqual(img, {
      ...{ src: "https://cdn.example.com/320w/a.jpg", srcset: only(""), sizes: "50vw", alt: OPTIONS.alt },
      width: 300,
      height: 200,
    });
  });

  it("has the dimensions of a crop without the original's", () => {
    const { img } = picture(cdnOf([]), "a.jpg", { ...OPTIONS, sizes: ["200x150", "360x270"] });
    assert.deepEqual([img.src, img.width, img.height], ["https://cdn.example.com/360x270/a.jpg", 360, 270]);
  });

  it("rejects dimensions that are none", () => {
    const show = (original: Dimensions) => picture(CDN, "a.jpg", { ...OPTIONS, original });
    const message = (side: string) => `the original's ${side} is not a number of pixels above 0`;
    assert.throws(() => show({ width: NaN, height: 1 }), { message: message("width NaN") });
    assert.throws(() => show({ width: 1, height: -1 }), { message: message("height -1") });
    assert.throws(() => picture({} as Cdn, "a.jpg", OPTIONS), /^Error: cdnUrl is undefined: /);
  });
});

describe("the dimensions of picture", () => {
  const settings: ImageSettings = {
    fit: "cover",
    position: "centre",
    maxInputPixels: 1e6,
    ...{ quality: { jpeg: 60, webp: 60, avif: 60 }, effort: { webp: 0, avif: 0 } },
  };
  const originals: [width: number, height: number][] = [
    [1000, 667],
    [667, 1000],
    [333, 501],
    [640, 480],
    [1000, 1],
    [1, 1000],
  ];
  for (const [width, height] of originals) {
    it(`are those that the resizer gives to the variants of ${width}x${height}`, async () => {
      const bytes = await sharp({ create: { width, height, channels: 3, background: "#888" } })
        .png()
        .toBuffer();
      for (const size of ["31w", "320w", "641w", "1200w", "360x270", "1200x900"]) {
        const { img } = picture(cdnOf([]), "a.png", { ...OPTIONS, sizes: [size], original: { width, height } });
        const spec = parseSpec(size);
        assert.ok(spec);
        const variant = await sharp((await resize(bytes, spec, settings, 60)).bytes).metadata();
        assert.deepEqual([size, img.width, img.height], [size, variant.width, variant.height]);
      }
    });
  }
});
