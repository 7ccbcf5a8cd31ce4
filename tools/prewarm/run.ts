import { formatSpec, parseVariantKey, type Spec, variantKey } from "../../functions/variant-key";
import type { AllowList } from "../../functions/variant-key";
import type { Outcome } from "./attempts";
import type { Failure } from "./failure-report";
import type { Ledger } from "./ledger";

/** What a run is made of. */
export interface Run {
  /** In S3's order. */
  readonly originals: AsyncIterable<string>;
  readonly specs: readonly Spec[];
  readonly allowList: AllowList;
  readonly concurrency: number;
  readonly ledger: Ledger;
  /** Asks for a variant until there is an outcome; undefined where the run was stopped before. */
  readonly make: (key: string) => Promise<Outcome | undefined>;
  readonly urlOf: (key: string) => string;
  readonly report: (failure: Failure) => void;
  /** Begins nothing more; what is under way ends first. */
  readonly stop: AbortSignal;
}

interface Variant {
  readonly original: string;
  readonly spec: string;
  readonly key: string;
}

/**
 * Makes every variant, so many at once, and enters what becomes of each.
 * @throws what the listing throws, once everything under way has ended
 */
export async function prewarm(run: Run): Promise<void> {
  const variants = variantsOf(run);
  const workers = Array.from({ length: run.concurrency }, () => work(run, variants));
  for (const result of await Promise.allSettled(workers)) {
    if (result.status === "rejected") throw result.reason;
  }
}

async function* variantsOf({ originals, specs, ledger, stop }: Run): AsyncGenerator<Variant> {
  const texts = new Map(specs.map((spec) => [formatSpec(spec), spec]));
  for await (const original of originals) {
    for (const text of ledger.begin(original, [...texts.keys()])) {
      if (stop.aborted) return;
      const spec = texts.get(text);
      if (spec) yield { original, spec: text, key: variantKey(original, spec) };
    }
  }
}

async function work(run: Run, variants: AsyncGenerator<Variant>): Promise<void> {
  // Not `for await`, which would end the variants for the other workers, too.
  for (let next = await variants.next(); !next.done; next = await variants.next()) {
    const { original, spec, key } = next.value;
    const outcome = refusalOf(key, run.allowList) ?? (await run.make(key));
    if (outcome === undefined) return;
    if (outcome.kind === "failed") {
      const { status, reason, attempts } = outcome;
      run.report({ key, url: run.urlOf(key), status, reason, attempts });
    }
    run.ledger.settle(original, spec, outcome.kind);
  }
}

/** Why a variant cannot be made, whatever the original: nobody need be asked. */
function refusalOf(key: string, allowList: AllowList): Outcome | undefined {
  const variant = parseVariantKey(key, allowList);
  return "refused" in variant ? { kind: "failed", status: null, reason: variant.message, attempts: 0 } : undefined;
}
