import sharp from "sharp";
import { encode, type EncoderSettings } from "../../../functions/resizer/encode";
import { runProgram } from "@image-resizer/lib/program";
import type { Session } from "../lib/bench";
import { type Image, openImages } from "../lib/images";
import { resized, specOf } from "../lib/resize";
import { pixelsOf, similarity } from "../lib/ssim";
import { Ssimulacra2 } from "../lib/ssimulacra2";
import { resizerOf } from "../lib/stack";
import { type Encoder, encodersOf, FLOOR } from "./encoders";
import { matchScore } from "./match";
import { type Compared, encoderRows, floorRows, type Sample, stackRows } from "./report";

export { section } from "./report";

/** Stack whose file sets no quality, no effort and no memory. */
const DEFAULT_STACK = "dev";

/** Measurement of `npm run bench:formats`. Rows are of each size, and of `all` together. */
export type FormatsMeasured = NonNullable<Awaited<ReturnType<typeof run>>>;

/** Encodes every image at every size with every encoder, at the quality at which its score is the floor's. */
export async function run(
  { images: folder, sizes }: { readonly images?: string | undefined; readonly sizes: readonly string[] },
  { progress, stopped }: Session,
) {
  const { images } = await openImages(folder);
  const { settings, encoding } = await readDefaults();
  // As in the function: 1,769 MB come with one core.
  sharp.concurrency(1);
  sharp.cache(false);
  const encoders = encodersOf(settings);
  const guesses = new Map<string, number>();
  const tasks = images.flatMap((image) => sizes.map((size) => ({ image, size })));
  const all: Sample[] = [];
  for (const { image, size } of tasks) {
    if (stopped()) break;
    progress(all.length, tasks.length, `${image.name} ${size}`);
    all.push(await sampleOf(image, size, encoders, settings, guesses));
  }
  const complete = images.slice(0, Math.floor(all.length / sizes.length));
  const samples = all.slice(0, complete.length * sizes.length);
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
export async function readDefaults() {
  const { settings, memorySize, architecture } = resizerOf(await runProgram({ stack: DEFAULT_STACK }));
  return { settings, encoding: { memorySize, architecture } };
}

/** @param guesses qualities that each encoder last needed at each size */
async function sampleOf(
  { file }: Image,
  size: string,
  encoders: readonly Encoder[],
  settings: EncoderSettings,
  guesses: Map<string, number>,
): Promise<Sample> {
  const { data, info } = await resized(sharp(file), specOf(size))
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const unencoded = () => sharp(data, { raw: { width, height, channels: 3 } });
  const pixels = await pixelsOf(unencoded());
  const scorer = new Ssimulacra2(pixels);
  const encodeOnce = async (encoder: (image: sharp.Sharp) => sharp.Sharp) => {
    const { file, cpuMs } = await encoded(encoder(unencoded()));
    const decoded = await pixelsOf(sharp(file));
    return { bytes: file.length, cpuMs, score: scorer.score(decoded), decoded };
  };
  const compareOnce = async (encoder: (image: sharp.Sharp) => sharp.Sharp): Promise<Compared> => {
    const { decoded, ...of } = await encodeOnce(encoder);
    return { ...of, ssim: similarity(pixels, decoded) };
  };

  const floor = await compareOnce(FLOOR);
  const matches: Sample["matches"][number][] = [];
  for (const encoder of encoders) {
    const key = `${encoder.name} ${size}`;
    const encodeAt = (quality: number) => encodeOnce((image) => encoder.encode(image, quality));
    const match = await matchScore(encodeAt, floor.score, guesses.get(key) ?? encoder.guess);
    if (!match) continue;
    guesses.set(key, Math.round(match.quality));
    matches.push({ encoder: encoder.name, ...match });
  }
  const stack = {
    jpeg: await compareOnce((image) => encode(image, "jpeg", settings)),
    webp: await compareOnce((image) => encode(image, "webp", settings)),
    avif: await compareOnce((image) => encode(image, "avif", settings)),
  };
  return { size, megapixels: (width * height) / 1e6, floor, matches, stack };
}

async function encoded(image: sharp.Sharp) {
  // CPU time, which other programs on the machine lengthen less than wall time.
  const before = process.cpuUsage();
  const file = await image.toBuffer();
  const { user, system } = process.cpuUsage(before);
  return { file, cpuMs: (user + system) / 1000 };
}
