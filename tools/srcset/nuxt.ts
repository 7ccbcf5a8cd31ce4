// Adapter for Nuxt Image 2: the argument of its `defineProvider`.
import type { Cdn } from "@image-resizer/srcset";
import { nearestVariantUrl } from "./nearest-variant";

/** The modifiers of Nuxt Image that a stack knows: the others are left to the page and to the stack. */
export interface Modifiers {
  readonly width?: number | undefined;
  readonly format?: string | undefined;
}

/** A provider of Nuxt Image. */
export interface NuxtProvider {
  readonly getImage: (src: string, options: { readonly modifiers: Modifiers }) => { url: string };
}

/** Returns a provider of Nuxt Image, for `defineProvider`. An image without a width has the largest listed one. */
export function nuxtProvider(cdn: Cdn): NuxtProvider {
  return {
    getImage: (src, { modifiers: { width = Infinity, format } }) => ({
      url: nearestVariantUrl(cdn, src, width, format),
    }),
  };
}
