import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp, { type Sharp } from "sharp";
import { assertNear, inSrgb } from "./support/colour";
import { withDisplayP3Code } from "./support/heic";
import { adobeRgbProfile, greyProfile } from "./support/icc";
import { make, meanColour, metadataIn, type Rgb } from "./support/images";

const SIDE = 32;
const FLAT: Rgb = [150, 120, 100];
/** Far from the same numbers in sRGB where it is one of Display P3. */
const GREEN: Rgb = [90, 170, 100];
const BEST = { quality: 100, chromaSubsampling: "4:4:4" } as const;

/** An image of one colour. */
function flat([red, green, blue]: Rgb): Sharp {
  const background = { r: red, g: green, b: blue };
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } });
}

const grey = (level: number) => flat([level, level, level]).toColourspace("b-w");
const encoders: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  jpeg: (image) => image.jpeg(BEST),
  png: (image) => image.png(),
  webp: (image) => image.webp({ lossless: true }),
  avif: (image) => image.avif(BEST),
  tiff: (image) => image.tiff({ compression: "lzw" }),
};

describe("the colours of a variant", () => {
  let folder: string;
  let profiles: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "profiles-"));
    const file = (name: string, icc: Buffer) => {
      writeFileSync(path.join(folder, name), icc);
      return path.join(folder, name);
    };
    profiles = {
      "display-p3": "p3",
      "adobe-rgb": file("adobe.icc", adobeRgbProfile()),
      grey: file("grey.icc", greyProfile(1.8)),
    };
  });

  after(() => rm(folder, { recursive: true }));

  /** The original with a profile that its pixels are taken to be in: they stay as they are. */
  async function tagged(pixels: Sharp, profile: string, encode: (image: Sharp) => Sharp): Promise<Buffer> {
    const raw = await pixels.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = raw.info;
    const image = sharp(raw.data, { raw: { width, height, channels } });
    return encode(channels === 1 ? image.toColourspace("b-w") : image)
      .withMetadata()
      .withIccProfile(profiles[profile] ?? profile, { attach: true })
      .toBuffer();
  }

  for (const space of ["display-p3", "adobe-rgb"] as const) {
    for (const [format, encode] of Object.entries(encoders)) {
      it(`are those of ${space} in ${format}, in sRGB`, async () => {
        for (const colour of [FLAT, [40, 160, 90], [128, 128, 128]] satisfies Rgb[]) {
          const converted = await tagged(flat(colour), space, encode);
          const found = await sharp(converted).metadata();
          assert.ok(found.icc);
          // What the file has, before any profile is applied.
          const stored = await meanColour(await sharp(converted, { ignoreIcc: true }).png().toBuffer());
          for (const spec of ["16w.png", "16w"]) {
            const { bytes } = await make(converted, spec);
            assertNear(await meanColour(bytes), inSrgb(stored, space), `${colour.join()} at ${spec}:`);
            assert.deepEqual(await metadataIn(bytes), []);
          }
        }
      });
    }
  }

  for (const alpha of [255, 128]) {
    it(`are those of display-p3 in avif that names it by a code, at an alpha of ${alpha}, in sRGB`, async () => {
      const image = alpha === 255 ? flat(GREEN) : flat(GREEN).ensureAlpha(alpha / 255);
      const original = withDisplayP3Code(await tagged(image, "display-p3", (pixels) => pixels.avif(BEST)));
      const { hasProfile, hasAlpha } = await sharp(original).metadata();
      assert.deepEqual([hasProfile, hasAlpha], [false, alpha < 255]);
      const colourOf = async (bytes: Buffer) => meanColour(await sharp(bytes).removeAlpha().png().toBuffer());
      const expected = inSrgb(await colourOf(original), "display-p3");
      for (const spec of ["16w.png", "16w", "16w.webp"]) {
        const { bytes } = await make(original, spec);
        // sharp multiplies colours by alpha and divides them again, in 8 bits.
        assertNear(await colourOf(bytes), expected, spec, alpha === 255 ? 2 : 4);
        const { channels } = await sharp(bytes).stats();
        assert.equal(Math.round(channels[3]?.mean ?? 255), alpha, spec);
        assert.deepEqual(await metadataIn(bytes), []);
      }
    });
  }

  it("are those of 16 bits", async () => {
    for (const deep of [
      flat(FLAT).toColourspace("rgb16").png(),
      flat(FLAT).toColourspace("rgb16").tiff({ compression: "lzw" }),
    ]) {
      const original = await deep.toBuffer();
      assert.equal((await sharp(original).metadata()).depth, "ushort");
      assertNear(await meanColour((await make(original, "16w.png")).bytes), FLAT);
    }
  });

  it("are those of grey by its profile, and without one", async () => {
    for (const level of [64, 128, 200]) {
      const plain = await grey(level).jpeg({ quality: 100 }).toBuffer();
      assertNear(await meanColour((await make(plain, "16w.png")).bytes), [level, level, level]);
      const linear = (level / 255) ** 1.8;
      const expected = 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
      const profiled = withJpegProfile(plain, greyProfile(1.8));
      assertNear(await meanColour((await make(profiled, "16w.png")).bytes), [expected, expected, expected]);
    }
  });

  it("are those of a palette, with its transparency", async () => {
    const pixels = Buffer.concat(
      Array.from({ length: SIDE * SIDE }, (_, at) => Buffer.of(...FLAT, at % SIDE < 16 ? 0 : 255)),
    );
    const original = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 4 } })
      .png({ palette: true })
      .toBuffer();
    const colourType = original[25];
    assert.equal(colourType, 3);
    const { bytes } = await make(original, "16w");
    const half = (left: number) => sharp(bytes).extract({ left, top: 0, width: 7, height: 16 }).png().toBuffer();
    assertNear(await meanColour(await half(9)), FLAT);
    const alpha = async (part: Buffer) => (await sharp(part).stats()).channels[3]?.mean;
    assertNear([(await alpha(await half(0))) ?? 255, (await alpha(await half(9))) ?? 0, 0], [0, 255, 0]);
    const jpeg = await make(original, "16w.jpeg");
    const white = await sharp(jpeg.bytes).extract({ left: 0, top: 0, width: 7, height: 16 }).png().toBuffer();
    assertNear(await meanColour(white), [255, 255, 255]);
  });

  it("are those of CMYK and of YCCK, with a profile and without", async () => {
    // What LittleCMS's transicc makes of these inks by libvips' own profile, with the perceptual intent.
    const inks = [0, 57, 121, 124] as const;
    const reference: Rgb = [141, 114, 86];
    const cmyk = await inkJpeg(inks);
    const [cyan, magenta, yellow, black] = inks;
    const luma = 0.299 * cyan + 0.587 * magenta + 0.114 * yellow;
    const stored = [luma, 128 + (yellow - luma) / 1.772, 128 + (cyan - luma) / 1.402].map((it) => 255 - Math.round(it));
    const ycck = Buffer.from(await inkJpeg([...stored, black]));
    // Adobe's marker: 0 is CMYK, 2 is YCCK.
    ycck[ycck.indexOf("Adobe") + 11] = 2;
    const { icc } = await sharp(
      await flat(FLAT).toColourspace("cmyk").withIccProfile("cmyk").jpeg().toBuffer(),
    ).metadata();
    assert.ok(icc);
    for (const original of [cmyk, ycck]) {
      assert.equal((await sharp(original).metadata()).space, "cmyk");
      for (const bytes of [original, withJpegProfile(original, icc)]) {
        const variant = await make(bytes, "16w.png");
        // libvips goes from the inks to sRGB by way of Lab, LittleCMS alone does not.
        assertNear(await meanColour(variant.bytes), reference, "", 5);
        assert.deepEqual(await metadataIn(variant.bytes), []);
      }
    }
  });

  it("are those of an Ultra HDR's base image, without its gain map", async () => {
    const base = await flat(FLAT).jpeg({ quality: 100 }).toBuffer();
    const gainMap = await grey(255).jpeg().toBuffer();
    const variant = await make(ultraHdr(base, gainMap), "16w");
    assertNear(await meanColour(variant.bytes), FLAT);
    assert.deepEqual(await metadataIn(variant.bytes), []);
    assert.equal(variant.bytes.includes("hdrgm"), false);
    assert.equal(variant.bytes.indexOf(Buffer.of(0xff, 0xd8, 0xff), 2), -1);
  });
});

/** Returns a CMYK JPEG of one mixture of inks, as they are. */
async function inkJpeg(inks: readonly number[]): Promise<Buffer> {
  const tiff = await flat(FLAT).toColourspace("cmyk").tiff({ compression: "none" }).toBuffer();
  const pixels = 8;
  for (let at = 0; at < SIDE * SIDE * 4; at++) tiff[pixels + at] = inks[at % 4] ?? 0;
  const cmyk = sharp(tiff).pipelineColourspace("cmyk").toColourspace("cmyk");
  return cmyk.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** Returns a JPEG with a gain map behind it (Ultra HDR image format 1.1: its XMP, and CIPA DC-007's index of images). */
function ultraHdr(base: Buffer, gainMap: Buffer): Buffer {
  const xmp =
    'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" hdrgm:GainMapMax="2"/></rdf:RDF></x:xmpmeta>';
  const marked = Buffer.concat([
    gainMap.subarray(0, 2),
    segment(0xe1, Buffer.from(xmp, "latin1")),
    gainMap.subarray(2),
  ]);
  const index = Buffer.alloc(4 + 8 + 2 + 3 * 12 + 4 + 32);
  index.write("MPF\0MM\0*\0\0\0\x08\0\x03", 0, "latin1");
  [
    [0xb000, 7, 4, 0x30313030],
    [0xb001, 4, 1, 2],
    [0xb002, 7, 32, 50],
  ].forEach(([tag = 0, type = 0, count = 0, value = 0], entry) => {
    const at = 14 + 12 * entry;
    index.writeUInt16BE(tag, at);
    index.writeUInt16BE(type, at + 2);
    index.writeUInt32BE(count, at + 4);
    index.writeUInt32BE(value, at + 8);
  });
  const start = Buffer.concat([base.subarray(0, 2), segment(0xe1, Buffer.from(xmp, "latin1"))]);
  const baseBytes = start.length + index.length + 4 + base.length - 2;
  [0x00030000, baseBytes, 0, 0, 0, marked.length, baseBytes - start.length - 8].forEach((value, at) => {
    index.writeUInt32BE(value, 54 + 4 * at);
  });
  return Buffer.concat([start, segment(0xe2, index), base.subarray(2), marked]);
}

/** Returns a JPEG with a profile in its APP2 segments (ICC.1, B.4). */
function withJpegProfile(jpeg: Buffer, profile: Buffer): Buffer {
  const most = 65_000;
  const count = Math.ceil(profile.length / most);
  const segments = Array.from({ length: count }, (_, index) => {
    const part = profile.subarray(index * most, (index + 1) * most);
    return segment(0xe2, Buffer.concat([Buffer.from("ICC_PROFILE\0"), Buffer.of(index + 1, count), part]));
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

function segment(marker: number, content: Buffer): Buffer {
  const bytes = content.length + 2;
  return Buffer.concat([Buffer.of(0xff, marker, bytes >> 8, bytes & 0xff), content]);
}
