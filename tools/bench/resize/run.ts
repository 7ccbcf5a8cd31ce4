import { createHash } from "node:crypto";
import sharp from "sharp";
import { variantKey } from "../../../functions/variant-key";
import type { Measured, Session } from "../lib/bench";
import { bundle } from "../lib/bundle";
import { Child } from "../lib/child";
import { type Image, type Images, openImages } from "../lib/images";
import { resized, specOf } from "../lib/resize";
import { pixelsOf, similarity } from "../lib/ssim";
import { openStackStore, type StackStore } from "../lib/stack-store";
import type { Job, Made } from "./contender";
import { chooseContenders, type Contender, findContenders, FLOOR, MODULE } from "./contenders";
import { type Look, type PairedRatio, pairedRatios, type ResizeRow, type Sample, summarize } from "./summary";

export { section } from "./tables";

export interface ResizeOptions {
  readonly images?: string | undefined;
  readonly sizes: readonly string[];
  readonly passes: number;
  readonly contender?: readonly string[] | undefined;
}

/** Measurement of `npm run bench`. */
export interface ResizeMeasured extends Measured {
  readonly images: readonly Pick<Image, "name" | "megapixels" | "bytes">[];
  readonly specs: readonly string[];
  readonly passes: number;
  readonly contenders: readonly { readonly name: string; readonly what: string; readonly peakRssMb: number }[];
  /** Contenders and images that are left out, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly rows: readonly ResizeRow[];
  readonly ratios: readonly PairedRatio[];
}

interface Entrant extends Contender {
  readonly child: Child<Job, Made>;
  peakRssMb: number;
}

/** Lets every contender make every variant of every image, in turns, pass after pass; the first pass only warms up. */
export async function run(options: ResizeOptions, session: Session): Promise<ResizeMeasured | undefined> {
  const { contenders: available, skipped } = findContenders();
  const contenders = chooseContenders(available, options.contender);
  const images = await openImages(options.images);
  const store = await openStackStore(options.sizes, images.folder);
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) entrants.push(await enter(contender, store));
    const { samples, looks, passes } = await playPasses(options, images, entrants, store, session);
    if (passes === 0) return undefined;
    const rows = summarize(samples, looks);
    return {
      complete: passes === options.passes,
      images: images.images.map(({ name, megapixels, bytes }) => ({ name, megapixels, bytes })),
      specs: options.sizes,
      passes,
      contenders: entrants.map(({ name, what, peakRssMb }) => ({ name, what, peakRssMb })),
      skipped: [...skipped, ...images.unreadable],
      rows,
      ratios: pairedRatios(samples, rows, FLOOR),
    };
  } finally {
    await Promise.all(entrants.map(({ child }) => child.end()));
    await store.close();
  }
}

async function enter(contender: Contender, { environment, bundle: handlerBundle }: StackStore): Promise<Entrant> {
  const child = await Child.start<Job, Made>(contender.name, bundle(MODULE), {
    environment: { ...environment, HANDLER_BUNDLE: handlerBundle, ...contender.environment },
  });
  return { ...contender, child, peakRssMb: 0 };
}

async function playPasses(
  { sizes, passes }: ResizeOptions,
  { images }: Images,
  entrants: readonly Entrant[],
  store: StackStore,
  { progress: startProgress, stopped }: Session,
) {
  const progress = startProgress((passes + 1) * images.length * sizes.length * entrants.length, "variants");
  const samples: Sample[] = [];
  const looks: Look[] = [];
  const similarities = new Similarities();
  let [counted, done] = [0, 0];
  try {
    for (let pass = 0; pass <= passes && !stopped(); pass++) {
      const ofPass: Sample[] = [];
      for (const [image, spec] of images.flatMap((image) => sizes.map((spec) => [image, spec] as const))) {
        // Every contender has every place in the order equally often.
        for (let turn = 0; turn < entrants.length && !stopped(); turn++) {
          const entrant = entrants[(turn + pass) % entrants.length];
          if (!entrant) continue;
          progress.update(done++, entrant.name);
          const { sample, bytes } = await takeTurn(entrant, image, spec, pass, store);
          ofPass.push(sample);
          if (!bytes) continue;
          const ssim = await similarities.of(image, spec, bytes);
          looks.push({ contender: entrant.name, spec, bytes: bytes.length, ...(ssim === undefined ? {} : { ssim }) });
        }
      }
      if (stopped() || pass === 0) continue;
      samples.push(...ofPass);
      counted++;
    }
  } finally {
    progress.stop();
  }
  return { samples, looks, passes: counted };
}

async function takeTurn(entrant: Entrant, { name: key, file }: Image, spec: string, pass: number, store: StackStore) {
  const before = store.calls();
  const { wallMs, cpuMs, peakRssMb, bytes } = await entrant.child.ask({ file, key, spec, keep: pass === 0 });
  entrant.peakRssMb = peakRssMb;
  const made = Object.entries(store.calls()).map(
    ([operation, calls]) => [operation, calls - (before[operation] ?? 0)] as const,
  );
  const s3Calls = Object.fromEntries(made.filter(([, calls]) => calls > 0));
  const sample: Sample = { contender: entrant.name, spec, pass, wallMs, cpuMs, s3Calls };
  if (!entrant.usesS3) return { sample, bytes };
  const variant = variantKey(key, specOf(spec));
  const stored = pass === 0 ? await store.read(variant) : undefined;
  // The next pass has to write it again.
  await store.remove(variant);
  return { sample, bytes: stored };
}

/** Similarities of variants to a lossless one; equal bytes are compared once. */
class Similarities {
  readonly #known = new Map<string, Promise<number | undefined>>();

  of(image: Image, spec: string, variant: Uint8Array): Promise<number | undefined> {
    const key = `${image.name} ${spec} ${createHash("sha256").update(variant).digest("hex")}`;
    const known = this.#known.get(key) ?? similarityToLossless(image.file, spec, variant);
    this.#known.set(key, known);
    return known;
  }
}

/** Returns undefined where the variant has other dimensions than the lossless one. */
async function similarityToLossless(file: string, spec: string, variant: Uint8Array): Promise<number | undefined> {
  const reference = await pixelsOf(resized(sharp(file), specOf(spec)));
  const made = await pixelsOf(sharp(variant));
  if (made.width !== reference.width || made.height !== reference.height) return undefined;
  return similarity(reference, made);
}
