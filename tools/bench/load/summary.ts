import type { Delivery } from "../../../functions/resizer/settings";
import { mean, median, quantile, type Spread, spread } from "../lib/statistics";
import type { Observed, Turn, View } from "./client";

/** A delivery under test: one of them twice, for the difference between two alike. */
export interface Contender {
  readonly name: string;
  readonly delivery: Delivery;
}

/** Turn of a contender at a scenario in a counted round. */
export interface LoadTurn extends Turn {
  readonly what: string;
  readonly contender: Contender;
  readonly round: number;
}

/** Turn of a single client of a contender in a counted round. */
export interface ViewTurn {
  readonly what: "miss" | "hit";
  readonly contender: Contender;
  readonly round: number;
  readonly views: readonly View[];
}

/** Stack of a delivery under one kind of load, all counted rounds together. */
export interface LoadRow {
  readonly scenario: string;
  readonly contender: string;
  readonly delivery: Delivery;
  /** Expected responses; whoever follows redirects has one. */
  readonly answers: number;
  /** Other responses: part of no other number. */
  readonly errors: number;
  /** Expected responses a second, round by round. */
  readonly perSecond: Spread;
  /** Milliseconds to an expected response; absent where there was none. */
  readonly ms?: { readonly median: number; readonly p95: number; readonly p99: number };
  /** HTTP requests for a response. */
  readonly requests: number;
  /** Share of responses from the CDN's cache. */
  readonly hitRatio: number;
  /** Over the floor, round by round: responses a second, and the median time. */
  readonly perSecondOver?: Spread;
  readonly msOver?: Spread;
}

/** A single client's way to an image, with latency added to each request. */
export interface ViewRow {
  readonly what: ViewTurn["what"];
  readonly contender: string;
  readonly delivery: Delivery;
  readonly views: number;
  readonly errors: number;
  readonly requests: number;
  /** Median of headers and bodies of a view as HTTP/1.1 sends them. */
  readonly bytes: number;
  readonly ms?: { readonly median: number; readonly p95: number };
  readonly msOver?: Spread;
}

/** Returns a row for each scenario and contender, paired with the turn of the first contender, the floor, in the same round. */
export function loadRows(turns: readonly LoadTurn[], contenders: readonly Contender[]): LoadRow[] {
  return grouped(turns, contenders).map(({ own, pairs, what, contender }) => {
    const observed = own.flatMap((turn) => turn.observed);
    const answered = observed.filter(({ ok }) => ok);
    const times = answered.map(({ ms }) => ms);
    return {
      scenario: what,
      contender: contender.name,
      delivery: contender.delivery,
      answers: answered.length,
      errors: observed.length - answered.length,
      perSecond: spread(own.map(rate)),
      ...(times.length === 0
        ? {}
        : { ms: { median: median(times), p95: quantile(times, 0.95), p99: quantile(times, 0.99) } }),
      requests: mean(answered.map(({ requests }) => requests)),
      hitRatio: mean(answered.map(({ hit }) => (hit ? 1 : 0))),
      ...over("perSecondOver", pairs, rate),
      ...over("msOver", pairs, (turn) => medianMs(turn.observed)),
    };
  });
}

/** Returns a row for a miss and a hit of each contender, paired in the same way. */
export function viewRows(turns: readonly ViewTurn[], contenders: readonly Contender[]): ViewRow[] {
  return grouped(turns, contenders).map(({ own, pairs, contender }) => {
    const views = own.flatMap((turn) => turn.views);
    const answered = views.filter(({ ok }) => ok);
    const times = answered.map(({ ms }) => ms);
    return {
      what: own[0].what,
      contender: contender.name,
      delivery: contender.delivery,
      views: answered.length,
      errors: views.length - answered.length,
      requests: mean(answered.map(({ requests }) => requests)),
      bytes: answered.length === 0 ? 0 : median(answered.map(({ bytes }) => bytes)),
      ...(times.length === 0 ? {} : { ms: { median: median(times), p95: quantile(times, 0.95) } }),
      ...over("msOver", pairs, (turn) => medianMs(turn.views)),
    };
  });
}

interface AnyTurn {
  readonly what: string;
  readonly contender: Contender;
  readonly round: number;
}

type Pairs<Turn> = readonly { readonly own: Turn; readonly floor: Turn }[];

/** Turns of one contender at one thing; paired with the floor's unless it is the floor. */
interface Group<Turn> {
  readonly what: string;
  readonly contender: Contender;
  readonly own: readonly [Turn, ...Turn[]];
  readonly pairs: Pairs<Turn>;
}

/** Groups turns: things in the order of their first turn, contenders in their own. */
function grouped<Turn extends AnyTurn>(turns: readonly Turn[], contenders: readonly Contender[]): Group<Turn>[] {
  const [floor] = contenders;
  return [...new Set(turns.map(({ what }) => what))].flatMap((what) => {
    const of = (name?: string) => turns.filter((turn) => turn.what === what && turn.contender.name === name);
    return contenders.flatMap((contender): Group<Turn>[] => {
      const [first, ...more] = of(contender.name);
      if (!first) return [];
      const own = [first, ...more] as const;
      const pairs = own.flatMap((turn) => {
        const same = of(floor?.name).find(({ round }) => round === turn.round);
        return same ? [{ own: turn, floor: same }] : [];
      });
      return [{ what, contender, own, pairs: contender === floor ? [] : pairs }];
    });
  });
}

/** Returns the ratio of a number round by round; an empty object where a round has none. */
function over<Name extends string, Turn>(
  name: Name,
  pairs: Pairs<Turn>,
  of: (turn: Turn) => number,
): Partial<Record<Name, Spread>> {
  const ratios = pairs.map(({ own, floor }) => of(own) / of(floor));
  if (ratios.length === 0 || !ratios.every(Number.isFinite)) return {};
  return { [name]: spread(ratios) } as Record<Name, Spread>;
}

function rate({ observed, seconds }: Turn): number {
  return observed.filter(({ ok }) => ok).length / seconds;
}

function medianMs(observed: readonly Observed[]): number {
  return median(observed.flatMap(({ ok, ms }) => (ok ? ms : [])));
}
