import { statSync } from "node:fs";
import sharp from "sharp";
import type { EncoderSettings } from "../../../functions/resizer/encode";
import type { Interrupt } from "@image-resizer/lib/interrupt";
import { thisMachine } from "../kit/machine";
import type { Photograph, Photographs } from "../kit/photographs";
import { startProgress } from "../kit/progress";
import type { BytesArguments } from "./arguments";
import type { Defaults } from "./defaults";
import { encodeOnce, pictureOf } from "./encode-once";
import { type Encoder, encodersOf, FLOOR, type Lossy, LOSSY, stackEncoder } from "./encoders";
import { matchSimilarity } from "./match";
import type { BytesResult } from "./result";
import { floorRows, encoderRows, type Sample, stackRows } from "./summary";

/**
 * Makes every photograph at every size with every encoder, at the quality at which it is as similar as the floor.
 * @returns undefined if it was stopped before the first photograph was complete
 */
export async function run(
  asked: BytesArguments,
  { photographs }: Photographs,
  { settings, encoding }: Defaults,
  interrupt: Pick<Interrupt, "requested">,
): Promise<BytesResult | undefined> {
  // As in the function: 1,769 MB come with one core.
  sharp.concurrency(1);
  sharp.cache(false);
  const encoders = encodersOf(settings);
  const machine = thisMachine();
  const startedAt = new Date().toISOString();
  const samples: Sample[] = [];
  const guesses = new Map<string, number>();
  const progress = startProgress(photographs.length * asked.sizes.length, "pictures");
  const complete: Photograph[] = [];
  for (const photograph of photographs) {
    const ofPhotograph: Sample[] = [];
    for (const size of asked.sizes) {
      if (interrupt.requested()) break;
      progress.update(complete.length * asked.sizes.length + ofPhotograph.length, `${photograph.name} ${size}`);
      ofPhotograph.push(await sampleOf(photograph, size, encoders, settings, guesses));
    }
    if (interrupt.requested()) break;
    samples.push(...ofPhotograph);
    complete.push(photograph);
  }
  progress.stop();
  if (complete.length === 0) return undefined;
  return {
    kind: "bytes",
    startedAt,
    complete: complete.length === photographs.length,
    machine,
    ...(asked.note === undefined ? {} : { note: asked.note }),
    images: complete.map(({ name, file, megapixels }) => ({ name, megapixels, bytes: statSync(file).size })),
    sizes: asked.sizes,
    encoding,
    encoders: encoders.map(({ name, format, isDefault }) => ({ name, format, isDefault })),
    floor: floorRows(samples),
    rows: encoderRows(samples, encoders),
    stack: stackRows(samples, settings),
  };
}

/** @param guesses the quality that an encoder last needed at a size */
async function sampleOf(
  { file }: Photograph,
  size: string,
  encoders: readonly Encoder[],
  settings: EncoderSettings,
  guesses: Map<string, number>,
): Promise<Sample> {
  const picture = await pictureOf(file, size);
  const floor = await encodeOnce(picture, FLOOR);
  const matches: Sample["matches"][number][] = [];
  for (const { name, guess, encode } of encoders) {
    const key = `${name} ${size}`;
    const match = await matchSimilarity(
      (quality) => encodeOnce(picture, (image) => encode(image, quality)),
      floor.ssim,
      guesses.get(key) ?? guess,
    );
    if (!match) continue;
    guesses.set(key, Math.round(match.quality));
    matches.push({ encoder: name, ...match });
  }
  const stack: Partial<Record<Lossy, Awaited<ReturnType<typeof encodeOnce>>>> = {};
  for (const format of LOSSY) stack[format] = await encodeOnce(picture, stackEncoder(format, settings));
  const megapixels = (picture.raw.width * picture.raw.height) / 1e6;
  return { size, megapixels, floor, matches, stack: stack as Sample["stack"] };
}
