import path from "node:path";
import sharp from "sharp";
import { variantKey } from "../../../functions/variant-key";
import type { Session } from "../lib/bench";
import { bundle, type Child, startChild } from "../lib/child";
import { openImages } from "../lib/images";
import { resized, specOf } from "../lib/resize";
import { playRounds } from "../lib/rounds";
import { pixelsOf, similarity } from "../lib/ssim";
import { openStackStore } from "../lib/stack-store";
import type { Job, Made } from "./contender";
import { type Contender, findContenders, FLOOR } from "./contenders";
import { type Look, ratiosOf, rowsOf } from "./report";

export { section } from "./report";

interface ResizeOptions {
  readonly images?: string | undefined;
  readonly sizes: readonly string[];
  readonly passes: number;
}

/** Measurement of `npm run bench`. */
export type ResizeMeasured = NonNullable<Awaited<ReturnType<typeof run>>>;

interface Entrant extends Contender {
  readonly child: Child<Job, Made>;
  peakRssMb: number;
}

/** Lets every contender make every variant of every image, pass after pass. */
export async function run(options: ResizeOptions, session: Session) {
  const { contenders, skipped } = findContenders();
  const { folder, images } = await openImages(options.images);
  const store = await openStackStore(options.sizes, folder);
  const entrants: Entrant[] = [];
  const looks: Look[] = [];
  const tasks = images.flatMap((image) => options.sizes.map((spec) => ({ image, spec })));
  try {
    const module = bundle(path.join(__dirname, "contender.ts"));
    for (const contender of contenders) {
      const environment = { ...store.environment, HANDLER_BUNDLE: store.bundle, ...contender.environment };
      const child = await startChild<Job, Made>(contender.name, module, { environment });
      entrants.push({ ...contender, child, peakRssMb: 0 });
    }
    const plan = { contenders: entrants, tasks, rounds: options.passes };
    const { turns, rounds } = await playRounds(plan, session, async (entrant, { image, spec }, isWarmUp) => {
      const { file, name: key } = image;
      const before = store.calls();
      const { wallMs, cpuMs, peakRssMb, bytes } = await entrant.child.ask({ file, key, spec, keep: isWarmUp });
      const calls = Object.entries(store.calls()).map(([name, all]) => [name, all - (before[name] ?? 0)] as const);
      entrant.peakRssMb = peakRssMb;
      const variant = variantKey(key, specOf(spec));
      const made = isWarmUp && entrant.usesS3 ? await store.read(variant) : bytes;
      // The next pass has to write it again.
      if (entrant.usesS3) await store.remove(variant);
      if (made) {
        const ssim = await similarityToLossless(file, spec, made);
        looks.push({ contender: entrant.name, spec, bytes: made.length, ssim });
      }
      return { spec, wallMs, cpuMs, s3Calls: Object.fromEntries(calls.filter(([, each]) => each > 0)) };
    });
    if (rounds === 0) return undefined;
    return {
      complete: rounds === options.passes,
      images: images.map(({ name, megapixels, bytes }) => ({ name, megapixels, bytes })),
      specs: options.sizes,
      passes: rounds,
      contenders: entrants.map(({ name, what, peakRssMb }) => ({ name, what, peakRssMb })),
      /** Contenders that are left out, with the reason. */
      skipped,
      rows: rowsOf(turns, looks),
      ratios: ratiosOf(turns, looks, FLOOR),
    };
  } finally {
    await Promise.all(entrants.map(({ child }) => child.end()));
    await store.close();
  }
}

/** Returns the similarity of a variant to a lossless one; undefined where that has other dimensions. */
async function similarityToLossless(file: string, spec: string, variant: Uint8Array): Promise<number | undefined> {
  const reference = await pixelsOf(resized(sharp(file), specOf(spec)));
  const made = await pixelsOf(sharp(variant));
  return made.width === reference.width && made.height === reference.height ? similarity(reference, made) : undefined;
}
