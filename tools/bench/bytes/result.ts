import type { Machine } from "../kit/machine";
import type { Spread } from "../kit/resize-result";
import type { Encoding } from "./price";

/** sharp's own JPEG at its default quality of 80, of the same pixels: what everybody is as similar as. */
export interface FloorRow {
  readonly size: string;
  /** Of a variant, in the mean. */
  readonly megapixels: number;
  /** Of all photographs together. */
  readonly bytes: number;
  /** The median over the photographs. */
  readonly ssim: number;
  readonly cpuMs: number;
}

/** An encoder at the qualities at which it is as similar to the photograph as the floor is. */
export interface EncoderRow {
  readonly encoder: string;
  readonly size: string;
  /** At how many photographs and sizes it can be as similar. */
  readonly matched: number;
  /** Bytes over the floor's, photograph by photograph. */
  readonly ratio: Spread;
  readonly quality: Spread;
  /** The mean CPU of encoding, milliseconds. */
  readonly cpuMs: number;
}

/** A format as the stack makes it, at its own quality. */
export interface StackRow {
  readonly format: string;
  readonly quality: number;
  readonly size: string;
  readonly ratio: Spread;
  /** SSIM over the floor's, photograph by photograph: below 0 is less similar. */
  readonly ssimOver: Spread;
  readonly cpuMs: number;
}

/** What `npm run bench:bytes` writes. Rows are of each size, and of `all` together. */
export interface BytesResult {
  readonly kind: "bytes";
  readonly startedAt: string;
  /** False where the run was cut short: the photographs that were complete are in it. */
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
  readonly images: readonly { readonly name: string; readonly megapixels: number; readonly bytes: number }[];
  readonly sizes: readonly string[];
  /** What the default stack encodes in. */
  readonly encoding: Encoding;
  /** What is measured: `isDefault` for those that the resizer uses at the default efforts. */
  readonly encoders: readonly { readonly name: string; readonly format: string; readonly isDefault: boolean }[];
  readonly floor: readonly FloorRow[];
  readonly rows: readonly EncoderRow[];
  readonly stack: readonly StackRow[];
}
