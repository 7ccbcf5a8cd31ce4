import sharp, { type FailOnOptions } from "sharp";
import { DAMAGE, WHOLE, withJfif } from "./damage";
import { texturedImages } from "./textured-images";

const WIDTH = 320;
const HEIGHT = 256;
/** A pixel is off where a channel differs by more than this; an image is almost whole where at most this share is. */
const OFF = 32;
const ALMOST = 0.02;

/** State of a file's image as a lenient decoder shows it, against the sound file's. */
export const STATES = ["whole", "almost whole", "damaged"] as const;
export type State = (typeof STATES)[number];

/** A file of the corpus. */
export interface Case {
  /** Kind of file, change, and number of the image. */
  readonly name: string;
  readonly kind: string;
  readonly state: State;
  readonly bytes: Buffer;
}

interface Kind {
  readonly encode: (image: sharp.Sharp) => sharp.Sharp;
  readonly whole: keyof typeof WHOLE;
}

const KINDS: Readonly<Record<string, Kind>> = {
  jpeg: { encode: (image) => image.jpeg({ quality: 85 }), whole: "sequential" },
  "jpeg 4:4:4": {
    encode: (image) => image.jpeg({ quality: 92, chromaSubsampling: "4:4:4", optimiseCoding: false }),
    whole: "sequential",
  },
  "jpeg, progressive": { encode: (image) => image.jpeg({ quality: 85, progressive: true }), whole: "progressive" },
  png: { encode: (image) => image.png(), whole: "png" },
  "png, palette": { encode: (image) => image.png({ palette: true }), whole: "png" },
  "png, interlaced": { encode: (image) => image.png({ progressive: true }), whole: "png" },
  webp: { encode: (image) => image.webp({ quality: 80 }), whole: "webp" },
  "webp, lossless": { encode: (image) => image.webp({ lossless: true, effort: 2 }), whole: "webp" },
  avif: { encode: (image) => image.avif({ effort: 0 }), whole: "avif" },
};

/** Returns whole, almost whole and damaged files of as many images, in every kind of file; the same every time. */
export async function damagedCorpus(images: number): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [index, image] of (await texturedImages(images, WIDTH, HEIGHT)).entries()) {
    for (const [kind, { encode, whole }] of Object.entries(KINDS)) {
      const encoded = await encode(sharp(image)).toBuffer();
      const sound = kind.startsWith("jpeg") ? withJfif(encoded) : encoded;
      const random = randomNumbers(index + 1);
      for (const [change, apply] of Object.entries(WHOLE[whole])) {
        cases.push({ name: `${kind}, ${change}, ${index}`, kind, state: "whole", bytes: apply(sound, random) });
      }
      const expected = await decode(sound, "warning");
      for (const [change, apply] of DAMAGE) {
        const bytes = apply(sound, random);
        const state = await decode(bytes, "none").then(
          (pixels) => stateOf(pixels, expected),
          () => "damaged" as const,
        );
        cases.push({ name: `${kind}, ${change}, ${index}`, kind, state, bytes });
      }
    }
  }
  return cases;
}

function decode(bytes: Buffer, failOn: FailOnOptions): Promise<Buffer> {
  return sharp(bytes, { failOn }).toColourspace("srgb").removeAlpha().raw().toBuffer();
}

function stateOf(pixels: Buffer, expected: Buffer): State {
  if (pixels.length !== expected.length) return "damaged";
  let off = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    let furthest = 0;
    for (let channel = at; channel < at + 3; channel++) {
      furthest = Math.max(furthest, Math.abs((pixels[channel] ?? 0) - (expected[channel] ?? 0)));
    }
    if (furthest > OFF) off++;
  }
  if (off === 0) return "whole";
  return off <= ALMOST * (pixels.length / 3) ? "almost whole" : "damaged";
}

/** Random numbers from 0 to 1, the same for a seed (Marsaglia, "Xorshift RNGs"). */
function randomNumbers(seed: number): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Number of files by their state: those that are served, and all. */
export type Confusion = Readonly<Record<State, { served: number; all: number }>>;

/** Counts what a rule serves. */
export async function confusionOf(
  cases: readonly Case[],
  serves: (bytes: Buffer) => Promise<boolean>,
): Promise<Confusion> {
  const counts: Confusion = {
    whole: { served: 0, all: 0 },
    "almost whole": { served: 0, all: 0 },
    damaged: { served: 0, all: 0 },
  };
  for (const { bytes, state } of cases) {
    counts[state].all++;
    if (await serves(bytes)) counts[state].served++;
  }
  return counts;
}
