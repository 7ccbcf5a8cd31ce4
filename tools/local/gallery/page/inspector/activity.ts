import { computed, signal } from "@preact/signals";
import type { Hop, LogLine } from "../../contract";
import { type Exchange, type Flow, joinFlows, type UrlOfHop } from "./flows";
import { numbersOf } from "./numbers";

/** Requests that are kept, the latest. */
const MAX_EXCHANGES = 1000;

const CALL = (show: () => void): void => {
  show();
};

/** A request that the user sent, with the time that it took in milliseconds since the epoch. */
export interface Sent {
  readonly url: string;
  readonly from: number;
  readonly to: number;
}

/** The requests that the stack reports. */
export class Activity {
  readonly flows = computed(() => joinFlows(this.#all.value, this.#urlOf));
  readonly numbers = computed(() => numbersOf(this.#all.value.flatMap(({ hops }) => hops)));
  /** The requests that the user sent, the latest first. */
  readonly #sent = signal<readonly Sent[]>([]);
  readonly #urlOf: UrlOfHop;
  /** By their ids, those that are answered in the order of their answers. */
  readonly #exchanges = new Map<string, Exchange>();
  /** Counted, because a page that connects late receives thousands of events at once, and needs the exchanges only then. */
  readonly #changes = signal(0);
  readonly #soon: (show: () => void) => void;
  #isToBeShown = false;
  readonly #all = computed(() => (this.#changes.value > 0 ? [...this.#exchanges.values()] : []));

  /** @param soon shows what has changed: at once by default, and later on a page, once for many steps */
  constructor(urlOf: UrlOfHop, soon = CALL) {
    this.#urlOf = urlOf;
    this.#soon = soon;
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

  noteSent(sent: Sent): void {
    this.#sent.value = [sent, ...this.#sent.value].slice(0, MAX_EXCHANGES);
  }

  /** Returns the place of a flow among the requests that the user sent: 0 for the latest, -1 for another client's. */
  placeAmongSent({ exchanges }: Flow): number {
    const entry = exchanges[0]?.entry;
    if (!entry) return -1;
    const { startedAt } = entry;
    const url = this.#urlOf(entry);
    return this.#sent.value.findIndex((sent) => url === sent.url && startedAt >= sent.from && startedAt <= sent.to);
  }

  #exchangeOf(id: string): Exchange {
    return this.#exchanges.get(id) ?? { id, hops: [], log: [] };
  }

  #set(exchange: Exchange): void {
    this.#exchanges.set(exchange.id, exchange);
    const [oldest] = this.#exchanges.keys();
    if (this.#exchanges.size > MAX_EXCHANGES && oldest !== undefined) this.#exchanges.delete(oldest);
    if (this.#isToBeShown) return;
    this.#isToBeShown = true;
    this.#soon(() => {
      this.#isToBeShown = false;
      this.#changes.value += 1;
    });
  }
}
