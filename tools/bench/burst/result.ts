import type { Machine } from "../kit/machine";
import type { Spread } from "../kit/resize-result";

/** What `npm run bench:burst` writes. */
export interface BurstResult {
  readonly kind: "burst";
  readonly startedAt: string;
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
  readonly photograph: string;
  readonly spec: string;
  readonly requests: number;
  readonly rounds: number;
  /** Wall time in the median, milliseconds. */
  readonly singleMs: number;
  readonly burstMs: number;
  /** The burst over the single request, round by round. */
  readonly ratio: Spread;
  /** S3 calls of all bursts together. */
  readonly s3Calls: Readonly<Record<string, number>>;
}
