import type { Machine } from "./machine";

/** A median, with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One contender at one spec, over all photographs and counted passes. */
export interface ResizeRow {
  readonly contender: string;
  readonly spec: string;
  /** Milliseconds a variant. */
  readonly wallMs: { readonly median: number; readonly p95: number };
  readonly cpuMs: { readonly median: number; readonly p95: number };
  /** Of all photographs together, once. */
  readonly bytes: number;
  /** The median over the photographs, against a lossless reference; absent for what makes other pixels. */
  readonly ssim?: number;
  /** S3 calls a variant. */
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** A contender's time over another's, pass by pass, photographs and specs together. */
export interface PairedRatio {
  readonly contender: string;
  readonly against: string;
  readonly spec: string;
  readonly wall: Spread;
  readonly cpu: Spread;
  readonly bytes: number;
}

/** What `npm run bench` writes. */
export interface ResizeResult {
  readonly kind: "resize";
  readonly startedAt: string;
  /** False where the run was cut short: the passes that were complete are in it. */
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
  readonly images: readonly { readonly name: string; readonly megapixels: number; readonly bytes: number }[];
  readonly specs: readonly string[];
  readonly passes: number;
  readonly contenders: readonly { readonly name: string; readonly what: string; readonly peakRssMb: number }[];
  /** Who took no part, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly rows: readonly ResizeRow[];
  readonly ratios: readonly PairedRatio[];
}
