// Adapter for unpic: `TransformerFunction`, which the components of unpic-img accept as `transformer`.
import type { Cdn } from "@image-resizer/srcset";
import { nearestVariantUrl } from "./nearest-variant";

/** The operations of unpic that a stack knows: the others are left to the page and to the stack. */
export interface Operations {
  readonly width?: number | string | undefined;
  readonly format?: string | undefined;
}

/** Returns a transformer of unpic. An image without a width has the largest listed one. */
export function unpicTransformer(cdn: Cdn): (src: string | URL, operations: Operations) => string {
  return (src, { width = Infinity, format }) => nearestVariantUrl(cdn, src, Number(width), format);
}
