import { parseSpec, variantKey } from "../../../functions/variant-key";
import { bundle } from "../kit/bundle";
import type { Interrupt } from "@image-resizer/lib/interrupt";
import { thisMachine } from "../kit/machine";
import type { Photograph, Photographs } from "../kit/photographs";
import { startProgress } from "../kit/progress";
import type { ResizeResult } from "../kit/resize-result";
import { openStackStore, type StackStore } from "../kit/stack-store";
import type { BenchArguments } from "./arguments";
import { ContenderProcess } from "./contender-process";
import { chosen, type Contender, entryOf, findContenders, FLOOR } from "./contenders";
import { similarityToLossless } from "./similarity";
import { pairedRatios, type Picture, type Sample, summarise } from "./summary";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";

interface Entrant extends Contender {
  readonly process: ContenderProcess;
}

/**
 * Lets every contender make every variant of every photograph, in turns, a pass after the other; the first pass only warms up.
 * @returns undefined if it was stopped before the first counted pass was complete
 */
export async function run(
  asked: BenchArguments,
  { folder, photographs, unreadable }: Photographs,
  interrupt: Pick<Interrupt, "requested">,
): Promise<ResizeResult | undefined> {
  const { contenders: available, skipped } = findContenders();
  const contenders = chosen(available, asked.contenders);
  const machine = thisMachine();
  const startedAt = new Date().toISOString();
  const store = await openStackStore(asked.specs, folder);
  const entrants = contenders.map((contender) => ({ ...contender, process: startProcess(contender, store) }));
  const passes = asked.passes + 1;
  const perPass = photographs.length * asked.specs.length * entrants.length;
  const progress = startProgress(passes * perPass, "variants");
  const samples: Sample[] = [];
  const pictures: Picture[] = [];
  const alike = new Similarities();
  let counted = 0;
  let done = 0;
  try {
    for (let pass = 0; pass < passes && !interrupt.requested(); pass++) {
      const ofPass: Sample[] = [];
      for (const photograph of photographs) {
        for (const spec of asked.specs) {
          // Everybody has every place in the order as often.
          for (let turn = 0; turn < entrants.length && !interrupt.requested(); turn++) {
            const entrant = entrants[(turn + pass) % entrants.length];
            if (!entrant) continue;
            progress.update(done++, entrant.name);
            const { sample, bytes } = await takeTurn(entrant, photograph, spec, pass, store);
            ofPass.push(sample);
            if (bytes) pictures.push(await look(entrant.name, photograph, spec, bytes, alike));
          }
        }
      }
      if (interrupt.requested() || pass === 0) continue;
      samples.push(...ofPass);
      counted++;
    }
    if (counted === 0) return undefined;
    const rows = summarise(samples, pictures);
    return {
      kind: "resize",
      startedAt,
      complete: counted === asked.passes,
      machine,
      ...(asked.note === undefined ? {} : { note: asked.note }),
      images: photographs.map(({ name, file, megapixels }) => ({ name, megapixels, bytes: statSync(file).size })),
      specs: asked.specs,
      passes: counted,
      contenders: await Promise.all(
        entrants.map(async ({ name, what, process }) => ({ name, what, peakRssMb: await process.peakRssMb() })),
      ),
      skipped: [...skipped, ...unreadable.map(({ name, reason }) => ({ name: `photograph ${name}`, reason }))],
      rows,
      ratios: pairedRatios(samples, rows, FLOOR),
    };
  } finally {
    progress.stop();
    for (const { process } of entrants) process.end();
    await store.close();
  }
}

function startProcess(contender: Contender, { environment, bundle: handlerBundle }: StackStore): ContenderProcess {
  const module = bundle(entryOf(contender));
  return new ContenderProcess(contender.name, module, {
    ...environment,
    HANDLER_BUNDLE: handlerBundle,
    ...contender.environment,
  });
}

async function takeTurn(entrant: Entrant, { name, file }: Photograph, spec: string, pass: number, store: StackStore) {
  const parsed = parseSpec(spec);
  if (!parsed) throw new Error(`${spec} is no spec`);
  const key = name.replaceAll("\\", "/");
  const before = store.calls();
  const { wallMs, cpuMs, bytes } = await entrant.process.make({ file, key, spec, keep: pass === 0 });
  const after = store.calls();
  const s3Calls = Object.fromEntries(
    Object.entries(after).flatMap(([operation, calls]) => {
      const made = calls - (before[operation] ?? 0);
      return made > 0 ? [[operation, made]] : [];
    }),
  );
  const sample: Sample = { contender: entrant.name, spec, photograph: name, pass, wallMs, cpuMs, s3Calls };
  if (!entrant.usesS3) return { sample, bytes };
  const variant = variantKey(key, parsed);
  const stored = pass === 0 ? await store.read(variant) : undefined;
  // So that the next pass writes it again.
  await store.remove(variant);
  return { sample, bytes: stored };
}

async function look(
  contender: string,
  { name, file }: Photograph,
  spec: string,
  bytes: Uint8Array,
  alike: Similarities,
): Promise<Picture> {
  const ssim = await alike.of(`${name} ${spec}`, file, spec, bytes);
  return { contender, spec, bytes: bytes.length, ...(ssim === undefined ? {} : { ssim }) };
}

/** Equal bytes are compared once. */
class Similarities {
  readonly #known = new Map<string, Promise<number | undefined>>();

  of(what: string, file: string, spec: string, bytes: Uint8Array): Promise<number | undefined> {
    const key = `${what} ${createHash("sha256").update(bytes).digest("hex")}`;
    const known = this.#known.get(key) ?? similarityToLossless(file, spec, bytes);
    this.#known.set(key, known);
    return known;
  }
}
