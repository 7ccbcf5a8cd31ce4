/** Kinds of requests: for a variant that the CDN has, for one that does not exist yet, for a size that is not listed. */
export type Kind = "hit" | "miss" | "rejected";

/** Status of the last response to each. */
export const STATUS: Readonly<Record<Kind, number>> = { hit: 200, miss: 200, rejected: 404 };

/** A kind of load. */
export interface Scenario {
  readonly name: string;
  /**
   * Source of the requests: `autocannon` for what is one request in every delivery; `clients` follow redirects, and the whole
   * way to a response is counted and timed.
   */
  readonly from: "autocannon" | "clients";
  /** Requested in this order, over and over. */
  readonly cycle: readonly Kind[];
  readonly validateAtEdge: boolean;
}

/** Of 50 in a row, spread out: 90 % hits, 8 % misses and 2 % requests that are rejected. */
const MIX = Array.from({ length: 50 }, (_, at): Kind => (at % 10 > 0 ? "hit" : at < 40 ? "miss" : "rejected"));

export const SCENARIOS: readonly Scenario[] = [
  { name: "hits", from: "autocannon", cycle: ["hit"], validateAtEdge: true },
  { name: "misses", from: "clients", cycle: ["miss"], validateAtEdge: true },
  { name: "rejected at the edge", from: "autocannon", cycle: ["rejected"], validateAtEdge: true },
  { name: "rejected by the function", from: "clients", cycle: ["rejected"], validateAtEdge: false },
  { name: "a mix", from: "clients", cycle: MIX, validateAtEdge: true },
];
