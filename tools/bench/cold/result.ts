import type { Machine } from "../kit/machine";
import type { Part } from "./measure";
import type { Spread } from "../kit/resize-result";

/** What a fresh process of one kind took, in the median; milliseconds of wall time. */
export interface ColdRow {
  readonly name: string;
  readonly what: string;
  readonly nodeMs: number;
  readonly importMs: number;
  readonly firstMs?: number;
  /** CPU time of the whole process, all threads. */
  readonly cpuMs: number;
  readonly peakRssMb: number;
  /** Loading over sharp's alone, and loading and first variant together over sharp's, start by start. */
  readonly importOver?: Spread;
  readonly firstOver?: Spread;
  /** The same from the start of the process, Node itself included, and in CPU time. */
  readonly startOver?: Spread;
  readonly cpuOver?: Spread;
}

/** What `npm run bench:cold` writes. */
export interface ColdResult {
  readonly kind: "cold";
  readonly startedAt: string;
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
  /** The photograph and the size of the first variant. */
  readonly photograph: string;
  readonly spec: string;
  /** Fresh processes of each kind. */
  readonly starts: number;
  readonly rows: readonly ColdRow[];
  /** What the handler's first variant is made of, each part in the median. */
  readonly parts: readonly Part[];
}
