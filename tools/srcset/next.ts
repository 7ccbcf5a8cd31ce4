// Adapter for next/image: `ImageLoader` of Next.js.
import type { Cdn } from "@image-resizer/srcset";
import { nearestVariantUrl } from "./nearest-variant";

/**
 * Returns a `loader` of next/image. The quality is the stack's, whatever a page asks for.
 * @throws Error when it is called with an image that no URL can have, as `variantUrl` does
 */
export function nextLoader(cdn: Cdn): (props: { readonly src: string; readonly width: number }) => string {
  return ({ src, width }) => nearestVariantUrl(cdn, src, width);
}
