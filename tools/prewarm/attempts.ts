import type { Answer, Failed, Given } from "./ask";
import type { Pace, Time } from "./pace";

/** What became of a variant for good. */
export type Outcome = Given | GivenUp;

export interface GivenUp extends Pick<Failed, "kind" | "status" | "reason"> {
  /** How often it was asked for. */
  readonly attempts: number;
}

export interface Attempts {
  readonly pace: Pace;
  readonly time: Time;
  /** A run that is being stopped begins no further attempt. */
  readonly stop: AbortSignal;
  /** From 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

export const MAX_ATTEMPTS = 5;
const FIRST_BACKOFF_MS = 1000;
/** The longest that the stack's own word is taken for. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Asks until there is an outcome, `MAX_ATTEMPTS` times at the most; undefined where the run was stopped before. */
export async function askUntilDone(
  once: () => Promise<Answer>,
  { pace, time, stop, random = Math.random }: Attempts,
): Promise<Outcome | undefined> {
  for (let attempts = 1; ; attempts++) {
    await pace.turn();
    if (stop.aborted) return undefined;
    const answer = await once();
    if (answer.kind !== "refused" && answer.kind !== "failed") {
      pace.speedUp();
      return answer;
    }
    const { status, reason } = answer;
    const retryAfterMs = answer.kind === "failed" ? Math.min(answer.retryAfterMs, MAX_RETRY_AFTER_MS) : 0;
    if (answer.kind === "failed" && answer.busy) pace.slowDown(retryAfterMs);
    if (answer.kind === "refused" || attempts === MAX_ATTEMPTS) return { kind: "failed", status, reason, attempts };
    await time.wait(Math.max(retryAfterMs, backoffMs(attempts, random)));
  }
}

/** Twice as long after each attempt, the upper half of it by chance: those who failed together do not return together. */
function backoffMs(attempts: number, random: () => number): number {
  const longest = FIRST_BACKOFF_MS * 2 ** (attempts - 1);
  return longest / 2 + (random() * longest) / 2;
}
