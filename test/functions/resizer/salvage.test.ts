import assert from "node:assert/strict";
import sharp from "sharp";
import { type Image, type ImageSettings, resize } from "../../../functions/resizer/image";
import { type Format, parseSpec } from "../../../functions/variant-key";
import { WHOLE, withJfif } from "@image-resizer/local/test/reliability/support/damage";
import { texturedImages } from "@image-resizer/local/test/reliability/support/textured-images";

const SETTINGS: ImageSettings = {
  quality: { jpeg: 80, webp: 80, avif: 50 },
  effort: { webp: 0, avif: 0 },
  fit: "cover",
  position: "centre",
  maxInputPixels: 50_000_000,
};
const WIDTH = 320;
const HEIGHT = 256;
/** Widest variant, so that a decoder reads all rows in full, and one that JPEG's decoder makes from an eighth. */
const WIDTHS = [WIDTH, WIDTH / 8];
const DAMAGED = { code: "undecodable-image", status: 422 };

function make(original: Buffer, width: number): Promise<Image> {
  const spec = parseSpec(`${width}w.png`);
  assert.ok(spec);
  return resize(original, spec, SETTINGS, 60);
}

describe("an original that looks damaged to the decoder", () => {
  let texture: sharp.Sharp;
  let jpeg: Buffer;
  let progressive: Buffer;
  let png: Buffer;

  before(async () => {
    const [image] = await texturedImages(1, WIDTH, HEIGHT);
    texture = sharp(image);
    jpeg = withJfif(await texture.clone().jpeg().toBuffer());
    progressive = await texture.clone().jpeg({ progressive: true }).toBuffer();
    png = await texture.clone().png().toBuffer();
  });

  /** Asserts that the variants are those of a sound file. */
  async function assertWhole(changed: Buffer, sound: Buffer): Promise<void> {
    for (const width of WIDTHS) assert.deepEqual(await make(changed, width), await make(sound, width));
  }

  async function assertMade(original: Buffer): Promise<void> {
    for (const width of WIDTHS) assert.equal((await make(original, width)).format, "png");
  }

  async function assertRejected(original: Buffer): Promise<void> {
    for (const width of WIDTHS) await assert.rejects(make(original, width), DAMAGED);
  }

  const share = (bytes: Buffer, part: number) => bytes.subarray(0, Math.floor(bytes.length * part));

  for (const change of ["a stray byte between headers", "JFIF version 2.01", "Se = 0", "no end", "zeros for an end"]) {
    it(`is whole where it is a JPEG with ${change}`, () =>
      assertWhole(WHOLE.sequential[change]?.(jpeg, Math.random) ?? Buffer.alloc(0), jpeg));
  }

  it("is whole where it is a progressive JPEG without an end", () =>
    assertWhole(WHOLE.progressive["no end"]?.(progressive, Math.random) ?? Buffer.alloc(0), progressive));

  it("is created where it is a JPEG without less than a sixteenth of its rows, and rejected where more is missing", async () => {
    await assertMade(share(jpeg, 0.98));
    await assertMade(Buffer.concat([share(jpeg, 0.98), Buffer.alloc(5000)]));
    await assertRejected(share(jpeg, 0.88));
    await assertRejected(share(jpeg, 0.5));
    await assertRejected(Buffer.concat([share(jpeg, 0.5), Buffer.alloc(50_000)]));
  });

  it("is created where it is a progressive JPEG without its last refinements, and rejected without more", async () => {
    await assertMade(share(progressive, 0.9));
    await assertRejected(share(progressive, 0.2));
  });

  it("is created where it is a PNG without less than a sixteenth of its rows, and rejected where more is missing", async () => {
    await assertMade(share(png, 0.98));
    await assertRejected(share(png, 0.9));
  });

  it("is rejected where it is a JPEG with damage in its middle, however little of it is decoded", async () => {
    const changed = Buffer.from(jpeg);
    changed.fill(0, Math.floor(jpeg.length / 2), Math.floor(jpeg.length / 2) + 512);
    await assertRejected(changed);
  });
});

describe("a variant that is longer than its format can be", () => {
  for (const [format, fit, expected] of [
    ["webp", "inside", [361, 16_383]],
    ["avif", "inside", [361, 16_383]],
    ["jpeg", "inside", [375, 17_000]],
    ["png", "inside", [375, 17_000]],
  ] as const satisfies readonly (readonly [Format, string, readonly number[]])[]) {
    it(`is made ${expected.join(" x ")} in ${format}`, async () => {
      const tall = await sharp({ create: { width: 375, height: 17_000, channels: 3, background: "teal" } })
        .png()
        .toBuffer();
      const spec = parseSpec(`640w.${format}`);
      assert.ok(spec);
      const made = await resize(tall, spec, { ...SETTINGS, fit }, 60);
      const { width, height } = await sharp(made.bytes).metadata();
      assert.deepEqual([made.format, width, height], [format, ...expected]);
    });
  }
});
