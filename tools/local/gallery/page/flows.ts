import type { Hop, LogLine } from "../contract";

/** One request of a viewer's: what each part did, the entry last. */
export interface Exchange {
  readonly id: string;
  readonly hops: readonly Hop[];
  readonly log: readonly string[];
  /** The hop by which the request entered the stack, once it is answered. */
  readonly entry?: Hop;
}

/** Requests that followed each other by redirects: what a viewer did to get one thing. */
export interface Flow {
  /** Of its first request. */
  readonly id: string;
  readonly exchanges: readonly Exchange[];
}

/**
 * How a flow ended. `made`: the function made the variant. `hit`: the CDN had it. `miss`: the bucket had it. `moved`: a redirect
 * that nobody followed.
 */
export type Outcome = "hit" | "miss" | "made" | "moved" | "refused" | "failed" | "other";

const MAX_FLOWS = 300;
/** How long after a redirect a request to its target still belongs to it, in milliseconds. */
const FOLLOWED_WITHIN = 30_000;

/** Puts the events of the stack together to requests, and requests to flows, the newest first. */
export class Flows {
  readonly #urlOf: (hop: Hop) => string | undefined;
  readonly #open = new Map<string, Exchange>();
  readonly #flowOf = new Map<string, Flow>();
  #flows: Flow[] = [];

  /** @param urlOf the URL that a hop was the entry of, to be compared with the `location` of an earlier one */
  constructor(urlOf: (hop: Hop) => string | undefined) {
    this.#urlOf = urlOf;
  }

  get all(): readonly Flow[] {
    return this.#flows;
  }

  clear(): void {
    this.#flows = [];
    this.#flowOf.clear();
  }

  /** Takes a hop in. Returns the flow that it changed: none as long as its request is not answered. */
  add(hop: Hop): Flow | undefined {
    const { requestId } = hop;
    const flow = this.#flowOf.get(requestId);
    if (flow) {
      // A step that ended after the answer, as a function does that was too slow.
      return this.#replace(flow, (exchange) =>
        exchange.id === requestId ? { ...exchange, hops: [...exchange.hops, hop] } : exchange,
      );
    }
    const open = this.#open.get(requestId) ?? { id: requestId, hops: [], log: [] };
    const exchange: Exchange = { ...open, hops: [...open.hops, hop], ...(hop.entry ? { entry: hop } : {}) };
    if (!hop.entry) {
      this.#open.set(requestId, exchange);
      for (const oldest of this.#open.keys()) {
        if (this.#open.size <= MAX_FLOWS) break;
        this.#open.delete(oldest);
      }
      return undefined;
    }
    this.#open.delete(requestId);
    return this.#close(exchange, hop);
  }

  addLog({ requestId, text }: LogLine): Flow | undefined {
    if (requestId === undefined) return undefined;
    const flow = this.#flowOf.get(requestId);
    const append = (exchange: Exchange) =>
      exchange.id === requestId ? { ...exchange, log: [...exchange.log, text] } : exchange;
    if (flow) return this.#replace(flow, append);
    this.#open.set(requestId, append(this.#open.get(requestId) ?? { id: requestId, hops: [], log: [] }));
    return undefined;
  }

  #close(exchange: Exchange, entry: Hop): Flow {
    const url = this.#urlOf(entry);
    // The oldest redirect that waits for this URL, as one viewer after the other follows it.
    const before = this.#flows.findLast((flow) => {
      const last = flow.exchanges.at(-1)?.entry;
      return (
        last?.responseHeaders?.location !== undefined &&
        last.responseHeaders.location === url &&
        entry.startedAt >= last.startedAt &&
        entry.startedAt - (last.startedAt + last.ms) < FOLLOWED_WITHIN
      );
    });
    const flow: Flow = before
      ? { ...before, exchanges: [...before.exchanges, exchange] }
      : { id: exchange.id, exchanges: [exchange] };
    this.#flows = [flow, ...this.#flows.filter((one) => one !== before)];
    for (const { id } of flow.exchanges) this.#flowOf.set(id, flow);
    for (const old of this.#flows.splice(MAX_FLOWS)) for (const { id } of old.exchanges) this.#flowOf.delete(id);
    return flow;
  }

  #replace(flow: Flow, change: (exchange: Exchange) => Exchange): Flow {
    const changed = { ...flow, exchanges: flow.exchanges.map(change) };
    this.#flows = this.#flows.map((one) => (one === flow ? changed : one));
    for (const { id } of changed.exchanges) this.#flowOf.set(id, changed);
    return changed;
  }
}

export function outcomeOf({ exchanges }: Flow): Outcome {
  const hops = exchanges.flatMap((exchange) => exchange.hops);
  const last = exchanges.at(-1)?.entry;
  if (!last) return "other";
  if (last.status >= 500) return "failed";
  if (last.status >= 400) return "refused";
  if (last.responseHeaders?.location !== undefined) return "moved";
  if (hops.some(isVariantWrite)) return "made";
  if (last.part !== "cdn") return "other";
  return isHit(last) ? "hit" : "miss";
}

/** The function's own write: an administrator's is an entry. */
export function isVariantWrite(hop: Hop): boolean {
  return hop.part === "s3" && !hop.entry && hop.what.startsWith("PutObject ") && hop.status === 200;
}

/** Whether the CDN answered from its cache, the origin asked for no more than whether it changed. */
export function isHit({ responseHeaders }: Hop): boolean {
  return /^(Refresh)?Hit /.test(responseHeaders?.["x-cache"] ?? "");
}

/** Milliseconds since the epoch: when a flow began and ended. */
export function spanOf({ exchanges }: Flow): { readonly from: number; readonly to: number } {
  const hops = exchanges.flatMap((exchange) => exchange.hops);
  return {
    from: Math.min(...hops.map(({ startedAt }) => startedAt)),
    to: Math.max(...hops.map(({ startedAt, ms }) => startedAt + ms)),
  };
}

/** A line for a shell that makes the flow's first request again, and follows it as far as it went. */
export function curlLine({ exchanges }: Flow, urlOf: (hop: Hop) => string | undefined): string | undefined {
  const entry = exchanges[0]?.entry;
  const url = entry && urlOf(entry);
  if (!entry || url === undefined) return undefined;
  const [method = "GET"] = entry.what.split(" ", 1);
  const flags = [
    "-s",
    ...(method === "HEAD" ? ["-I"] : ["-D -", "-o /dev/null"]),
    ...(exchanges.length > 1 ? ["-L"] : []),
  ];
  const { accept, ...conditions } = entry.requestHeaders ?? {};
  const headers = { ...(accept === undefined || accept === "*/*" ? {} : { accept }), ...conditions };
  const asked = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return ["curl", ...flags, ...asked, quote(url)].join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
