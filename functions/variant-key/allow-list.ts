import type { Format } from "./format";
import { fitsWithin, type Spec } from "./spec";

/** Sizes and formats that a stack creates. */
export interface AllowList {
  /** Listed sizes, or `any` where the stack allows unlisted ones. */
  readonly sizes: readonly string[] | "any";
  /** Formats that a key may name; without a format a variant keeps the original's. */
  readonly formats: readonly Format[];
  /** Longest side of any size, in pixels. */
  readonly maxDimension: number;
}

export function allowsSize(allowList: AllowList, spec: Spec): boolean {
  if (!fitsWithin(spec.size, allowList.maxDimension)) return false;
  return allowList.sizes === "any" || allowList.sizes.includes(spec.size.text);
}

export function allowsFormat(allowList: AllowList, spec: Spec): boolean {
  return spec.format === undefined || allowList.formats.includes(spec.format);
}

/** Returns whether the stack creates this spec, so that a segment which reads like it is one "of the stack". */
export function allows(allowList: AllowList, spec: Spec): boolean {
  return allowsSize(allowList, spec) && allowsFormat(allowList, spec);
}

/** Returns every spec of a stack that lists its sizes: each size alone and with each format. None for any size. */
export function listSpecs(allowList: Pick<AllowList, "sizes" | "formats">): string[] {
  const sizes = allowList.sizes === "any" ? [] : allowList.sizes;
  return sizes.flatMap((size) => [size].concat(allowList.formats.map((format) => `${size}.${format}`)));
}
