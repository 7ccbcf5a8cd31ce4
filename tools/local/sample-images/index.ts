import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import { type Colour, paintGrain, paintLandscape, type Scene } from "./landscape";

/** To be increased when an image changes: those of an earlier version are created anew. */
const VERSION = 2;
const FOLDER = path.join(ROOT, "dist/sample-images");
/** The hills are painted smaller than the image and enlarged: soft, as things far away are. */
const PAINT_SCALE = 8;
const GRAIN_SIZE = 256;

interface Sample {
  /** The key; its extension is the format. */
  readonly file: string;
  /** Pixels as they are stored, before EXIF `orientation` turns them: 1 is upright, 6 and 8 lie on a side. */
  readonly stored: readonly [width: number, height: number];
  readonly orientation: 1 | 6 | 8;
  readonly scene: Scene;
}

/** Degrees clockwise from an upright image to its stored form. */
const TURNED = { 1: 0, 6: 270, 8: 90 } as const;

const SAMPLES: readonly Sample[] = [
  sample("p_1/hills.jpg", [2400, 1600], 1, 1, 0.45, [74, 128, 196], [214, 226, 232], [48, 84, 42]),
  sample("p_1/portrait of a dune.jpg", [3264, 2448], 6, 2, 0.3, [92, 148, 210], [246, 220, 178], [176, 112, 52]),
  sample("p_2/Dämmerung über Hügeln.jpeg", [1600, 1200], 8, 3, 0.55, [30, 32, 84], [236, 132, 92], [26, 22, 34]),
  sample("p_2/VALLEY.JPG", [2048, 1536], 1, 4, 0.35, [150, 170, 190], [222, 222, 214], [60, 70, 58]),
  sample("moor.png", [1200, 900], 1, 5, 0.4, [188, 196, 204], [202, 190, 170], [84, 62, 44]),
  sample("p_3/ridge.webp", [1920, 1280], 1, 6, 0.5, [52, 104, 160], [188, 206, 218], [38, 58, 74]),
];

function sample(
  file: string,
  stored: Sample["stored"],
  orientation: Sample["orientation"],
  seed: number,
  horizonAt: number,
  ...[sky, horizon, ground]: readonly [sky: Colour, horizon: Colour, ground: Colour]
): Sample {
  return { file, stored, orientation, scene: { seed, horizonAt, sky, horizon, ground } };
}

/** Returns the folder of generated originals, which are the same on every machine; creates it at the first call. */
export async function sampleImages(): Promise<string> {
  const folder = path.join(FOLDER, String(VERSION));
  if (existsSync(folder)) return folder;
  await mkdir(FOLDER, { recursive: true });
  const staging = await mkdtemp(path.join(FOLDER, ".making-"));
  try {
    await Promise.all(SAMPLES.map((each) => createSample(each, staging)));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another start of the local stack may have been first.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function createSample({ file, stored, orientation, scene }: Sample, folder: string): Promise<void> {
  const [width, height] = stored;
  const upright = orientation === 1 ? stored : [height, width];
  const [across = 0, down = 0] = upright.map((side) => Math.ceil(side / PAINT_SCALE));
  const pixels = paintLandscape(scene, across, down);
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  const grain = { width: GRAIN_SIZE, height: GRAIN_SIZE, channels: 3 } as const;
  const image = sharp(pixels, { raw: { width: across, height: down, channels: 3 } })
    .rotate(TURNED[orientation])
    .resize(width, height, { kernel: "cubic" })
    // Softens the edges of what is painted small.
    .blur(PAINT_SCALE * 0.6)
    .composite([{ input: paintGrain(7, GRAIN_SIZE), raw: grain, tile: true, blend: "soft-light" }]);
  if (orientation !== 1) image.withMetadata({ orientation });
  await image.jpeg({ quality: 88, force: false }).png({ compressionLevel: 4, force: false }).toFile(target);
}
