import type { Answer, Failed, Success } from "./request-variant";

/** The clock of a run: now, in milliseconds, and a wait that ends early if the run is being stopped. */
export interface Time {
  now(): number;
  wait(ms: number): Promise<void>;
}

const SLOWER = 1.5;
/** Factor per variant; about 200 of them undo one slow-down. */
const FASTER = 0.998;
const LEAST_GAP_MS = 10;

/**
 * Rate of requests: unlimited until the stack answers that it is too busy, then with a gap between requests that grows
 * with each such answer and shrinks with each variant.
 */
export class Pace {
  #gapMs = 0;
  #nextAtMs = 0;
  #slowedAtMs = -Infinity;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(private readonly time: Time) {}

  /** Time between two requests; 0 for no limit. */
  get gapMs(): number {
    return this.#gapMs;
  }

  /** Resolves when the next request may be sent, with the time of it. Requests are sent in the order in which they ask. */
  turn(): Promise<number> {
    const turn = this.#turns.then(async () => {
      // Not before its turn, when the gap may be another one.
      const waitMs = this.#nextAtMs - this.time.now();
      if (waitMs > 0) await this.time.wait(waitMs);
      const sentAtMs = this.time.now();
      this.#nextAtMs = Math.max(this.#nextAtMs, sentAtMs + this.#gapMs);
      return sentAtMs;
    });
    this.#turns = turn;
    return turn;
  }

  /**
   * Sends nothing for `retryAfterMs`, and less afterwards.
   * @param sentAtMs when the request was sent that the stack was too busy for: one from before the last slow-down says
   * nothing about the new pace
   */
  slowDown(sentAtMs: number, retryAfterMs: number): void {
    const now = this.time.now();
    this.#nextAtMs = Math.max(this.#nextAtMs, now + retryAfterMs);
    if (sentAtMs < this.#slowedAtMs) return;
    this.#slowedAtMs = now;
    this.#gapMs = Math.max(this.#gapMs, LEAST_GAP_MS) * SLOWER;
  }

  speedUp(): void {
    this.#gapMs = this.#gapMs < LEAST_GAP_MS ? 0 : this.#gapMs * FASTER;
  }
}

/** Final result of a variant. */
export type Outcome = Success | (Pick<Failed, "kind" | "status" | "reason"> & { readonly attempts: number });

interface Attempts {
  readonly pace: Pace;
  readonly time: Time;
  /** Once aborted, no further attempt is begun. */
  readonly stop: AbortSignal;
  /** From 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

const MAX_ATTEMPTS = 5;
const FIRST_BACKOFF_MS = 1000;
/** Longest `Retry-After` that is followed. */
const MAX_RETRY_AFTER_MS = 60_000;
/** Statuses of API Gateway's throttle, and of API Gateway or the function if AWS has no capacity left. */
const BUSY: readonly (number | null)[] = [429, 503];

/** Sends a request until there is an outcome, at most `MAX_ATTEMPTS` times; undefined if the run was stopped before. */
export async function requestUntilDone(
  request: () => Promise<Answer>,
  { pace, time, stop, random = Math.random }: Attempts,
): Promise<Outcome | undefined> {
  for (let attempts = 1; ; attempts++) {
    const sentAtMs = await pace.turn();
    if (stop.aborted) return undefined;
    const answer = await request();
    if (answer.kind !== "failed") {
      pace.speedUp();
      return answer;
    }
    const { kind, status, reason } = answer;
    const retryAfterMs = Math.min(answer.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
    if (BUSY.includes(status)) pace.slowDown(sentAtMs, retryAfterMs);
    if (answer.retryAfterMs === undefined || attempts === MAX_ATTEMPTS) return { kind, status, reason, attempts };
    await time.wait(Math.max(retryAfterMs, backoffMs(attempts, random)));
  }
}

/** Doubles with each attempt; its upper half is random, so that requests that failed together do not return together. */
function backoffMs(attempts: number, random: () => number): number {
  const longest = FIRST_BACKOFF_MS * 2 ** (attempts - 1);
  return longest / 2 + (random() * longest) / 2;
}
