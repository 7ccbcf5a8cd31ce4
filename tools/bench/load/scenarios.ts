/** What a viewer may be after: a variant that the CDN has, one that nobody has made, a size that is not listed. */
export type Kind = "hit" | "miss" | "refused";

/** The status that ends it. */
export const STATUS: Readonly<Record<Kind, number>> = { hit: 200, miss: 200, refused: 404 };

/** A kind of load. */
export interface Scenario {
  readonly name: string;
  /** For the page. */
  readonly what: string;
  /**
   * `requests`: autocannon's, for what is one request in every delivery. `viewers`: they follow redirects, and what is
   * counted and timed is a whole way to an answer.
   */
  readonly unit: "requests" | "viewers";
  /** Asked for in this order, over and over. */
  readonly cycle: readonly Kind[];
  readonly edgeRefusals: boolean;
}

/** Of 50 in a row, spread out. */
const MIX = { misses: 4, refused: 1, all: 50 } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "hits",
    what: "requests for variants that the CDN has, at the stack's first size",
    unit: "requests",
    cycle: ["hit"],
    edgeRefusals: true,
  },
  {
    name: "misses",
    what: "viewers who each want another variant that nobody has made, at every size of the stack in turn, in the original's format",
    unit: "viewers",
    cycle: ["miss"],
    edgeRefusals: true,
  },
  {
    name: "refused at the edge",
    what: "requests for an unlisted size, each of another photograph; the edge function answers",
    unit: "requests",
    cycle: ["refused"],
    edgeRefusals: true,
  },
  {
    name: "refused by the function",
    what: "viewers who want the same of a stack without `edgeRefusals`",
    unit: "viewers",
    cycle: ["refused"],
    edgeRefusals: false,
  },
  {
    name: "a mix",
    what: `viewers, ${share(MIX.all - MIX.misses - MIX.refused)} of whom want a hit, ${share(MIX.misses)} a miss, and ${share(MIX.refused)} what is refused at the edge`,
    unit: "viewers",
    cycle: mixed(),
    edgeRefusals: true,
  },
];

function share(of: number): string {
  return `${(of * 100) / MIX.all} %`;
}

function mixed(): Kind[] {
  const cycle = new Array<Kind>(MIX.all).fill("hit");
  const every = MIX.all / (MIX.misses + MIX.refused);
  for (let at = 0; at < MIX.misses + MIX.refused; at++) cycle[at * every] = at < MIX.misses ? "miss" : "refused";
  return cycle;
}
