import type { Hop, LogLine } from "../contract";

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

const MAX_FLOWS = 300;
/** The time after a redirect in which a request to its target still belongs to it. */
const FOLLOWED_WITHIN_MS = 30_000;

/** Joins the events of the stack to requests, and requests to flows, the newest first. */
export class Flows {
  readonly #urlOf: UrlOfHop;
  /** Requests that are not answered yet. */
  readonly #pending = new Map<string, Exchange>();
  readonly #flowOf = new Map<string, Flow>();
  #flows: readonly Flow[] = [];

  constructor(urlOf: UrlOfHop) {
    this.#urlOf = urlOf;
  }

  get all(): readonly Flow[] {
    return this.#flows;
  }

  clear(): void {
    this.#flows = [];
    this.#flowOf.clear();
  }

  /** Adds a step to its request, which shows as soon as it is answered. */
  add(hop: Hop): void {
    this.#change(hop.requestId, (exchange) => ({
      ...exchange,
      hops: [...exchange.hops, hop],
      ...(hop.entry ? { entry: hop } : {}),
    }));
  }

  addLog({ requestId, text }: LogLine): void {
    if (requestId !== undefined) {
      this.#change(requestId, (exchange) => ({ ...exchange, log: [...exchange.log, text] }));
    }
  }

  #change(id: string, change: (exchange: Exchange) => Exchange): void {
    const flow = this.#flowOf.get(id);
    if (flow) {
      // A step may end after the answer, as that of a function does that was too slow.
      const changed = { ...flow, exchanges: flow.exchanges.map((one) => (one.id === id ? change(one) : one)) };
      this.#flows = this.#flows.map((one) => (one === flow ? changed : one));
      this.#index(changed);
      return;
    }
    const exchange = change(this.#pending.get(id) ?? { id, hops: [], log: [] });
    if (exchange.entry) {
      this.#pending.delete(id);
      this.#show(exchange, exchange.entry);
      return;
    }
    this.#pending.set(id, exchange);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_FLOWS && oldest !== undefined) this.#pending.delete(oldest);
  }

  #show(exchange: Exchange, entry: Hop): void {
    const url = this.#urlOf(entry);
    // The oldest redirect that waits for this URL, because clients follow one after the other.
    const before = this.#flows.findLast(({ exchanges }) => {
      const last = exchanges.at(-1)?.entry;
      const location = last?.responseHeaders?.location;
      if (!last || location === undefined || location !== url || entry.startedAt < last.startedAt) return false;
      return entry.startedAt - (last.startedAt + last.ms) < FOLLOWED_WITHIN_MS;
    });
    const flow = { id: before?.id ?? exchange.id, exchanges: [...(before?.exchanges ?? []), exchange] };
    const flows = [flow, ...this.#flows.filter((one) => one !== before)];
    for (const { exchanges } of flows.splice(MAX_FLOWS)) for (const { id } of exchanges) this.#flowOf.delete(id);
    this.#flows = flows;
    this.#index(flow);
  }

  #index(flow: Flow): void {
    for (const { id } of flow.exchanges) this.#flowOf.set(id, flow);
  }
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
