/** How far a run has come. */
export interface Progress {
  readonly made: number;
  readonly there: number;
  readonly failed: number;
  /** How many variants there are; undefined until they are counted. */
  readonly total: number | undefined;
}

export function doneOf({ made, there, failed }: Pick<Progress, "made" | "there" | "failed">): number {
  return made + there + failed;
}

/** The time over which the rate is taken. */
const WINDOW_MS = 30_000;

/** Variants a second, over the last half minute. */
export class Rate {
  readonly #samples: { readonly at: number; readonly done: number }[] = [];

  /** @param now milliseconds; at least some between one call and the next */
  add(done: number, now: number): void {
    this.#samples.push({ at: now, done });
    while (now - (this.#samples[1]?.at ?? now) >= WINDOW_MS) this.#samples.shift();
  }

  perSecond(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    return first && last && last.at > first.at ? ((last.done - first.done) / (last.at - first.at)) * 1000 : 0;
  }
}

/** `1,200 of 2,000 variants | 85.3/s | 10 s left | 1,150 made, 40 there already, 10 failed` */
export function describeProgress(progress: Progress, perSecond: number): string {
  const { total } = progress;
  const done = doneOf(progress);
  const parts = [
    total === undefined ? `${count(done)} variants` : `${count(done)} of ${count(total)} variants`,
    `${perSecond.toFixed(1)}/s`,
    total === undefined ? "counting" : perSecond > 0 ? `${duration((total - done) / perSecond)} left` : "waiting",
    describeCounts(progress),
  ];
  return parts.join(" | ");
}

export function describeCounts({ made, there, failed }: Omit<Progress, "total">): string {
  return `${count(made)} made, ${count(there)} there already, ${count(failed)} failed`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${count(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}
