/** Kinds of requests: for a variant that the CDN has, for one that does not exist yet, for a size that is not listed. */
export type Kind = "hit" | "miss" | "rejected";

/** Status of the last response to each. */
export const STATUS: Readonly<Record<Kind, number>> = { hit: 200, miss: 200, rejected: 404 };

/** A kind of load. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  /**
   * `requests`: from autocannon, for what is one request in every delivery. `clients`: they follow redirects, and the whole
   * way to a response is counted and timed.
   */
  readonly unit: "requests" | "clients";
  /** Requested in this order, over and over. */
  readonly cycle: readonly Kind[];
  readonly validateAtEdge: boolean;
}

/** Of 50 in a row, spread out. */
const MIX = { misses: 4, rejected: 1, all: 50 } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "hits",
    what: "requests for variants that the CDN has, at the stack's first size",
    unit: "requests",
    cycle: ["hit"],
    validateAtEdge: true,
  },
  {
    name: "misses",
    what: "each client requests another variant that does not exist yet, at every size of the stack in turn, in the original's format",
    unit: "clients",
    cycle: ["miss"],
    validateAtEdge: true,
  },
  {
    name: "rejected at the edge",
    what: "requests for an unlisted size, each of another original; the edge function responds",
    unit: "requests",
    cycle: ["rejected"],
    validateAtEdge: true,
  },
  {
    name: "rejected by the function",
    what: "the same from clients of a stack without `cdn.validateAtEdge`",
    unit: "clients",
    cycle: ["rejected"],
    validateAtEdge: false,
  },
  {
    name: "a mix",
    what: `clients with ${share(MIX.all - MIX.misses - MIX.rejected)} hits, ${share(MIX.misses)} misses, and ${share(MIX.rejected)} requests that are rejected at the edge`,
    unit: "clients",
    cycle: mixed(),
    validateAtEdge: true,
  },
];

function share(of: number): string {
  return `${(of * 100) / MIX.all} %`;
}

function mixed(): Kind[] {
  const cycle = new Array<Kind>(MIX.all).fill("hit");
  const every = MIX.all / (MIX.misses + MIX.rejected);
  for (let at = 0; at < MIX.misses + MIX.rejected; at++) cycle[at * every] = at < MIX.misses ? "miss" : "rejected";
  return cycle;
}
