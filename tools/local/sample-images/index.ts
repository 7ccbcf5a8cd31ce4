import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import { paintGrain, paintLandscape, type Scene } from "./landscape";

/** Counted up when a picture changes: those of an earlier version are made anew. */
const VERSION = 2;
const FOLDER = path.join(ROOT, "dist/sample-images");

interface Sample extends Scene {
  /** The key; its extension says the format. */
  readonly file: string;
  /** As the camera holds it, before `orientation` turns it. */
  readonly width: number;
  readonly height: number;
  /** EXIF: 1 is upright, 6 and 8 lie on a side. */
  readonly orientation?: 6 | 8;
}

/** How a camera that was held upright has turned what it holds, in degrees clockwise. */
const TURNED = { 6: 270, 8: 90 } as const;

const SAMPLES: readonly Sample[] = [
  {
    file: "p_1/hills.jpg",
    width: 2400,
    height: 1600,
    seed: 1,
    sky: [74, 128, 196],
    horizon: [214, 226, 232],
    ground: [48, 84, 42],
    horizonAt: 0.45,
  },
  {
    file: "p_1/portrait of a dune.jpg",
    width: 3264,
    height: 2448,
    orientation: 6,
    seed: 2,
    sky: [92, 148, 210],
    horizon: [246, 220, 178],
    ground: [176, 112, 52],
    horizonAt: 0.3,
  },
  {
    file: "p_2/Dämmerung über Hügeln.jpeg",
    width: 1600,
    height: 1200,
    orientation: 8,
    seed: 3,
    sky: [30, 32, 84],
    horizon: [236, 132, 92],
    ground: [26, 22, 34],
    horizonAt: 0.55,
  },
  {
    file: "p_2/VALLEY.JPG",
    width: 2048,
    height: 1536,
    seed: 4,
    sky: [150, 170, 190],
    horizon: [222, 222, 214],
    ground: [60, 70, 58],
    horizonAt: 0.35,
  },
  {
    file: "moor.png",
    width: 1200,
    height: 900,
    seed: 5,
    sky: [188, 196, 204],
    horizon: [202, 190, 170],
    ground: [84, 62, 44],
    horizonAt: 0.4,
  },
  {
    file: "p_3/ridge.webp",
    width: 1920,
    height: 1280,
    seed: 6,
    sky: [52, 104, 160],
    horizon: [188, 206, 218],
    ground: [38, 58, 74],
    horizonAt: 0.5,
  },
];

/** How much smaller than the picture the hills are painted: an upscaled one is soft, as far things are. */
const PAINT_SCALE = 8;
const GRAIN_SIZE = 256;

/** The folder of the local stack's own originals, which are the same on every machine; made at the first call. */
export async function sampleImages(): Promise<string> {
  const folder = path.join(FOLDER, String(VERSION));
  if (existsSync(folder)) return folder;
  await mkdir(FOLDER, { recursive: true });
  const staging = await mkdtemp(path.join(FOLDER, ".making-"));
  try {
    const grain = paintGrain(7, GRAIN_SIZE);
    await Promise.all(SAMPLES.map((sample) => makeSample(sample, grain, staging)));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another start of the local stack may have been first.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function makeSample(sample: Sample, grain: Buffer, folder: string): Promise<void> {
  const { file, width, height, orientation } = sample;
  const [across, down] = orientation === undefined ? [width, height] : [height, width];
  const painted = {
    width: Math.ceil(across / PAINT_SCALE),
    height: Math.ceil(down / PAINT_SCALE),
    channels: 3,
  } as const;
  const pixels = paintLandscape(sample, painted.width, painted.height);
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  const image = sharp(pixels, { raw: painted })
    .rotate(orientation === undefined ? 0 : TURNED[orientation])
    .resize(width, height, { kernel: "cubic" })
    // The edges of what is painted small.
    .blur(PAINT_SCALE * 0.6)
    .composite([
      { input: grain, raw: { width: GRAIN_SIZE, height: GRAIN_SIZE, channels: 3 }, tile: true, blend: "soft-light" },
    ]);
  if (orientation !== undefined) image.withMetadata({ orientation });
  await image.jpeg({ quality: 88, force: false }).png({ compressionLevel: 4, force: false }).toFile(target);
}
