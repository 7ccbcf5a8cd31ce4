import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { UserError } from "@image-resizer/lib/program";
import { paintGrain, paintLandscape } from "@image-resizer/local/sample-images/landscape";
import { ROOT } from "./files";

/** A photograph to make variants of. */
export interface Photograph {
  /** Relative to the folder. */
  readonly name: string;
  readonly file: string;
  readonly megapixels: number;
}

/** The photographs of a run, and the files among them that were left out. */
export interface Photographs {
  readonly folder: string;
  readonly photographs: readonly Photograph[];
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
}

/** Counted up when the generated photographs change. */
const VERSION = 1;
const MEGAPIXELS = [2, 4, 8, 12, 16, 24];
const PAINT_SCALE = 4;
const GRAIN_SIZE = 256;
const EXTENSIONS = new Set([".jpg", ".jpeg", ".png", ".webp", ".avif"]);

/**
 * The photographs below a folder, in the order of their names. Files that cannot be decoded are told apart.
 * @throws UserError for a folder that is missing or holds no photograph that can be read
 */
export async function readPhotographs(folder: string): Promise<Photographs> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`the folder ${folder} cannot be read: ${(error as Error).message}`);
  });
  const names = entries.filter((name) => EXTENSIONS.has(path.extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    const allowed = [...EXTENSIONS].map((extension) => extension.slice(1)).join(", ");
    throw new UserError(`there are no photographs below ${folder}: expected ${allowed} files`);
  }
  const photographs: Photograph[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    try {
      // Decoded whole: a header may be sound where the rest is not.
      const { width, height } = await sharp(file, { failOn: "warning" }).metadata();
      await sharp(file, { failOn: "warning" }).resize(8).toBuffer();
      photographs.push({ name, file, megapixels: (width * height) / 1e6 });
    } catch (error) {
      unreadable.push({ name, reason: (error as Error).message.split("\n")[0] ?? "" });
    }
  }
  if (photographs.length === 0) {
    throw new UserError(`none of the ${names.length} photographs below ${folder} can be decoded`);
  }
  return { folder, photographs, unreadable };
}

/** The folder of generated photographs of 2 to 24 megapixels, the same on every machine; made at the first call. */
export async function generatedPhotographs(): Promise<string> {
  const parent = path.join(ROOT, "dist/bench-photographs");
  const folder = path.join(parent, String(VERSION));
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const staging = await mkdtemp(path.join(parent, ".making-"));
  try {
    for (const [index, megapixels] of MEGAPIXELS.entries()) await generate(megapixels, index + 1, staging);
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function generate(megapixels: number, seed: number, folder: string): Promise<void> {
  const height = Math.round(Math.sqrt((megapixels * 1e6 * 2) / 3));
  const width = Math.round((height * 3) / 2);
  const painted = {
    width: Math.ceil(width / PAINT_SCALE),
    height: Math.ceil(height / PAINT_SCALE),
    channels: 3,
  } as const;
  const scene = {
    seed,
    sky: [60 + seed * 15, 110 + seed * 8, 200 - seed * 10],
    horizon: [220, 215, 200 + seed * 5],
    ground: [50 + seed * 20, 80, 40 + seed * 5],
    horizonAt: 0.3 + seed * 0.04,
  } as const;
  await sharp(paintLandscape(scene, painted.width, painted.height), { raw: painted })
    .resize(width, height, { kernel: "cubic" })
    .composite([
      {
        input: paintGrain(seed, GRAIN_SIZE),
        raw: { width: GRAIN_SIZE, height: GRAIN_SIZE, channels: 3 },
        tile: true,
        blend: "soft-light",
      },
    ])
    .jpeg({ quality: 92 })
    .toFile(path.join(folder, `${String(megapixels).padStart(2, "0")}-megapixels.jpg`));
}

/** The one in the middle by megapixels. */
export function middleOf({ photographs }: Photographs): Photograph {
  const sorted = [...photographs].sort((a, b) => a.megapixels - b.megapixels);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) throw new Error("there are no photographs");
  return middle;
}
