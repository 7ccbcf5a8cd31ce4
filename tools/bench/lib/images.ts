import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/user-error";

/** An original of a bench. */
export interface Image {
  /** Path relative to the folder, with slashes: its key in a bucket. */
  readonly name: string;
  readonly file: string;
  readonly megapixels: number;
  readonly bytes: number;
}

export interface Unreadable {
  readonly name: string;
  readonly reason: string;
}

/** Images of a run, and the files among them that cannot be decoded. */
export interface Images {
  readonly folder: string;
  readonly images: readonly Image[];
  readonly unreadable: readonly Unreadable[];
}

/** Counted up when the generated images change. */
const VERSION = 2;
const MEGAPIXELS = [2, 4, 8, 12, 16, 24];
const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp", ".avif"];

/**
 * Reads the images below a folder, or generates some without one, and warns of files that cannot be decoded.
 * @throws UserError for a folder that is missing or has no image that can be decoded
 */
export async function openImages(folder: string | undefined): Promise<Images> {
  const images = await readImages(folder ?? (await generatedImages()));
  for (const { name, reason } of images.unreadable) console.error(`left out: ${name}: ${reason}`);
  return images;
}

/**
 * Reads the images below a folder, in the order of their names.
 * @throws UserError for a folder that is missing or has no image that can be decoded
 */
export async function readImages(folder: string): Promise<Images> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`The folder ${folder} cannot be read: ${(error as Error).message}`);
  });
  const names = entries.filter((name) => EXTENSIONS.includes(path.extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    throw new UserError(`The folder ${folder} has no images: allowed are ${EXTENSIONS.join(", ")} files.`);
  }
  const images: Image[] = [];
  const unreadable: Unreadable[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    try {
      // Decoded whole, because a header may be sound where the rest is not.
      const { width, height } = await sharp(file, { failOn: "warning" }).metadata();
      await sharp(file, { failOn: "warning" }).resize(8).toBuffer();
      const megapixels = (width * height) / 1e6;
      images.push({ name: name.replaceAll("\\", "/"), file, megapixels, bytes: statSync(file).size });
    } catch (error) {
      unreadable.push({ name, reason: (error as Error).message.split("\n")[0] ?? "" });
    }
  }
  if (images.length === 0) throw new UserError(`None of the ${names.length} images in ${folder} can be decoded.`);
  return { folder, images, unreadable };
}

/** Returns the image in the middle by megapixels. */
export function middleOf({ images }: Images): Image {
  const sorted = [...images].sort((a, b) => a.megapixels - b.megapixels);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) throw new Error("There are no images.");
  return middle;
}

/** Returns `12 images of 6 to 20 megapixels`. */
export function describeImages(images: readonly Pick<Image, "megapixels">[]): string {
  const megapixels = images.map((image) => image.megapixels);
  return `${images.length} images of ${Math.min(...megapixels).toFixed(0)} to ${Math.max(...megapixels).toFixed(0)} megapixels`;
}

/** Returns the folder of generated images of 2 to 24 megapixels, the same on every machine; generated at the first call. */
async function generatedImages(): Promise<string> {
  const parent = path.join(ROOT, "dist/bench-images");
  const folder = path.join(parent, String(VERSION));
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const staging = await mkdtemp(path.join(parent, ".staging-"));
  try {
    for (const megapixels of MEGAPIXELS) {
      await generate(megapixels, path.join(staging, `${String(megapixels).padStart(2, "0")}-megapixels.jpg`));
    }
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Generates what a photograph has: large areas of colour, texture of some size, and grain. */
async function generate(megapixels: number, file: string): Promise<void> {
  const height = Math.round(Math.sqrt((megapixels * 1e6 * 2) / 3));
  const width = Math.round((height * 3) / 2);
  const random = randomNumbers(megapixels);
  const noise = (columns: number, rows: number, contrast: number) => {
    const pixels = Uint8Array.from({ length: columns * rows * 3 }, () => 128 + (random() - 0.5) * contrast);
    return sharp(pixels, { raw: { width: columns, height: rows, channels: 3 } });
  };
  const texture = await noise(64, 64, 160).resize(512, 512, { kernel: "cubic" }).png().toBuffer();
  const grain = await noise(256, 256, 40).png().toBuffer();
  await noise(12, 8, 200)
    .resize(width, height, { kernel: "cubic" })
    .composite([texture, grain].map((input) => ({ input, tile: true, blend: "soft-light" as const })))
    .jpeg({ quality: 92 })
    .toFile(file);
}

/** Returns a generator (mulberry32) of numbers from 0 to below 1: a seed always has the same numbers. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
