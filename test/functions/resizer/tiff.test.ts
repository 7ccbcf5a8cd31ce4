import assert from "node:assert/strict";
import sharp, { type TiffOptions } from "sharp";
import { readTiff } from "../../../functions/resizer/original/tiff";
import { look, make, metadataIn, quarters, refusalOf } from "./support/images";

const EXPECTED = "30x20 red green blue yellow";

describe("a TIFF", () => {
  for (const [what, options] of Object.entries({
    uncompressed: { compression: "none" },
    LZW: { compression: "lzw" },
    deflate: { compression: "deflate", predictor: "horizontal" },
    JPEG: { compression: "jpeg", quality: 95 },
    "in tiles": { tile: true, tileWidth: 16, tileHeight: 16 },
    "of the big kind": { bigtiff: true },
    "with smaller pages": { pyramid: true, tile: true, tileWidth: 16, tileHeight: 16 },
  } satisfies Record<string, TiffOptions>)) {
    it(`${what} becomes a JPEG`, async () => {
      const image = await make(await quarters(60, 40).tiff(options).toBuffer(), "30w");
      assert.deepEqual([image.format, await look(image.bytes)], ["jpeg", EXPECTED]);
    });
  }

  it("becomes the format that the key names", async () => {
    const original = await quarters(60, 40).tiff().toBuffer();
    for (const format of ["png", "webp", "avif"] as const) {
      const image = await make(original, `30w.${format}`);
      assert.deepEqual([image.format, await look(image.bytes)], [format, EXPECTED]);
    }
  });

  it("with transparency becomes a PNG, and a JPEG in white where the key says so", async () => {
    const clear = { create: { width: 40, height: 40, channels: 4, background: "#00000000" } } as const;
    const original = await sharp(clear).tiff({ compression: "lzw" }).toBuffer();
    const png = await make(original, "20w");
    assert.deepEqual([png.format, (await sharp(png.bytes).stats()).isOpaque], ["png", false]);
    assert.equal(await look((await make(original, "20w.jpeg")).bytes), "20x20 white white white white");
  });

  it("of several pages becomes its first", async () => {
    const black = await sharp({ create: { width: 60, height: 40, channels: 3, background: "black" } })
      .raw()
      .toBuffer();
    const pixels = Buffer.concat([await quarters(60, 40).raw().toBuffer(), black]);
    const raw = { width: 60, height: 80, channels: 3, pageHeight: 40 } as const;
    const original = await sharp(pixels, { raw }).tiff().toBuffer();
    assert.equal((await sharp(original).metadata()).pages, 2);
    assert.equal(await look((await make(original, "30w")).bytes), EXPECTED);
  });

  it("is turned upright, and forgets its tags", async () => {
    const original = await quarters(60, 40)
      .withExif({ IFD0: { Copyright: "somebody" }, IFD3: { GPSLatitudeRef: "N" } })
      .withMetadata({ orientation: 6 })
      .withIccProfile("p3")
      .tiff()
      .toBuffer();
    const { bytes } = await make(original, "20w");
    assert.equal(await look(bytes), "20x30 blue red yellow green");
    assert.deepEqual(await metadataIn(bytes), []);
  });

  it("of 16 bits is made of 8, and of one bit too", async () => {
    const deep = await quarters(60, 40).toColourspace("rgb16").tiff({ compression: "none" }).toBuffer();
    assert.equal((await sharp(deep).metadata()).depth, "ushort");
    assert.equal(await look((await make(deep, "30w")).bytes), EXPECTED);
    const line = await quarters(60, 40, ["black", "white", "white", "black"])
      .toColourspace("b-w")
      .tiff({ bitdepth: 1, compression: "ccittfax4" })
      .toBuffer();
    assert.equal(await look((await make(line, "30w")).bytes), "30x20 black white white black");
  });

  it("of samples that no browser shows is rejected with what it has", async () => {
    const original = await quarters(60, 40).tiff({ compression: "none" }).toBuffer();
    for (const [changed, what] of [
      [withTag(original, 277, 200), "200 samples a pixel"],
      [await quarters(60, 40).toColourspace("scrgb").tiff({ compression: "none" }).toBuffer(), "32 bits a sample"],
    ] as const) {
      assert.deepEqual(await refusalOf(changed), {
        code: "not-an-image",
        message: `The original is a TIFF image with ${what}: at most 5 samples of 16 bits are accepted.`,
      });
    }
  });

  it("with tags out of order or with wrong text is whole, and with wrong pixels it is damaged", async () => {
    for (const compression of ["lzw", "deflate", "none"] as const) {
      const original = await quarters(60, 40).tiff({ compression }).toBuffer();
      for (const odd of [withMoreTags(original, 254, 4, 1), withMoreTags(original, 306, 2, 3)]) {
        assert.equal(await look((await make(odd, "30w")).bytes), EXPECTED);
      }
    }
    for (const compression of ["lzw", "jpeg"] as const) {
      const original = await quarters(600, 400).tiff({ compression }).toBuffer();
      const pixels = original.readUInt32LE(4);
      original.fill(0xff, Math.floor(pixels * 0.3), Math.floor(pixels * 0.6));
      assert.equal((await refusalOf(original)).code, "undecodable-image", compression);
    }
  });

  it("larger than the limit is rejected by its header, in each byte order", async () => {
    const original = await quarters(60, 40).tiff({ compression: "none" }).toBuffer();
    const huge = withTag(withTag(original, 256, 60_000), 257, 60_000);
    assert.equal((await refusalOf(huge)).code, "input-too-large");
    const bigEndian = Buffer.from(
      "4d4d002a00000008" + "0002" + "01000003000000010bb80000" + "01010003000000010bb80000",
      "hex",
    );
    assert.equal((await refusalOf(bigEndian)).code, "input-too-large");
    assert.deepEqual(readTiff(bigEndian)?.width, 3000);
  });

  it("cut off, or with a tile far beyond its pixels, is damaged", async () => {
    const original = await quarters(60, 40).tiff({ compression: "lzw" }).toBuffer();
    for (const length of [4, 8, 9, original.length / 2]) {
      assert.equal((await refusalOf(original.subarray(0, length))).code, "undecodable-image", String(length));
    }
    const tiled = await quarters(60, 40).tiff({ tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer();
    const bomb = withTag(withTag(tiled, 322, 16_384), 323, 16_384);
    assert.equal((await refusalOf(bomb)).code, "undecodable-image");
  });
});

/** Returns a little-endian TIFF with another number in a tag of its first page. */
function withTag(tiff: Buffer, tag: number, value: number): Buffer {
  const changed = Buffer.from(tiff);
  const start = changed.readUInt32LE(4);
  for (let entry = start + 2; entry < start + 2 + 12 * changed.readUInt16LE(start); entry += 12) {
    if (changed.readUInt16LE(entry) !== tag) continue;
    changed.writeUInt16LE(value, entry + 8);
    return changed;
  }
  return assert.fail(`no tag ${tag}`);
}

/** Returns a little-endian TIFF whose first page has one more tag, with the number 0, after all others. */
function withMoreTags(tiff: Buffer, tag: number, type: number, count: number): Buffer {
  const start = tiff.readUInt32LE(4);
  const entries = tiff.readUInt16LE(start);
  const more = Buffer.alloc(12);
  more.writeUInt16LE(tag, 0);
  more.writeUInt16LE(type, 2);
  more.writeUInt32LE(count, 4);
  const directory = Buffer.concat([tiff.subarray(start, start + 2 + 12 * entries), more, Buffer.alloc(4)]);
  directory.writeUInt16LE(entries + 1, 0);
  const changed = Buffer.concat([tiff, directory]);
  changed.writeUInt32LE(tiff.length, 4);
  return changed;
}
