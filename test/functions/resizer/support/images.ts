import assert from "node:assert/strict";
import sharp from "sharp";
import { type Image, type ImageSettings, resize } from "../../../../functions/resizer/image";
import { Refusal } from "../../../../functions/resizer/refusal";
import { parseSpec } from "../../../../functions/variant-key";

export const SETTINGS: ImageSettings = {
  quality: { jpeg: 90, webp: 90, avif: 80 },
  effort: { webp: 4, avif: 2 },
  fit: "cover",
  position: "centre",
  maxInputPixels: 1_000_000,
};

export type Rgb = readonly [red: number, green: number, blue: number];

/** Creates a variant of a file. */
export async function make(
  original: Buffer,
  text: string,
  settings: Partial<ImageSettings> = {},
  seconds = 60,
): Promise<Image> {
  const spec = parseSpec(text);
  assert.ok(spec);
  return resize(original, spec, { ...SETTINGS, ...settings }, seconds);
}

/** Returns the error that a variant of a file ends with. */
export async function refusalOf(
  original: Buffer,
  text = "40w",
  settings: Partial<ImageSettings> = {},
  seconds = 60,
): Promise<{ code: string; message: string }> {
  const error: unknown = await make(original, text, settings, seconds).catch((reason: unknown) => reason);
  assert.ok(error instanceof Refusal, String(error));
  return { code: error.code, message: error.message };
}

/** Colours of the quarters of a test image: top left, top right, bottom left, bottom right. */
export const QUARTERS = ["red", "green", "blue", "yellow"] as const;
export const COLOURS: Readonly<Record<string, Rgb>> = {
  red: [220, 30, 30],
  green: [30, 160, 30],
  blue: [30, 30, 220],
  yellow: [220, 220, 30],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

/** Returns an image of four quarters in the order of `names`. */
export function quarters(width: number, height: number, names: readonly string[] = QUARTERS): sharp.Sharp {
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const name = names[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? "";
      raw.set(COLOURS[name] ?? [], (y * width + x) * 3);
    }
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Returns the size of an image and the colours of its quarters, as `60x40 red green blue yellow`; `page` is a frame. */
export async function look(bytes: Buffer, page = 0): Promise<string> {
  const { data, info } = await sharp(bytes, { page })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const offset = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
    return nearest([data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0]);
  };
  const found = [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
  return `${info.width}x${info.height} ${found.join(" ")}`;
}

function nearest(colour: Rgb): string {
  const distance = (other: Rgb) => Math.hypot(...colour.map((value, index) => value - (other[index] ?? 0)));
  const ranked = Object.entries(COLOURS).sort(([, one], [, other]) => distance(one) - distance(other));
  return ranked[0]?.[0] ?? "";
}

/** Returns the names of the metadata that are left in an image. */
export async function metadataIn(bytes: Buffer): Promise<string[]> {
  const found = await sharp(bytes).metadata();
  const kinds = ["exif", "icc", "xmp", "iptc", "tifftagPhotoshop", "orientation", "comments", "gainMap"] as const;
  return kinds.filter((kind) => found[kind] !== undefined);
}

/** Returns the mean colour of an image. */
export async function meanColour(bytes: Buffer): Promise<Rgb> {
  const { channels } = await sharp(bytes).stats();
  const [red, green = red, blue = red] = channels.map(({ mean }) => mean);
  assert.ok(red !== undefined && green !== undefined && blue !== undefined);
  return [red, green, blue];
}
