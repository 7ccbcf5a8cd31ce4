export type Colour = readonly [red: number, green: number, blue: number];

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
