import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";

type Colour = readonly [red: number, green: number, blue: number];

/** Content of an image. The same scene is the same bytes on every machine. */
export interface Scene {
  readonly seed: number;
  readonly sky: Colour;
  readonly horizon: Colour;
  /** Colour of the nearest hills. */
  readonly ground: Colour;
  /** From 0, the top, to 1. */
  readonly horizonAt: number;
}

const RIDGES = 4;
const GRID = 256;
const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

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

/** Paints hills under a sky with clouds, three bytes a pixel. */
export function paintLandscape(scene: Scene, width: number, height: number): Buffer {
  const { sky, horizon, ground, horizonAt } = scene;
  const random = randomNumbers(scene.seed);
  const grid = Float64Array.from({ length: GRID * GRID }, random);
  const pixels = Buffer.alloc(width * height * 3);
  for (let x = 0; x < width; x++) {
    const across = x / width;
    const tops = Array.from({ length: RIDGES }, (_, ridge) => {
      const roughness = fractal(grid, across * (3 + ridge), 40 + ridge * 7, 4);
      return horizonAt + (ridge / RIDGES) * (1 - horizonAt) * 0.8 - roughness * 0.22 + 0.06;
    });
    for (let y = 0; y < height; y++) {
      const down = y / height;
      const nearest = tops.findLastIndex((top) => down > top);
      const texture = fractal(grid, across * 24, down * 24, nearest === -1 ? 3 : 4);
      const colour =
        nearest === -1
          ? mix(mix(sky, horizon, Math.min(1, down / horizonAt)), WHITE, Math.max(0, texture - 0.5) * 1.1)
          : mix(BLACK, mix(horizon, ground, (nearest + 1) / RIDGES), 0.55 + texture * 0.8);
      pixels.set(colour, (y * width + x) * 3);
    }
  }
  return pixels;
}

/** Paints a square of film grain that may be tiled: grey, centred on the middle. */
export function paintGrain(seed: number, size: number): Buffer {
  const random = randomNumbers(seed);
  const pixels = Buffer.alloc(size * size * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    pixels.fill(128 + (random() + random() + random() - 1.5) * 46, at, at + 3);
  }
  return pixels;
}

/** Mixes two colours. A share above 1 brightens, up to white. */
function mix(from: Colour, to: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2) => Math.min(255, from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2)];
}

/** Sums noise of several sizes, from 0 to 1. */
function fractal(grid: Float64Array, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  for (let octave = 0; octave < octaves; octave++) {
    sum += noise(grid, x * 2 ** octave, y * 2 ** octave) * weight;
    weight /= 2;
  }
  return sum / (1 - weight * 2);
}

/** Interpolates smoothly between the random values of a grid, from 0 to 1. */
function noise(grid: Float64Array, x: number, y: number): number {
  const at = (column: number, row: number) => grid[(row & (GRID - 1)) * GRID + (column & (GRID - 1))] ?? 0;
  const between = (from: number, to: number, share: number) => from + (to - from) * (share * share * (3 - 2 * share));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const upper = between(at(left, top), at(left + 1, top), x - left);
  const lower = between(at(left, top + 1), at(left + 1, top + 1), x - left);
  return between(upper, lower, y - top);
}

/** Mulberry32: returns the same numbers for the same seed on every machine, from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
