import { z } from "zod";
import type { Outcome } from "./attempts";

/** How far a run has come. */
export const LedgerState = z.object({
  /** The original up to which every variant is done, in S3's order; empty for none. */
  after: z.string(),
  /** How many originals that is. */
  originals: z.number().int().min(0),
  /** Beyond it, the specs that are done of each original. */
  ahead: z.record(z.string(), z.array(z.string())),
  made: z.number().int().min(0),
  there: z.number().int().min(0),
  failed: z.number().int().min(0),
});
export type LedgerState = z.infer<typeof LedgerState>;

export const NOTHING_DONE: LedgerState = { after: "", originals: 0, ahead: {}, made: 0, there: 0, failed: 0 };

interface Entry {
  readonly left: Set<string>;
  readonly done: string[];
}

/**
 * Keeps account of a run whose variants are done out of order, so that another can continue where it was stopped and ask
 * for nothing twice.
 */
export class Ledger {
  /** Originals that are begun, or done behind one that is not, in S3's order. */
  readonly #entries = new Map<string, Entry>();
  readonly #ahead: Map<string, readonly string[]>;
  readonly #counts: { made: number; there: number; failed: number };
  #after: string;
  #originals: number;

  constructor({ after, originals, ahead, made, there, failed }: LedgerState) {
    this.#after = after;
    this.#originals = originals;
    this.#ahead = new Map(Object.entries(ahead));
    this.#counts = { made, there, failed };
  }

  /** Begins the next original in S3's order; gives the specs that are still to be made of it. */
  begin(original: string, specs: readonly string[]): string[] {
    const done = this.#ahead.get(original) ?? [];
    this.#ahead.delete(original);
    const left = specs.filter((spec) => !done.includes(spec));
    this.#entries.set(original, { left: new Set(left), done: [...done] });
    this.#advance();
    return left;
  }

  settle(original: string, spec: string, outcome: Outcome["kind"]): void {
    const entry = this.#entries.get(original);
    if (!entry?.left.delete(spec)) throw new Error(`${spec} of ${original} is not under way`);
    entry.done.push(spec);
    this.#counts[outcome] += 1;
    this.#advance();
  }

  state(): LedgerState {
    const begun = [...this.#entries].map(([original, { done }]): [string, readonly string[]] => [original, done]);
    const ahead = [...begun, ...this.#ahead].filter(([, done]) => done.length > 0);
    return {
      after: this.#after,
      originals: this.#originals,
      ahead: Object.fromEntries(ahead.map(([original, done]) => [original, [...done]])),
      ...this.#counts,
    };
  }

  #advance(): void {
    for (const [original, { left }] of this.#entries) {
      if (left.size > 0) return;
      this.#entries.delete(original);
      this.#after = original;
      this.#originals += 1;
    }
  }
}
