import assert from "node:assert/strict";
import sharp from "sharp";
import { assertNear, inSrgb } from "./support/colour";
import { heicOf, type HeicOptions, hevcOf } from "./support/heic";
import type { HevcImage } from "./support/hevc";
import { COLOURS, look, make, meanColour, metadataIn, QUARTERS, refusalOf, type Rgb } from "./support/images";

const HEIC = { heic: true } as const;
const FLAT: Rgb = [200, 80, 60];

/** An image of four quarters. */
function quarters(width: number, height: number, names: readonly string[] = QUARTERS): HevcImage {
  return hevcOf(
    width,
    height,
    (x, y) => COLOURS[names[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? ""] ?? FLAT,
  );
}

describe("a HEIC", () => {
  let image: HevcImage;

  before(() => {
    image = quarters(64, 32);
  });

  it("becomes a JPEG, or the format that the key names", async () => {
    const original = heicOf(image);
    for (const [spec, format] of [
      ["32w", "jpeg"],
      ["32w.webp", "webp"],
      ["32w.avif", "avif"],
      ["32w.png", "png"],
    ] as const) {
      const made = await make(original, spec, HEIC);
      assert.deepEqual([made.format, await look(made.bytes)], [format, "32x16 red green blue yellow"]);
    }
  });

  for (const [options, expected] of [
    [{ turns: 1 }, "16x32 green yellow red blue"],
    [{ turns: 2 }, "16x8 yellow blue green red"],
    [{ turns: 3 }, "16x32 blue red yellow green"],
    [{ mirror: 0 }, "16x8 blue yellow red green"],
    [{ mirror: 1 }, "16x8 green red yellow blue"],
  ] satisfies [HeicOptions, string][]) {
    it(`is turned by its own ${JSON.stringify(options)}, and not by EXIF again`, async () => {
      const { exif } = await sharp(
        await sharp(await pixel())
          .withMetadata({ orientation: 6 })
          .jpeg()
          .toBuffer(),
      ).metadata();
      assert.ok(exif);
      const { bytes } = await make(heicOf(image, { ...options, exif }), "16w", HEIC);
      assert.equal(await look(bytes), expected);
      assert.deepEqual(await metadataIn(bytes), []);
    });
  }

  it("of a grid is put together", async () => {
    const { bytes } = await make(heicOf(quarters(32, 32), { grid: [3, 2] }), "96w", HEIC);
    const { width, height } = await sharp(bytes).metadata();
    assert.deepEqual([width, height], [96, 64]);
    const tile = await sharp(bytes).extract({ left: 64, top: 32, width: 32, height: 32 }).png().toBuffer();
    assert.equal(await look(tile), "32x32 red green blue yellow");
  });

  it("of several images is its primary one", async () => {
    const others = [quarters(32, 32, ["black", "black", "black", "black"]), quarters(16, 16, ["white"])];
    assert.equal(await look((await make(heicOf(image, { others }), "32w", HEIC)).bytes), "32x16 red green blue yellow");
  });

  it("in Display P3 becomes sRGB, by its profile or by its codes", async () => {
    const { icc } = await sharp(
      await sharp(await pixel())
        .withIccProfile("p3")
        .png()
        .toBuffer(),
    ).metadata();
    assert.ok(icc);
    const flat = hevcOf(32, 32, () => FLAT);
    for (const [options, expected] of [
      [{}, FLAT],
      [{ profile: icc }, inSrgb(FLAT, "display-p3")],
      [{ primaries: 12 }, inSrgb(FLAT, "display-p3")],
      // As iOS 11 writes them: the grid itself names no colours.
      [{ profile: icc, grid: [2, 2], colourOfTiles: true }, inSrgb(FLAT, "display-p3")],
      [{ primaries: 12, grid: [2, 2], colourOfTiles: true }, inSrgb(FLAT, "display-p3")],
    ] satisfies [HeicOptions, Rgb][]) {
      const { bytes } = await make(heicOf(flat, options), "16w.png", HEIC);
      assertNear(await meanColour(bytes), expected);
      assert.deepEqual(await metadataIn(bytes), []);
    }
  });

  it("is known by the brands of bursts and of HEVC's other profiles", async () => {
    for (const brand of ["heix", "heim", "heis", "hevc"]) {
      assert.equal((await make(heicOf(image, { brand }), "32w", HEIC)).format, "jpeg", brand);
    }
  });

  it("is rejected where the stack does not accept HEIC, with the reason", async () => {
    assert.deepEqual(await refusalOf(heicOf(image)), {
      code: "not-an-image",
      message: "The original is a HEIC image: JPEG, PNG, WebP, AVIF, GIF and TIFF images are accepted.",
    });
    const { message } = await refusalOf(Buffer.from("%PDF-1.7"), "40w", HEIC);
    assert.equal(
      message,
      "The original is a PDF document: JPEG, PNG, WebP, AVIF, GIF, TIFF and HEIC images are accepted.",
    );
  });

  it("is rejected by its header where it has more pixels than one image may have", async () => {
    const limits = (maxInputPixels: number) => ({ ...HEIC, maxInputPixels });
    assert.equal((await make(heicOf(image), "32w", limits(64 * 32))).format, "jpeg");
    assert.deepEqual(await refusalOf(heicOf(image), "32w", limits(64 * 32 - 1)), {
      code: "input-too-large",
      message: "The original has more than 2047 pixels.",
    });
    assert.equal((await refusalOf(heicOf(image, { claimed: [20_000, 20_000] }), "32w", HEIC)).code, "input-too-large");
  });

  it("that claims fewer pixels than it has gets no more memory for them", async () => {
    const tile = hevcOf(512, 512, () => FLAT);
    const liar = heicOf(tile, { grid: [16, 16], claimed: [16, 16] });
    const { code } = await refusalOf(liar, "32w", HEIC);
    assert.equal(code, "input-too-large");
  });

  it("cut off or without pixels is damaged", async () => {
    const original = heicOf(image);
    for (const length of [20, 40, 200, Math.floor(original.length / 2), original.length - 100]) {
      assert.equal(
        (await refusalOf(original.subarray(0, length), "32w", HEIC)).code,
        "undecodable-image",
        String(length),
      );
    }
  });

  it("is given up when its time is over", async () => {
    const tile = hevcOf(512, 512, () => FLAT);
    const large = heicOf(tile, { grid: [16, 16] });
    assert.equal((await refusalOf(large, "32w", { ...HEIC, maxInputPixels: 100_000_000 }, 0.01)).code, "unavailable");
  });
});

function pixel(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: "grey" } })
    .png()
    .toBuffer();
}
