import type { Delivery } from "../../../functions/resizer/settings";
import type { Machine } from "../kit/machine";
import type { Spread } from "../kit/resize-result";

/** A delivery's stack under one kind of load, all counted rounds together. */
export interface LoadRow {
  readonly scenario: string;
  readonly contender: string;
  readonly delivery: Delivery;
  /** Requests, or viewers who follow redirects to their answer, in all. */
  readonly answers: number;
  /** Those that were not answered as expected. They are in no other number. */
  readonly errors: number;
  /** Expected answers a second, round by round. */
  readonly perSecond: Spread;
  /** Milliseconds to an expected answer; absent where there was none. */
  readonly ms?: { readonly median: number; readonly p95: number; readonly p99: number };
  /** HTTP requests an answer. */
  readonly requests: number;
  /** The share of answers that came from the CDN's cache. */
  readonly hitRatio: number;
  /** Over the floor, round by round: answers a second, and the median time. */
  readonly perSecondOver?: Spread;
  readonly msOver?: Spread;
}

/** What a lone viewer spends on a picture, with latency added to each request. */
export interface ViewRow {
  readonly what: "miss" | "hit";
  readonly contender: string;
  readonly delivery: Delivery;
  readonly views: number;
  readonly errors: number;
  readonly requests: number;
  /** Headers and bodies of a view as HTTP/1.1 sends them, in the median. */
  readonly bytes: number;
  readonly ms?: { readonly median: number; readonly p95: number };
  readonly msOver?: Spread;
}

/** What `npm run bench:load` writes. */
export interface LoadResult {
  readonly kind: "load";
  readonly startedAt: string;
  /** False where the run was cut short: the rounds that were complete are in it. */
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
  readonly photograph: string;
  readonly megapixels: number;
  /** Photographs that took no part, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly rounds: number;
  /** How long each kind of load lasts in a round. */
  readonly seconds: number;
  readonly connections: number;
  /** Added before each request of a view, milliseconds. */
  readonly latencyMs: number;
  readonly rows: readonly LoadRow[];
  readonly views: readonly ViewRow[];
}
