import assert from "node:assert/strict";
import sharp from "sharp";
import { type Image, resize } from "../../../functions/resizer/image";
import { parseSpec } from "../../../functions/variant-key";

const [WIDTH, HEIGHT] = [200, 120];

/** An image with texture, which no encoder compresses to nothing. */
function texture(): sharp.Sharp {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => (index * 7919 + (index >> 4) * 31) % 251);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

function make(original: Buffer, text: string): Promise<Image> {
  const spec = parseSpec(text);
  assert.ok(spec);
  const quality = { jpeg: 80, webp: 80, avif: 50 };
  const settings = { quality, effort: { webp: 4, avif: 2 }, fit: "cover", position: "centre" } as const;
  return resize(original, spec, { ...settings, maxInputPixels: 1_000_000 }, 10);
}

describe("a variant of the original's own size and format", () => {
  const metadata = { IFD0: { Copyright: "nobody" }, IFD3: { GPSLatitudeRef: "N" } };
  let bare: Buffer;
  let jpeg: Buffer;

  before(async () => {
    bare = await texture().jpeg({ quality: 20 }).toBuffer();
    jpeg = await sharp(bare).keepMetadata().withExif(metadata).jpeg({ quality: 20 }).toBuffer();
  });

  it("is the original, without metadata and without what follows its end, where the encoder's would have more bytes", async () => {
    assert.ok((await sharp(jpeg).metadata()).exif);
    const { bytes, format } = await make(Buffer.concat([jpeg, Buffer.from("another image")]), `${WIDTH}w`);
    assert.equal(format, "jpeg");
    assert.ok(bytes.length < jpeg.length);
    const { exif, width } = await sharp(bytes).metadata();
    assert.deepEqual({ exif, width }, { exif: undefined, width: WIDTH });
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), await sharp(jpeg).raw().toBuffer());
  });

  it("is so for sizes beyond the original's as well", async () => {
    assert.deepEqual((await make(bare, `${2 * WIDTH}w`)).bytes, bare);
  });

  it("is so in PNG, whose chunks of metadata and whatever follows its end are left out", async () => {
    const png = await texture().png({ palette: true, colours: 4, compressionLevel: 9 }).toBuffer();
    const withText = await sharp(png).withExif(metadata).png({ palette: true, colours: 4 }).toBuffer();
    const { bytes } = await make(Buffer.concat([withText, Buffer.from("more")]), `${WIDTH}w`);
    assert.ok(withText.includes("eXIf"));
    assert.ok(bytes.length < withText.length && !bytes.includes("eXIf") && !bytes.includes("more"));
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), await sharp(withText).raw().toBuffer());
  });

  for (const [what, original] of Object.entries({
    "is larger than the encoder's": () => texture().jpeg({ quality: 99 }).toBuffer(),
    "has to be turned": () => sharp(bare).withMetadata({ orientation: 3 }).jpeg({ quality: 20 }).toBuffer(),
    "has a colour profile": () => sharp(bare).withIccProfile("p3").jpeg({ quality: 20 }).toBuffer(),
    "is CMYK": () => sharp(bare).toColourspace("cmyk").jpeg({ quality: 10 }).toBuffer(),
  })) {
    it(`is encoded where the original ${what}`, async () => {
      const { bytes } = await make(await original(), `${WIDTH}w`);
      const { isProgressive, width, height, space, orientation, hasProfile } = await sharp(bytes).metadata();
      assert.deepEqual(
        { isProgressive, width, height, space, orientation, hasProfile },
        { isProgressive: true, width: WIDTH, height: HEIGHT, space: "srgb", orientation: undefined, hasProfile: false },
      );
    });
  }

  it("is encoded where its format, its size or its crop is another", async () => {
    for (const text of [`${WIDTH}w.webp`, `${WIDTH - 1}w`, `${WIDTH}x${HEIGHT - 1}`]) {
      assert.notDeepEqual((await make(bare, text)).bytes, bare, text);
    }
  });
});

describe("a variant of a PNG", () => {
  it("has a palette where the original has one, and nowhere else", async () => {
    for (const palette of [true, false]) {
      const { bytes, format } = await make(await texture().png({ palette }).toBuffer(), "100w");
      const { isPalette, width } = await sharp(bytes).metadata();
      assert.deepEqual({ format, width, isPalette }, { format: "png", width: 100, isPalette: palette });
    }
  });

  it("has filtered rows where the original has many bytes for its pixels, as a photograph has", async () => {
    const ramp = Uint8Array.from(
      { length: WIDTH * HEIGHT * 3 },
      (_, index) => (index % (WIDTH * 3)) / 3 + index / 3000,
    );
    const smooth = sharp(ramp, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    const small = await smooth.clone().png({ adaptiveFiltering: true }).toBuffer();
    const large = await smooth.clone().png({ compressionLevel: 0 }).toBuffer();
    const [flat, filtered] = await Promise.all([small, large].map((original) => make(original, "100w")));
    assert.ok(flat && filtered && filtered.bytes.length < flat.bytes.length);
  });
});
