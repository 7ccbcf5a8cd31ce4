import { mean, median, quantile, ratioToFloor, spread, type Turn } from "../lib/statistics";
import type { Load } from "./client";

/** Turn of a contender at a kind of load. */
export interface LoadTurn extends Load, Turn {
  readonly scenario: string;
}

/**
 * Row of a contender at a kind of load, all counted rounds together: what was answered as expected, and its ratios to the
 * floor. Errors, everything else, are part of no other number.
 */
export type LoadRow = ReturnType<typeof rowsOf>[number];

/** Returns rows: kinds of load in the order of their first turn, contenders in the given one, of which the first is the floor. */
export function rowsOf(turns: readonly LoadTurn[], contenders: readonly string[]) {
  const scenarios = [...new Set(turns.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) => {
    const here = turns.filter((turn) => turn.scenario === scenario);
    return contenders.map((contender) => {
      const own = here.filter((turn) => turn.contender === contender);
      const observed = own.flatMap((turn) => turn.observed);
      const answered = observed.filter(({ ok }) => ok);
      const times = answered.map(({ ms }) => ms);
      const over = (of: (turn: Load) => number) =>
        ratioToFloor(here, contender, contenders[0] ?? "", ([turn]) => (turn ? of(turn) : NaN));
      return {
        scenario,
        contender,
        answers: answered.length,
        errors: observed.length - answered.length,
        perSecond: spread(own.map(perSecond)),
        ms:
          times.length === 0
            ? undefined
            : { median: median(times), p95: quantile(times, 0.95), p99: quantile(times, 0.99) },
        requests: mean(answered.map(({ requests }) => requests)),
        hitRatio: mean(answered.map(({ hit }) => (hit ? 1 : 0))),
        bytes: median(answered.map(({ bytes }) => bytes)),
        perSecondOver: over(perSecond),
        msOver: over(({ observed: ofTurn }) => median(ofTurn.flatMap(({ ok, ms }) => (ok ? ms : [])))),
      };
    });
  });
}

function perSecond({ observed, seconds }: Load): number {
  return observed.filter(({ ok }) => ok).length / seconds;
}
