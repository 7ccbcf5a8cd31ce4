/** What a picture shows: everything follows from it, so that the same scene is the same bytes. */
export interface Scene {
  readonly seed: number;
  /** Red, green and blue of the sky above and at the horizon, and of the nearest hills. */
  readonly sky: Colour;
  readonly horizon: Colour;
  readonly ground: Colour;
  /** Where the horizon is, from 0, the top, to 1. */
  readonly horizonAt: number;
}

export type Colour = readonly [red: number, green: number, blue: number];

const RIDGES = 4;

/** Paints hills under a sky with clouds, three bytes a pixel. */
export function paintLandscape(scene: Scene, width: number, height: number): Buffer {
  const noise = valueNoise(scene.seed);
  const pixels = Buffer.alloc(width * height * 3);
  for (let x = 0; x < width; x++) {
    const across = x / width;
    const tops = Array.from({ length: RIDGES }, (_, ridge) => {
      const roughness = fractal(noise, across * (3 + ridge), 40 + ridge * 7, 4);
      return scene.horizonAt + (ridge / RIDGES) * (1 - scene.horizonAt) * 0.8 - roughness * 0.22 + 0.06;
    });
    for (let y = 0; y < height; y++) {
      const down = y / height;
      const nearest = tops.findLastIndex((top) => down > top);
      const texture = fractal(noise, across * 24, down * 24, nearest === -1 ? 3 : 4);
      const colour =
        nearest === -1
          ? lighten(mix(scene.sky, scene.horizon, Math.min(1, down / scene.horizonAt)), clouds(texture))
          : scale(mix(scene.horizon, scene.ground, (nearest + 1) / RIDGES), 0.55 + texture * 0.8);
      pixels.set(colour, (y * width + x) * 3);
    }
  }
  return pixels;
}

/** A square of film grain that may be laid side by side: grey, centred on the middle. */
export function paintGrain(seed: number, size: number): Buffer {
  const random = randomNumbers(seed);
  const pixels = Buffer.alloc(size * size * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    pixels.fill(128 + (random() + random() + random() - 1.5) * 46, at, at + 3);
  }
  return pixels;
}

function clouds(texture: number): number {
  return Math.max(0, texture - 0.5) * 1.1;
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * share;
  return [part(0), part(1), part(2)];
}

function lighten(colour: Colour, share: number): Colour {
  return mix(colour, [255, 255, 255], Math.min(1, share));
}

function scale([red, green, blue]: Colour, factor: number): Colour {
  const part = (value: number) => Math.min(255, value * factor);
  return [part(red), part(green), part(blue)];
}

type Noise = (x: number, y: number) => number;

/** Noise of several sizes laid over each other, from 0 to 1. */
function fractal(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  for (let octave = 0; octave < octaves; octave++) {
    sum += noise(x, y) * weight;
    x *= 2;
    y *= 2;
    weight /= 2;
  }
  return sum / (1 - weight * 2);
}

/** Random values on a grid, smooth between its points, from 0 to 1. */
function valueNoise(seed: number): Noise {
  const SIZE = 256;
  const random = randomNumbers(seed);
  const values = Float64Array.from({ length: SIZE * SIZE }, random);
  const at = (x: number, y: number) => values[(y & (SIZE - 1)) * SIZE + (x & (SIZE - 1))] ?? 0;
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const across = smooth(x - left);
    const down = smooth(y - top);
    const upper = at(left, top) + (at(left + 1, top) - at(left, top)) * across;
    const lower = at(left, top + 1) + (at(left + 1, top + 1) - at(left, top + 1)) * across;
    return upper + (lower - upper) * down;
  };
}

function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}

/** Mulberry32: the same numbers for the same seed on every machine, from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
