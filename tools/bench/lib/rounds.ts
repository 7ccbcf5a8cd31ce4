// Contenders that take turns, and the numbers that come of it.
import type { Session } from "./bench";

/** One contender's turn at something, in a round of a bench. */
export interface Turn {
  readonly contender: string;
  readonly round: number;
}

interface Plan<Contender, Task> {
  readonly contenders: readonly Contender[];
  readonly tasks: readonly Task[];
  /** Counted rounds; one more before them warms up. */
  readonly rounds: number;
}

/** Lets every contender play every task, in turns, round after round. A round that is stopped is dropped. */
export async function playRounds<Contender extends { readonly name: string }, Task, Played extends object>(
  { contenders, tasks, rounds }: Plan<Contender, Task>,
  { progress, stopped }: Session,
  play: (contender: Contender, task: Task, isWarmUp: boolean) => Promise<Played>,
): Promise<{ readonly turns: readonly (Played & Turn)[]; readonly rounds: number }> {
  const turns: (Played & Turn)[] = [];
  const total = (rounds + 1) * tasks.length * contenders.length;
  let [counted, done] = [0, 0];
  for (let round = 0; round <= rounds && !stopped(); round++) {
    // Every contender has every place in the order equally often.
    const first = round % contenders.length;
    const inTurn = [...contenders.slice(first), ...contenders.slice(0, first)];
    const ofRound: (Played & Turn)[] = [];
    for (const task of tasks) {
      for (const contender of inTurn) {
        if (stopped()) break;
        progress(done++, total, contender.name);
        ofRound.push({ ...(await play(contender, task, round === 0)), contender: contender.name, round });
      }
    }
    if (stopped() || round === 0) continue;
    turns.push(...ofRound);
    counted++;
  }
  return { turns, rounds: counted };
}

/**
 * Returns a contender's own turns, and what compares them with the floor's: a number over the floor's in the same round, so
 * that what slows the machine for a while slows both. Undefined for the floor itself, and where a round has no such number.
 */
export function compare<T extends Turn>(turns: readonly T[], contender: string, floor: string) {
  const of = (name: string) => turns.filter((turn) => turn.contender === name);
  const own = of(contender);
  const over = (valueOf: (turnsOfRound: readonly T[]) => number): Spread | undefined => {
    if (contender === floor) return undefined;
    const value = (name: string, round: number) => valueOf(of(name).filter((turn) => turn.round === round));
    const rounds = [...new Set(turns.map(({ round }) => round))];
    const ratios = rounds.map((round) => value(contender, round) / value(floor, round));
    return ratios.length > 0 && ratios.every(Number.isFinite) ? spread(ratios) : undefined;
  };
  return { own, over };
}

/** A median, with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Returns the value below which a share of the numbers lies, interpolated between the two nearest; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Returns the median, with the least and the greatest. */
export function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers) };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

/** Returns the arithmetic mean; 0 of none. */
export function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}
