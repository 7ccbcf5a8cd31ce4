import type { Hop, Part } from "../../contract";
import { byFlow } from "../format";
import { isHit, isVariantWrite } from "./flows";

/** Half of a part's answers took at most `p50` milliseconds, 95 % at most `p95`. */
export interface Times {
  readonly part: Part;
  readonly p50: number;
  readonly p95: number;
}

/** Counts over the steps of the latest requests. */
export interface Numbers {
  readonly hits: number;
  /** Answers of the CDN, redirects and errors among them. */
  readonly requests: number;
  /** Variants that the function has created, by their specs, the most first. */
  readonly created: readonly (readonly [spec: string, count: number])[];
  /** Bytes of the variants that the CDN delivered, and of their originals. */
  readonly deliveredBytes: number;
  readonly originalBytes: number;
  /** In the order in which a miss passes the parts. */
  readonly times: readonly Times[];
}

export function numbersOf(hops: readonly Hop[]): Numbers {
  const answers = hops.filter(({ part, entry }) => part === "cdn" && entry);
  const deliveries = answers.filter(({ originalBytes }) => originalBytes !== undefined);
  const created = new Map<string, number>();
  for (const { what } of hops.filter(isVariantWrite)) {
    const spec =
      what
        .split("/")
        .at(-2)
        ?.replace(/^PutObject /, "") ?? "";
    created.set(spec, (created.get(spec) ?? 0) + 1);
  }
  const parts = [...new Set(hops.map(({ part }) => part))].sort(byFlow);
  return {
    hits: answers.filter(isHit).length,
    requests: answers.length,
    created: [...created].sort(([, one], [, other]) => other - one),
    deliveredBytes: sum(deliveries.map(({ bytes = 0 }) => bytes)),
    originalBytes: sum(deliveries.map(({ originalBytes = 0 }) => originalBytes)),
    times: parts.map((part) => {
      const sorted = hops.flatMap((hop) => (hop.part === part ? [hop.ms] : [])).sort((one, other) => one - other);
      return { part, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
    }),
  };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Returns the smallest value that at least this share of the sorted values do not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
