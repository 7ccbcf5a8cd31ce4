// URLs of variants for front ends. `npm run build --workspace tools/srcset` builds it into one file without dependencies.
import {
  type AllowList,
  type Format,
  FORMATS,
  parseSpec,
  parseVariantKey,
  type Spec,
  variantKey,
} from "../../functions/variant-key";

export type { AllowList, Format } from "../../functions/variant-key";

/** CDN and allow-list of a stack: `{ url: cdnUrl, ...allowList }` of its outputs. */
export interface Cdn extends AllowList {
  /** `https://cdn.example.com`, with or without a slash at the end. */
  readonly url: string;
}

export interface PictureOptions {
  /** Sizes that have a width, such as `320w` and `640w`: the candidates that the browser chooses from. */
  readonly sizes: readonly string[];
  /** HTML's `sizes`, the width of the image on the page: `(min-width: 800px) 50vw, 100vw`. */
  readonly layout: string;
  /** Text for users who do not see the image. */
  readonly alt: string;
  /** Formats to offer, the best first. Default: AVIF and WebP, as far as they are on the allow-list. */
  readonly formats?: readonly Format[];
}

/** Attributes of a `<picture>`: its `<source>`s in order, then its `<img>`. */
export interface Picture {
  readonly sources: readonly { readonly type: string; readonly srcset: string; readonly sizes: string }[];
  readonly img: { readonly src: string; readonly srcset: string; readonly sizes: string; readonly alt: string };
}

/** Longest side that every format can have. */
const MAX_DIMENSION = 16_383;

/**
 * Returns the URL of a variant: `variantUrl(cdn, "p_1/a b.jpg", "640w")` is `https://cdn.example.com/p_1/640w/a%20b.jpg`.
 * @param cdn The stack, or only its URL: then every size and format is allowed, and a key with a size in its folders is not.
 * @param key The original's key as it is, not percent-encoded.
 * @param size A size, with a format after a dot if one is wanted: `640w`, `360x270.webp`.
 * @throws Error in one sentence if the stack would reject the request
 */
export function variantUrl(cdn: string | Cdn, key: string, size: string): string {
  const stack =
    typeof cdn === "string" ? { url: cdn, sizes: "any" as const, formats: FORMATS, maxDimension: MAX_DIMENSION } : cdn;
  const variant = parseVariantKey(variantKey(key, specOf(size)), stack);
  if ("refused" in variant) throw new Error(`${JSON.stringify(key)} at ${size}: ${variant.message}`);
  return `${stack.url.replace(/\/+$/, "")}/${variant.key.split("/").map(encode).join("/")}`;
}

/**
 * Returns a `srcset` of variants, each with its width, from which the browser chooses.
 * @param sizes Sizes that have a width, `640w` or `360x270`; with a format after a dot if one is wanted.
 * @throws Error as `variantUrl` does, and for no sizes, a size without a width (`480h`), or two of the same width
 */
export function srcset(cdn: string | Cdn, key: string, sizes: readonly string[]): string {
  if (sizes.length === 0) throw new Error("a srcset needs at least one size");
  const urls = new Map<number, string>();
  for (const size of sizes) {
    const { width } = specOf(size).size;
    if (width === undefined) throw new Error(`a srcset needs sizes with a width, and ${size} has none`);
    if (urls.has(width)) throw new Error(`a srcset needs sizes of different widths, and two have ${width}`);
    urls.set(width, variantUrl(cdn, key, size));
  }
  return [...urls].map(([width, url]) => `${url} ${width}w`).join(", ");
}

/**
 * Returns the attributes of a `<picture>` that offers better formats first, and the original's format last.
 * `src`, for clients that do not read `srcset`, is the widest of the sizes.
 * @throws Error as `srcset` does
 */
export function picture(cdn: string | Cdn, key: string, options: PictureOptions): Picture {
  const { sizes, layout, alt } = options;
  const allowed = typeof cdn === "string" ? [] : cdn.formats;
  const formats = options.formats ?? (["avif", "webp"] as const).filter((format) => allowed.includes(format));
  const [widest = ""] = [...sizes].sort(
    (one, other) => (specOf(other).size.width ?? 0) - (specOf(one).size.width ?? 0),
  );
  return {
    sources: formats.map((format) => {
      const sizesOfFormat = sizes.map((size) => `${size}.${format}`);
      return { type: `image/${format}`, srcset: srcset(cdn, key, sizesOfFormat), sizes: layout };
    }),
    img: { srcset: srcset(cdn, key, sizes), src: variantUrl(cdn, key, widest), sizes: layout, alt },
  };
}

function specOf(size: string): Spec {
  const spec = parseSpec(size);
  if (!spec) throw new Error(`"${size}" is not a size: allowed are WxH, Ww and Hh, such as 360x270, 640w and 480h`);
  return spec;
}

/** Encodes a segment of a path so that it is safe between quotes of HTML and of a shell, and in a srcset. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
