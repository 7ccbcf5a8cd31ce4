import { Refusal } from "./refusal";

/** What the function keeps back of its time to write its answer and its log before Lambda ends it, in milliseconds. */
export const RESERVE_MS = 1000;

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

  /**
   * What `work` comes to if it does in time. A decoder in native code cannot be stopped everywhere, and an answer that
   * waits for it would be Lambda's own, an error without a reason.
   * @throws Refusal `unavailable` at the deadline
   */
  async wait<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let late: () => void = () => undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      late = () => {
        reject(new Refusal("unavailable", "The variant could not be made in time.", { cause: signal.reason }));
      };
      if (signal.aborted) late();
      signal.addEventListener("abort", late, { once: true });
    });
    try {
      return await Promise.race([work, deadline]);
    } finally {
      signal.removeEventListener("abort", late);
    }
  }
}
