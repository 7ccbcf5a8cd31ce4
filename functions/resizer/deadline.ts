import { Refusal } from "./refusal";

/** Time to write the answer and the log before Lambda ends the function, in milliseconds. */
export const RESERVE_MS = 1000;

/** The moment by which the function must answer. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #at: number;

  /** @param remainingMs rest of the function's time, from Lambda's context */
  constructor(remainingMs: number) {
    const usable = Math.max(0, remainingMs - RESERVE_MS);
    this.#at = Date.now() + usable;
    this.signal = AbortSignal.timeout(usable);
  }

  get secondsLeft(): number {
    return Math.max(0, (this.#at - Date.now()) / 1000);
  }

  /**
   * Returns the result of `work` if it ends in time. A decoder in native code cannot be stopped everywhere, and an answer that
   * waits for it would be Lambda's own, an error without a reason.
   * @throws Refusal `unavailable` at the deadline
   */
  async wait<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let late: () => void = () => undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      late = () => {
        reject(new Refusal("unavailable", "The variant could not be created in time.", { cause: signal.reason }));
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
