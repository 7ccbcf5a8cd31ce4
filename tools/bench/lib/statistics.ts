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

/** One contender's turn at something, in a round of a bench. */
export interface Turn {
  readonly contender: string;
  readonly round: number;
}

/**
 * Returns a number of a contender over the floor's, round by round, so that what slows the machine for a while slows both.
 * Undefined for the floor itself, and where a round has no such number.
 */
export function ratioToFloor<T extends Turn>(
  turns: readonly T[],
  contender: string,
  floor: string,
  valueOf: (turns: readonly T[]) => number,
): Spread | undefined {
  if (contender === floor) return undefined;
  const rounds = [...new Set(turns.map(({ round }) => round))];
  const of = (name: string, round: number) =>
    valueOf(turns.filter((turn) => turn.contender === name && turn.round === round));
  const ratios = rounds.map((round) => of(contender, round) / of(floor, round));
  return ratios.length > 0 && ratios.every(Number.isFinite) ? spread(ratios) : undefined;
}
