import type { Hop } from "../contract";
import { isHit, isVariantWrite } from "./flows";

/** The latest answers of each part that percentiles are taken over. */
const MAX_TIMES = 1000;
/** Points of the plot of the hit ratio. */
const MAX_POINTS = 120;

/** Half of a part's answers took at most `p50` milliseconds, 95 % at most `p95`. */
export interface Times {
  readonly part: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** Counts what the events of the stack say. */
export class Numbers {
  hits = 0;
  /** Answers of the CDN, refusals and redirects among them. */
  requests = 0;
  /** The hit ratio after each of the latest requests, 0 to 1. */
  readonly ratios: number[] = [];
  /** Variants that the function has made, by their sizes. */
  readonly made = new Map<string, number>();
  /** Bytes of the variants that the CDN delivered, and of the originals that they stand for. */
  deliveredBytes = 0;
  originalBytes = 0;
  readonly #times = new Map<string, number[]>();

  get hitRatio(): number | undefined {
    return this.requests === 0 ? undefined : this.hits / this.requests;
  }

  get variantsMade(): number {
    return [...this.made.values()].reduce((sum, count) => sum + count, 0);
  }

  /** By part, in the order in which they were first seen. */
  get times(): Times[] {
    return [...this.#times].map(([part, times]) => {
      const sorted = times.toSorted((a, b) => a - b);
      return { part, count: times.length, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
    });
  }

  /** @param originalBytes the size of the original that the hop delivers a variant of; undefined where it delivers none */
  add(hop: Hop, originalBytes: number | undefined): void {
    const times = this.#times.get(hop.part) ?? [];
    this.#times.set(hop.part, times);
    push(times, hop.ms, MAX_TIMES);
    if (isVariantWrite(hop)) {
      const spec =
        hop.what
          .split("/")
          .at(-2)
          ?.replace(/^PutObject /, "") ?? "";
      this.made.set(spec, (this.made.get(spec) ?? 0) + 1);
    }
    if (hop.part !== "cdn" || !hop.entry) return;
    this.requests += 1;
    if (isHit(hop)) this.hits += 1;
    push(this.ratios, this.hits / this.requests, MAX_POINTS);
    if (hop.status === 200 && originalBytes !== undefined && hop.what.startsWith("GET ")) {
      this.deliveredBytes += hop.bytes ?? 0;
      this.originalBytes += originalBytes;
    }
  }
}

/** The smallest value that at least this share of the sorted values do not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function push(values: number[], value: number, limit: number): void {
  values.push(value);
  if (values.length > limit) values.shift();
}
