import type { Hop } from "../contract";
import { isHit, isVariantWrite } from "./flows";

/** The latest answers of each part that percentiles are taken over. */
const MAX_TIMES = 1000;
/** Points of the plot of the hit ratio. */
const MAX_POINTS = 120;

/** Counts over the events of the stack. */
export interface Numbers {
  readonly hits: number;
  /** Answers of the CDN, redirects and errors among them. */
  readonly requests: number;
  /** The hit ratio after each of the latest requests, 0 to 1. */
  readonly ratios: readonly number[];
  /** Variants that the function has created, by their specs. */
  readonly created: ReadonlyMap<string, number>;
  /** Bytes of the variants that the CDN delivered, and of their originals. */
  readonly deliveredBytes: number;
  readonly originalBytes: number;
  readonly timesMs: ReadonlyMap<string, readonly number[]>;
}

/** Half of a part's answers took at most `p50` milliseconds, 95 % at most `p95`. */
export interface Percentiles {
  readonly part: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

export const NO_NUMBERS: Numbers = {
  hits: 0,
  requests: 0,
  ratios: [],
  created: new Map(),
  deliveredBytes: 0,
  originalBytes: 0,
  timesMs: new Map(),
};

/**
 * Adds a hop to the numbers.
 * @param originalBytes the size of the original that the hop delivers a variant of; undefined where it delivers none
 */
export function count(numbers: Numbers, hop: Hop, originalBytes: number | undefined): Numbers {
  const times = latest(numbers.timesMs.get(hop.part) ?? [], hop.ms, MAX_TIMES);
  const timesMs = new Map(numbers.timesMs).set(hop.part, times);
  if (isVariantWrite(hop)) {
    const spec =
      hop.what
        .replace(/^PutObject /, "")
        .split("/")
        .at(-2) ?? "";
    const created = new Map(numbers.created).set(spec, (numbers.created.get(spec) ?? 0) + 1);
    return { ...numbers, timesMs, created };
  }
  if (hop.part !== "cdn" || !hop.entry) return { ...numbers, timesMs };
  const hits = numbers.hits + (isHit(hop) ? 1 : 0);
  const requests = numbers.requests + 1;
  const ratios = latest(numbers.ratios, hits / requests, MAX_POINTS);
  const isDelivery = hop.status === 200 && originalBytes !== undefined && hop.what.startsWith("GET ");
  return {
    ...numbers,
    timesMs,
    hits,
    requests,
    ratios,
    deliveredBytes: numbers.deliveredBytes + (isDelivery ? (hop.bytes ?? 0) : 0),
    originalBytes: numbers.originalBytes + (isDelivery ? originalBytes : 0),
  };
}

/** Percentiles by part, in the order in which the parts were first seen. */
export function percentiles({ timesMs }: Numbers): Percentiles[] {
  return [...timesMs].map(([part, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { part, count: times.length, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
  });
}

/** The smallest value that at least this share of the sorted values do not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function latest(values: readonly number[], value: number, limit: number): number[] {
  return [...values, value].slice(-limit);
}
