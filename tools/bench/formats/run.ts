import sharp from "sharp";
import { encode, type EncoderSettings } from "../../../functions/resizer/encode";
import { runProgram } from "@image-resizer/lib/program";
import type { Measured, Session } from "../lib/bench";
import { type Image, openImages } from "../lib/images";
import { resized, specOf } from "../lib/resize";
import { type Pixels, pixelsOf, similarity } from "../lib/ssim";
import { resizerOf } from "../lib/stack";
import { type Encoder, encodersOf, FLOOR, type Lossy, LOSSY } from "./encoders";
import { type Encoded, matchSimilarity } from "./match";
import type { Encoding } from "./price";
import {
  encoderRows,
  type EncoderRow,
  floorRows,
  type FloorRow,
  type Sample,
  stackRows,
  type StackRow,
} from "./summary";

export { section } from "./tables";

/** Stack whose file sets no quality, no effort and no memory. */
const DEFAULT_STACK = "dev";

/** Measurement of `npm run bench:formats`. Rows are of each size, and of `all` together. */
export interface FormatsMeasured extends Measured {
  readonly images: readonly Pick<Image, "name" | "megapixels" | "bytes">[];
  readonly sizes: readonly string[];
  /** Function of the default stack. */
  readonly encoding: Encoding;
  readonly encoders: readonly { readonly name: string; readonly format: string; readonly isDefault: boolean }[];
  readonly floor: readonly FloorRow[];
  readonly rows: readonly EncoderRow[];
  readonly stack: readonly StackRow[];
}

/** Encodes every image at every size with every encoder, at the quality at which it is as similar as the floor. */
export async function run(
  options: { readonly images?: string | undefined; readonly sizes: readonly string[] },
  { progress: startProgress, stopped }: Session,
): Promise<FormatsMeasured | undefined> {
  const { images } = await openImages(options.images);
  const { settings, encoding } = await readDefaults();
  // As in the function: 1,769 MB come with one core.
  sharp.concurrency(1);
  sharp.cache(false);
  const { sizes } = options;
  const encoders = encodersOf(settings);
  const guesses = new Map<string, number>();
  const progress = startProgress(images.length * sizes.length, "variants");
  const samples: Sample[] = [];
  const complete: Image[] = [];
  for (const image of images) {
    const ofImage: Sample[] = [];
    for (const size of sizes) {
      if (stopped()) break;
      progress.update(samples.length + ofImage.length, `${image.name} ${size}`);
      ofImage.push(await sampleOf(image, size, encoders, settings, guesses));
    }
    if (stopped()) break;
    samples.push(...ofImage);
    complete.push(image);
  }
  progress.stop();
  if (complete.length === 0) return undefined;
  return {
    complete: complete.length === images.length,
    images: complete.map(({ name, megapixels, bytes }) => ({ name, megapixels, bytes })),
    sizes,
    encoding,
    encoders: encoders.map(({ name, format, isDefault }) => ({ name, format, isDefault })),
    floor: floorRows(samples),
    rows: encoderRows(samples, encoders),
    stack: stackRows(samples, settings),
  };
}

/** Reads from what the program registers how a stack encodes that sets nothing of it. */
export async function readDefaults(): Promise<{ readonly settings: EncoderSettings; readonly encoding: Encoding }> {
  const { settings, memorySize, architecture } = resizerOf(await runProgram({ stack: DEFAULT_STACK }));
  return { settings, encoding: { memorySize, architecture } };
}

/** A resized image before it is encoded. */
interface Unencoded {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 };
  readonly pixels: Pixels;
}

/** @param guesses qualities that each encoder last needed at each size */
async function sampleOf(
  { file }: Image,
  size: string,
  encoders: readonly Encoder[],
  settings: EncoderSettings,
  guesses: Map<string, number>,
): Promise<Sample> {
  const unencoded = await resizeWithoutLoss(file, size);
  const floor = await encodeOnce(unencoded, FLOOR);
  const matches: Sample["matches"][number][] = [];
  for (const encoder of encoders) {
    const key = `${encoder.name} ${size}`;
    const match = await matchSimilarity(
      (quality) => encodeOnce(unencoded, (image) => encoder.encode(image, quality)),
      floor.ssim,
      guesses.get(key) ?? encoder.guess,
    );
    if (!match) continue;
    guesses.set(key, Math.round(match.quality));
    matches.push({ encoder: encoder.name, ...match });
  }
  const stack: Partial<Record<Lossy, Encoded>> = {};
  for (const format of LOSSY) {
    stack[format] = await encodeOnce(unencoded, (image) => encode(image, format, settings));
  }
  const { width, height } = unencoded.raw;
  return { size, megapixels: (width * height) / 1e6, floor, matches, stack: stack as Sample["stack"] };
}

async function resizeWithoutLoss(file: string, size: string): Promise<Unencoded> {
  const { data, info } = await resized(sharp(file), specOf(size))
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  return { data, raw, pixels: await pixelsOf(sharp(data, { raw })) };
}

async function encodeOnce(
  { data, raw, pixels }: Unencoded,
  encoder: (image: sharp.Sharp) => sharp.Sharp,
): Promise<Encoded> {
  // CPU time, which other programs on the machine lengthen less than wall time.
  const before = process.cpuUsage();
  const file = await encoder(sharp(data, { raw })).toBuffer();
  const { user, system } = process.cpuUsage(before);
  return {
    bytes: file.length,
    ssim: similarity(pixels, await pixelsOf(sharp(file))),
    cpuMs: (user + system) / 1000,
  };
}
