import assert from "node:assert/strict";
import sharp from "sharp";
import { type Image, type ImageSettings, resize } from "../../../functions/resizer/image";
import { sniffFormat } from "../../../functions/resizer/original/format";
import { Refusal } from "../../../functions/resizer/refusal";
import { type Format, FORMATS, parseSpec } from "../../../functions/variant-key";
import { avifGridOf } from "./support/heic";

const SETTINGS: ImageSettings = {
  quality: { jpeg: 80, webp: 80, avif: 50 },
  effort: { webp: 4, avif: 2 },
  fit: "cover",
  position: "centre",
  maxInputPixels: 1_000_000,
};

/** An image whose left half is red and right half blue, so that turning and cropping can be seen. */
function halves(width: number, height: number): sharp.Sharp {
  const right = { create: { width: Math.floor(width / 2), height, channels: 3, background: "blue" } } as const;
  return sharp({ create: { width, height, channels: 3, background: "red" } }).composite([
    { input: right, left: Math.ceil(width / 2), top: 0 },
  ]);
}

async function make(original: Buffer, text: string, settings: Partial<ImageSettings> = {}): Promise<Image> {
  const spec = parseSpec(text);
  assert.ok(spec);
  return resize(original, spec, { ...SETTINGS, ...settings }, 10);
}

async function dimensions({ bytes }: Image): Promise<string> {
  const { width, height } = await sharp(bytes).metadata();
  return `${width}x${height}`;
}

/** The colour in the middle of the left edge and of the right edge: `red` or `blue`, whichever is stronger. */
async function edges({ bytes }: Image): Promise<[string, string]> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const colourAt = (x: number) => {
    const at = (Math.floor(info.height / 2) * info.width + x) * info.channels;
    return (data[at] ?? 0) > (data[at + 2] ?? 0) ? "red" : "blue";
  };
  return [colourAt(0), colourAt(info.width - 1)];
}

describe("sniffFormat", () => {
  for (const format of FORMATS) {
    it(`knows ${format} by its bytes`, async () => {
      assert.equal(sniffFormat(await halves(8, 8).toFormat(format).toBuffer()), format);
    });
  }

  for (const [what, bytes] of Object.entries({
    nothing: "",
    SVG: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    PDF: "%PDF-1.7\n",
    HTML: "<!doctype html><title>x</title>",
    "a RIFF that is a WAV": "RIFF\x24\x00\x00\x00WAVEfmt ",
    "an MP4": "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
  })) {
    it(`does not take ${what}`, () => {
      assert.equal(sniffFormat(Buffer.from(bytes, "latin1")), undefined);
    });
  }
});

describe("resize", () => {
  let landscape: Buffer;

  before(async () => {
    landscape = await halves(800, 400).jpeg().toBuffer();
  });

  for (const [spec, expected] of Object.entries({
    "360x270": "360x270",
    "200w": "200x100",
    "100h": "200x100",
    "333w": "333x167",
    "800w": "800x400",
    // Never enlarged: a side that would have to grow stays as it is.
    "1600w": "800x400",
    "800h": "800x400",
    "1600x200": "800x200",
    "1600x1600": "800x400",
  })) {
    it(`makes ${spec} of 800x400 as ${expected}`, async () => {
      assert.equal(await dimensions(await make(landscape, spec)), expected);
    });
  }

  it("crops to cover, from where the stack says", async () => {
    assert.deepEqual(await edges(await make(landscape, "100x100")), ["red", "blue"]);
    assert.deepEqual(await edges(await make(landscape, "100x100", { position: "left" })), ["red", "red"]);
    assert.deepEqual(await edges(await make(landscape, "100x100", { position: "right" })), ["blue", "blue"]);
  });

  it("fits inside where the stack says so", async () => {
    assert.equal(await dimensions(await make(landscape, "100x100", { fit: "inside" })), "100x50");
  });

  for (const format of FORMATS) {
    it(`keeps a ${format} original's format, and makes ${format} of a JPEG`, async () => {
      const own = await make(await halves(80, 40).toFormat(format).toBuffer(), "40w");
      const asked = await make(landscape, `40w.${format}`);
      for (const image of [own, asked]) {
        assert.equal(image.format, format);
        assert.equal(sniffFormat(image.bytes), format);
        assert.equal(await dimensions(image), "40x20");
      }
    });
  }

  it("turns an image upright by its EXIF orientation and forgets the tag", async () => {
    const sideways = await halves(400, 200).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const image = await make(sideways, "100w");
    assert.equal(await dimensions(image), "100x200");
    assert.equal((await sharp(image.bytes).metadata()).orientation, undefined);
  });

  it("strips EXIF, and converts another colour space to sRGB", async () => {
    const original = await halves(100, 50)
      .withIccProfile("p3")
      .withExif({ IFD0: { Copyright: "nobody" } })
      .jpeg()
      .toBuffer();
    const before = await sharp(original).metadata();
    assert.ok(before.exif && before.icc);
    const { exif, icc, space } = await sharp((await make(original, "50w")).bytes).metadata();
    assert.deepEqual({ exif, icc, space }, { exif: undefined, icc: undefined, space: "srgb" });
  });

  it("keeps transparency where the format has it, and puts white behind it where not", async () => {
    const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: "#00000000" } })
      .png()
      .toBuffer();
    assert.equal((await sharp((await make(clear, "10w")).bytes).stats()).isOpaque, false);
    const { dominant } = await sharp((await make(clear, "10w.jpeg")).bytes).stats();
    assert.deepEqual(dominant, { r: 248, g: 248, b: 248 });
  });

  async function refusalOf(bytes: Buffer, settings: Partial<ImageSettings> = {}): Promise<string> {
    const error: unknown = await make(bytes, "40w", settings).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Refusal);
    return `${error.status} ${error.code}`;
  }

  it("rejects what is not an image, whatever its name", async () => {
    assert.equal(await refusalOf(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")), "415 not-an-image");
    assert.equal(await refusalOf(Buffer.alloc(0)), "415 not-an-image");
  });

  for (const format of ["jpeg", "png", "webp", "avif"] satisfies Format[]) {
    it(`rejects a truncated ${format}`, async () => {
      const whole = await sharp(landscape).toFormat(format).toBuffer();
      assert.equal(await refusalOf(whole.subarray(0, Math.floor(whole.length / 2))), "422 undecodable-image");
    });
  }

  it("rejects more pixels than the stack accepts, and accepts exactly as many", async () => {
    assert.equal(await refusalOf(landscape, { maxInputPixels: 319_999 }), "413 input-too-large");
    assert.equal(await dimensions(await make(landscape, "40w", { maxInputPixels: 320_000 })), "40x20");
  });

  for (const [what, weight, encode] of [
    ["", 2, (image) => image.avif()],
    [" of 10 bits", 3, (image) => image.avif({ bitdepth: 10 })],
    [" with transparency", 4, (image) => image.ensureAlpha(0.5).avif()],
    [" of 10 bits with transparency", 4, (image) => image.ensureAlpha(0.5).avif({ bitdepth: 10 })],
  ] satisfies [string, number, (image: sharp.Sharp) => sharp.Sharp][]) {
    it(`counts a pixel of an AVIF${what} for ${weight}`, async () => {
      const avif = await encode(sharp(landscape)).toBuffer();
      const maxInputPixels = weight * 800 * 400;
      assert.equal(await refusalOf(avif, { maxInputPixels: maxInputPixels - 1 }), "413 input-too-large");
      assert.equal(await dimensions(await make(avif, "40w", { maxInputPixels })), "40x20");
    });
  }

  it("puts the tiles of an AVIF together, and counts all their pixels", async () => {
    const grid = await avifGridOf(await halves(128, 64).removeAlpha().avif().toBuffer(), [2, 3]);
    assert.equal(await refusalOf(grid, { maxInputPixels: 256 * 192 * 2 - 1 }), "413 input-too-large");
    const image = await make(grid, "64w", { maxInputPixels: 256 * 192 * 2 });
    assert.equal(await dimensions(image), "64x48");
    assert.deepEqual(await edges(image), ["red", "blue"]);
  });
});
