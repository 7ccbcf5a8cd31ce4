import { computed, signal } from "@preact/signals";
import type { Hop, LogLine } from "../../contract";
import { type Exchange, type Flow, joinFlows, type UrlOfHop } from "./flows";
import { numbersOf } from "./numbers";

/** Requests that are kept, the latest. */
const MAX_EXCHANGES = 1000;

/** The requests that the stack reports. */
export class Activity {
  readonly flows = computed(() => joinFlows(this.#all.value, this.#urlOf));
  readonly numbers = computed(() => numbersOf(this.#all.value.flatMap(({ hops }) => hops)));
  /** The user's own latest request, with the time that it took in milliseconds since the epoch. */
  readonly sent = signal<{ readonly url: string; readonly from: number; readonly to: number } | undefined>(undefined);
  readonly #urlOf: UrlOfHop;
  /** By their ids, those that are answered in the order of their answers. */
  readonly #exchanges = new Map<string, Exchange>();
  /** Counted, because a page that connects late receives thousands of events at once, and needs the exchanges only then. */
  readonly #changes = signal(0);
  readonly #all = computed(() => (this.#changes.value > 0 ? [...this.#exchanges.values()] : []));

  constructor(urlOf: UrlOfHop) {
    this.#urlOf = urlOf;
  }

  /** Adds a step to its request. It may end after the answer, as that of a function does that was too slow. */
  readonly add = (hop: Hop): void => {
    const { hops, ...exchange } = this.#exchangeOf(hop.requestId);
    if (hop.entry) this.#exchanges.delete(hop.requestId);
    this.#set({ ...exchange, hops: [...hops, hop], ...(hop.entry ? { entry: hop } : {}) });
  };

  readonly addLog = ({ requestId, text }: LogLine): void => {
    if (requestId === undefined) return;
    const exchange = this.#exchangeOf(requestId);
    this.#set({ ...exchange, log: [...exchange.log, text] });
  };

  /** Forgets the requests that are answered. */
  readonly clear = (): void => {
    for (const { id, entry } of this.#exchanges.values()) if (entry) this.#exchanges.delete(id);
    this.#changes.value += 1;
  };

  /** Tells whether a flow began with the user's own latest request. */
  isSent({ exchanges }: Flow): boolean {
    const [entry, sent] = [exchanges[0]?.entry, this.sent.value];
    if (!entry || !sent) return false;
    return this.#urlOf(entry) === sent.url && entry.startedAt >= sent.from && entry.startedAt <= sent.to;
  }

  #exchangeOf(id: string): Exchange {
    return this.#exchanges.get(id) ?? { id, hops: [], log: [] };
  }

  #set(exchange: Exchange): void {
    this.#exchanges.set(exchange.id, exchange);
    const [oldest] = this.#exchanges.keys();
    if (this.#exchanges.size > MAX_EXCHANGES && oldest !== undefined) this.#exchanges.delete(oldest);
    this.#changes.value += 1;
  }
}
