/** What the function keeps back of its time to write its answer and its log before Lambda ends it, in milliseconds. */
const RESERVE_MS = 1000;

/** The moment by which an answer must be given. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #at: number;

  /** @param remainingMs what is left of the function's time, from Lambda's context */
  constructor(remainingMs: number) {
    const usable = Math.max(0, remainingMs - RESERVE_MS);
    this.#at = Date.now() + usable;
    this.signal = AbortSignal.timeout(usable);
  }

  get secondsLeft(): number {
    return Math.max(0, (this.#at - Date.now()) / 1000);
  }
}
