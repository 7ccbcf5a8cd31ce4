import type { Hop } from "../../contract";

/** One request of a client: the steps of each part, the entry last. */
export interface Exchange {
  readonly id: string;
  readonly hops: readonly Hop[];
  readonly log: readonly string[];
  /** The hop by which the request entered the stack, once it is answered. */
  readonly entry?: Hop;
}

/** Requests that followed each other by redirects. */
export interface Flow {
  /** The id of its first request. */
  readonly id: string;
  readonly exchanges: readonly Exchange[];
}

/** The end of a flow, with its explanation. */
export const OUTCOMES = {
  hit: "the CDN had it",
  miss: "the bucket had it",
  created: "the function created it",
  redirect: "the client did not follow it",
  rejected: "4xx",
  failed: "5xx",
  other: "not through the CDN",
} as const;
export type Outcome = keyof typeof OUTCOMES;

export type UrlOfHop = (hop: Hop) => string | undefined;

/** The time after a redirect in which a request to its target still belongs to it. */
const FOLLOWED_WITHIN_MS = 30_000;

/** Joins the requests that are answered, in the order of their answers, to flows, the newest first. */
export function joinFlows(exchanges: readonly Exchange[], urlOf: UrlOfHop): Flow[] {
  const flows = new Set<Flow>();
  /** Flows that ended with a redirect, by its target, the oldest first, because clients follow one after the other. */
  const waiting = new Map<string, Set<Flow>>();
  for (const exchange of exchanges) {
    const { id, entry } = exchange;
    if (!entry) continue;
    const candidates = waiting.get(urlOf(entry) ?? "");
    const before = [...(candidates ?? [])].find((flow) => isFollowedBy(flow, entry));
    const flow = before ? { ...before, exchanges: [...before.exchanges, exchange] } : { id, exchanges: [exchange] };
    if (before) {
      candidates?.delete(before);
      flows.delete(before);
    }
    flows.add(flow);
    const location = entry.responseHeaders?.location;
    if (location !== undefined) waiting.set(location, (waiting.get(location) ?? new Set()).add(flow));
  }
  return [...flows].reverse();
}

function isFollowedBy({ exchanges }: Flow, entry: Hop): boolean {
  const last = exchanges.at(-1)?.entry;
  if (!last || entry.startedAt < last.startedAt) return false;
  return entry.startedAt - (last.startedAt + last.ms) < FOLLOWED_WITHIN_MS;
}

/** Tells whether two flows are of the same exchanges, which are replaced when they change. */
export function isSameFlow(one: Flow, other: Flow): boolean {
  const { length } = one.exchanges;
  return length === other.exchanges.length && one.exchanges.every((exchange, at) => exchange === other.exchanges[at]);
}

export function outcomeOf(flow: Flow): Outcome {
  const last = flow.exchanges.at(-1)?.entry;
  if (!last) return "other";
  if (last.status >= 500) return "failed";
  if (last.status >= 400) return "rejected";
  if (last.responseHeaders?.location !== undefined) return "redirect";
  if (hopsOf(flow).some(isVariantWrite)) return "created";
  if (last.part !== "cdn") return "other";
  return isHit(last) ? "hit" : "miss";
}

export function hopsOf({ exchanges }: Flow): Hop[] {
  return exchanges.flatMap(({ hops }) => hops);
}

/** Tells the function's own write from that of an administrator, which is an entry. */
export function isVariantWrite(hop: Hop): boolean {
  return hop.part === "s3" && !hop.entry && hop.what.startsWith("PutObject ") && hop.status === 200;
}

/** Tells whether the CDN answered from its cache, a `RefreshHit` among them: the origin confirmed that nothing changed. */
export function isHit({ responseHeaders }: Hop): boolean {
  return /^(Refresh)?Hit /.test(responseHeaders?.["x-cache"] ?? "");
}

/** Start and end of a flow in milliseconds since the epoch. */
export function spanOf(flow: Flow): { readonly from: number; readonly to: number } {
  const hops = hopsOf(flow);
  return {
    from: Math.min(...hops.map(({ startedAt }) => startedAt)),
    to: Math.max(...hops.map(({ startedAt, ms }) => startedAt + ms)),
  };
}

/** Returns a shell line that repeats the first request of a flow, and follows it as far as it went. */
export function curlLine({ exchanges }: Flow, urlOf: UrlOfHop): string | undefined {
  const entry = exchanges[0]?.entry;
  const url = entry && urlOf(entry);
  if (!entry || url === undefined) return undefined;
  const output = entry.what.startsWith("HEAD ") ? ["-I"] : ["-D -", "-o /dev/null"];
  const headers = Object.entries(entry.requestHeaders ?? {})
    .filter(([name, value]) => !(name === "accept" && value === "*/*"))
    .map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return ["curl", "-s", ...output, ...(exchanges.length > 1 ? ["-L"] : []), ...headers, quote(url)].join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
