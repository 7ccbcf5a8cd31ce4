import type { Delivery } from "../../../functions/resizer/settings";
import type { Spread } from "../kit/resize-result";
import { median, quantile, spread } from "../kit/statistics";
import type { Burst, Observed } from "./observed";
import type { LoadRow, ViewRow } from "./result";
import type { View } from "./viewer";

/** Who takes part: one of them twice, to see how far two alike are apart. */
export interface Contender {
  readonly name: string;
  readonly delivery: Delivery;
}

/** A contender's turn at a scenario in a counted round. */
export interface LoadTurn extends Burst {
  readonly scenario: string;
  readonly contender: Contender;
  readonly round: number;
}

/** A contender's turn of lone viewers in a counted round. */
export interface ViewTurn {
  readonly what: ViewRow["what"];
  readonly contender: Contender;
  readonly round: number;
  readonly views: readonly View[];
}

/** A row for each scenario and contender, paired with the turn of the first contender, the floor, in the same round. */
export function loadRows(turns: readonly LoadTurn[], contenders: readonly Contender[]): LoadRow[] {
  const floor = contenders[0]?.name;
  return grouped(turns, contenders, ({ scenario }) => scenario).map((own) => {
    const [{ scenario, contender }] = own;
    const observed = own.flatMap((turn) => turn.observed);
    const answered = observed.filter(({ ok }) => ok);
    const times = answered.map(({ ms }) => ms);
    const pairs = paired(own, turns, (turn) => turn.scenario === scenario && turn.contender.name === floor);
    return {
      scenario,
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
      ...(contender.name === floor
        ? {}
        : {
            ...over("perSecondOver", pairs, rate),
            ...over("msOver", pairs, (turn) => medianMs(turn.observed)),
          }),
    };
  });
}

/** A row for a miss and a hit of each contender, paired in the same way. */
export function viewRows(turns: readonly ViewTurn[], contenders: readonly Contender[]): ViewRow[] {
  const floor = contenders[0]?.name;
  return grouped(turns, contenders, ({ what }) => what).map((own) => {
    const [{ what, contender }] = own;
    const views = own.flatMap((turn) => turn.views);
    const answered = views.filter(({ ok }) => ok);
    const times = answered.map(({ ms }) => ms);
    const pairs = paired(own, turns, (turn) => turn.what === what && turn.contender.name === floor);
    return {
      what,
      contender: contender.name,
      delivery: contender.delivery,
      views: answered.length,
      errors: views.length - answered.length,
      requests: mean(answered.map(({ requests }) => requests)),
      bytes: answered.length === 0 ? 0 : median(answered.map(({ bytes }) => bytes)),
      ...(times.length === 0 ? {} : { ms: { median: median(times), p95: quantile(times, 0.95) } }),
      ...(contender.name === floor ? {} : over("msOver", pairs, (turn) => medianMs(turn.views))),
    };
  });
}

type Group<Turn> = readonly [Turn, ...Turn[]];

/** The turns of each contender at each thing: things in the order in which they come first, contenders in their own. */
function grouped<Turn extends { readonly contender: Contender }>(
  turns: readonly Turn[],
  contenders: readonly Contender[],
  thing: (turn: Turn) => string,
): Group<Turn>[] {
  return [...new Set(turns.map(thing))].flatMap((each) =>
    contenders.flatMap(({ name }): Group<Turn>[] => {
      const [first, ...more] = turns.filter((turn) => thing(turn) === each && turn.contender.name === name);
      return first ? [[first, ...more]] : [];
    }),
  );
}

function paired<Turn extends { readonly round: number }>(
  own: readonly Turn[],
  turns: readonly Turn[],
  isFloor: (turn: Turn) => boolean,
): (readonly [own: Turn, floor: Turn])[] {
  return own.flatMap((turn) => {
    const floor = turns.find((other) => other.round === turn.round && isFloor(other));
    return floor ? [[turn, floor] as const] : [];
  });
}

/** The ratio of a number round by round; nothing where a round has none. */
function over<Name extends string, Turn>(
  name: Name,
  pairs: readonly (readonly [own: Turn, floor: Turn])[],
  of: (turn: Turn) => number,
): Partial<Record<Name, Spread>> {
  const ratios = pairs.map(([own, floor]) => of(own) / of(floor));
  if (ratios.length === 0 || !ratios.every(Number.isFinite)) return {};
  return { [name]: spread(ratios) } as Record<Name, Spread>;
}

function rate({ observed, seconds }: Burst): number {
  return observed.filter(({ ok }) => ok).length / seconds;
}

function medianMs(observed: readonly Observed[]): number {
  return median(observed.flatMap(({ ok, ms }) => (ok ? ms : [])));
}

/** 0 of none. */
function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
