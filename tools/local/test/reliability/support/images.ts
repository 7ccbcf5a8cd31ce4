import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";

/** Colours of the test image's quarters, from the top left to the bottom right. */
const QUARTERS = [
  { r: 200, g: 60, b: 60 },
  { r: 60, g: 160, b: 60 },
  { r: 50, g: 70, b: 140 },
  { r: 220, g: 220, b: 220 },
] as const;
/** Greatest difference of a channel's mean: lossy encoders change it, a colour profile that is ignored changes it more. */
const TOLERANCE = 16;

/** Images that have been painted, by their size. */
const painted = new Map<string, Promise<Buffer>>();

/** Returns an image whose quarters differ, so that any rotation or mirroring shows, with some texture for encoders. */
export async function quarters(width: number, height: number): Promise<sharp.Sharp> {
  const name = `${width}x${height}`;
  const image = painted.get(name) ?? paint(width, height);
  painted.set(name, image);
  return sharp(await image);
}

async function paint(width: number, height: number): Promise<Buffer> {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const layers = QUARTERS.map((background, index) => ({
    input: { create: { ...half, channels: 3 as const, background } },
    left: index % 2 === 0 ? 0 : width - half.width,
    top: index < 2 ? 0 : height - half.height,
  }));
  const noise = { type: "gaussian" as const, mean: 0, sigma: 6 };
  const texture = await sharp({ create: { width, height, channels: 3, background: "black", noise } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: "black" } })
    .composite([...layers, { input: texture, blend: "add" }])
    .png()
    .toBuffer();
}

/** Returns the image as a camera stores it that is held in one of EXIF's eight ways. */
export async function storedAs(orientation: number, width: number, height: number): Promise<Buffer> {
  let stored = await quarters(width, height);
  const step = async (next: (image: sharp.Sharp) => sharp.Sharp) => {
    stored = sharp(await next(stored).png().toBuffer());
  };
  const turn = ({ 3: 180, 5: 90, 6: 270, 7: 270, 8: 90 } as Readonly<Record<number, number>>)[orientation];
  if (turn !== undefined) await step((image) => image.rotate(turn));
  if ([2, 5, 7].includes(orientation)) await step((image) => image.flop());
  if (orientation === 4) await step((image) => image.flip());
  return stored.jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
}

/** Asserts that a variant of `quarters` has its size, is upright and sRGB, without metadata, and grey where it should be. */
export async function assertVariant(
  variant: Buffer,
  expected: { readonly width: number; readonly height: number; readonly grey?: boolean },
): Promise<void> {
  const { width, height, space, icc, exif, orientation, pages = 1 } = await sharp(variant).metadata();
  assert.deepEqual(
    { width, height, icc, exif, orientation, pages },
    {
      width: expected.width,
      height: expected.height,
      icc: undefined,
      exif: undefined,
      orientation: undefined,
      pages: 1,
    },
  );
  // One channel of grey is sRGB's grey where the format has one.
  assert.ok(space === "srgb" || (expected.grey && space === "b-w"), space);
  const pixels = await sharp(variant).removeAlpha().toColourspace("srgb").png().toBuffer();
  for (const [index, colour] of QUARTERS.entries()) {
    const patch = { width: Math.floor(width / 4), height: Math.floor(height / 4) };
    const left = Math.floor(width * (index % 2 === 0 ? 0.125 : 0.625));
    const top = Math.floor(height * (index < 2 ? 0.125 : 0.625));
    const part = await sharp(pixels)
      .extract({ left, top, ...patch })
      .toColourspace("srgb")
      .raw()
      .toBuffer();
    const { channels } = await sharp(part, { raw: { ...patch, channels: 3 } }).stats();
    const [r = 0, g = 0, b = 0] = channels.map(({ mean }) => Math.round(mean));
    const luminance = greyOf(colour);
    const wanted = expected.grey ? { r: luminance, g: luminance, b: luminance } : colour;
    const off = Math.max(Math.abs(r - wanted.r), Math.abs(g - wanted.g), Math.abs(b - wanted.b));
    assert.ok(off <= TOLERANCE, `quarter ${index} is ${r},${g},${b} instead of ${wanted.r},${wanted.g},${wanted.b}`);
  }
}

/** Returns the grey of a colour: as bright in linear light, by sRGB's primaries and transfer curve (IEC 61966-2-1). */
function greyOf({ r, g, b }: (typeof QUARTERS)[number]): number {
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return Math.round(255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055));
}

/** Creates a folder of `count` originals, `p/0.jpg`, `p/1.jpg` ..., for a local stack; the caller removes it. */
export async function originalsFolder(count: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "reliability-"));
  mkdirSync(path.join(folder, "p"));
  const bytes = await (await quarters(800, 600)).jpeg().toBuffer();
  for (let index = 0; index < count; index++) writeFileSync(path.join(folder, "p", `${index}.jpg`), bytes);
  return folder;
}
