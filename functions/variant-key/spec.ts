import { type Format, isFormat } from "./format";

/** A size in pixels; at least one side is given. */
export interface Size {
  /** The size as written: `360x270`, `640w`, `480h`. */
  readonly text: string;
  readonly width?: number;
  readonly height?: number;
}

/** The segment of a variant key before the file: a size and, maybe, a format. */
export interface Spec {
  readonly size: Size;
  readonly format?: Format;
}

/** Sizes in pixels, as they are written: no leading zeros. */
export const SIZE = /^(?:([1-9][0-9]*)x([1-9][0-9]*)|([1-9][0-9]*)w|([1-9][0-9]*)h)$/;

/** Reads `W"x"H`, `W"w"` or `H"h"`: integers without leading zeros. Undefined for anything else. */
export function parseSize(text: string): Size | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  if (match[1] && match[2]) return { text, width: Number(match[1]), height: Number(match[2]) };
  return match[3] ? { text, width: Number(match[3]) } : { text, height: Number(match[4]) };
}

/** Returns whether no side of the size is longer than `maxDimension` pixels. */
export function fitsWithin(size: Size, maxDimension: number): boolean {
  return (size.width ?? 1) <= maxDimension && (size.height ?? 1) <= maxDimension;
}

/** Reads `size ["." format]`. Undefined for anything else. */
export function parseSpec(segment: string): Spec | undefined {
  const dot = segment.indexOf(".");
  const size = parseSize(dot < 0 ? segment : segment.slice(0, dot));
  if (!size) return undefined;
  if (dot < 0) return { size };
  const format = segment.slice(dot + 1);
  return isFormat(format) ? { size, format } : undefined;
}

/** Returns the segment that `parseSpec` reads as this spec. */
export function formatSpec(spec: Spec): string {
  return spec.format ? `${spec.size.text}.${spec.format}` : spec.size.text;
}
