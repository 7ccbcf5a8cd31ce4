import type { Format } from "./format";
import { fitsWithin, type Spec } from "./spec";

/** Sizes and formats that a stack creates. */
export interface AllowList {
  /** Listed sizes, or `any` where the stack allows unlisted ones. */
  readonly sizes: readonly string[] | "any";
  /** Sizes that were listed once: nothing is created of them, or from what was. */
  readonly retiredSizes?: readonly string[];
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

/** Returns whether the stack creates this spec, or did once: what is stored under it is a variant. In any format: they change. */
export function isOfVariants(allowList: AllowList, spec: Spec): boolean {
  return allowsSize(allowList, spec) || (allowList.retiredSizes ?? []).includes(spec.size.text);
}

/** Returns the allow-list of what is stored rather than of what is created: sizes that were listed once are among its sizes. */
export function ofStored(allowList: AllowList): AllowList {
  if (allowList.sizes === "any") return allowList;
  return { ...allowList, sizes: allowList.sizes.concat(allowList.retiredSizes ?? []) };
}

/** Returns every spec of a stack that lists its sizes: each size alone and with each format. None for any size. */
export function listSpecs(allowList: Pick<AllowList, "sizes" | "formats">): string[] {
  const sizes = allowList.sizes === "any" ? [] : allowList.sizes;
  return sizes.flatMap((size) => [size].concat(allowList.formats.map((format) => `${size}.${format}`)));
}
