import type { Machine } from "../kit/machine";
import type { Spread } from "../kit/resize-result";

/** What a fresh process of one kind took, in the median; milliseconds of wall time. */
export interface ColdRow {
  readonly name: string;
  readonly what: string;
  readonly nodeMs: number;
  readonly importMs: number;
  readonly firstMs?: number;
  readonly peakRssMb: number;
  /** Loading over sharp's alone, and loading and first variant together over sharp's, start by start. */
  readonly importOver?: Spread;
  readonly firstOver?: Spread;
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
}
