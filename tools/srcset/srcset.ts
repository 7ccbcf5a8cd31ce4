// URLs of variants for front ends. `npm run build --workspace tools/srcset` builds it into one file without dependencies.
import { type Format, parseSpec, parseVariantKey, type Spec, variantKey } from "../../functions/variant-key";
import { allowedSizes, type Cdn, checkCdn, enumerate } from "./cdn";

export type { Format } from "../../functions/variant-key";
export type { Cdn } from "./cdn";

/** Width and height in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

export interface PictureOptions {
  /** Candidates that the browser chooses from: widths, such as `320w` and `640w`, or crops of one shape. */
  readonly sizes: readonly string[];
  /** HTML's `sizes`, the width of the image on the page: `(min-width: 800px) 50vw, 100vw`. */
  readonly layout: string;
  /** Text for users who do not see the image. */
  readonly alt: string;
  /** Formats to offer, the best first. Default: AVIF and WebP, as far as they are on the allow-list. */
  readonly formats?: readonly Format[];
  /** The original's dimensions, upright. With them no candidate is wider, and the `<img>` has its width and height. */
  readonly original?: Dimensions;
}

/** Attributes of a `<picture>`: its `<source>`s in order, then its `<img>`. */
export interface Picture {
  readonly sources: readonly { readonly type: string; readonly srcset: string; readonly sizes: string }[];
  readonly img: {
    readonly src: string;
    readonly srcset: string;
    readonly sizes: string;
    readonly alt: string;
    /** Dimensions of the variant in `src`, where they are known: the browser reserves the image's place by them. */
    readonly width?: number;
    readonly height?: number;
  };
}

/** A size of a `srcset`. */
interface Candidate {
  readonly size: string;
  /** The width in the size's name. */
  readonly width: number;
  /** The height in the name of a crop. */
  readonly height: number | undefined;
}

/** Largest difference of two crops' proportions that counts as rounding. */
const SHAPE_TOLERANCE = 0.02;

/**
 * Returns the URL of a variant: `variantUrl(cdn, "p_1/a b.jpg", "640w")` is `https://cdn.example.com/p_1/640w/a%20b.jpg`.
 * @param key The original's key as it is, not percent-encoded.
 * @param size A size, with a format after a dot if one is wanted: `640w`, `360x270.webp`.
 * @throws Error in one sentence, with what is allowed, if the stack would reject the request
 */
export function variantUrl(cdn: Cdn, key: string, size: string): string {
  const { url, allowList } = checkCdn(cdn);
  const variant = parseVariantKey(variantKey(key, specOf(cdn, size)), allowList);
  if ("refused" in variant) {
    const allowed = {
      "size-not-allowed": allowedSizes(allowList),
      "format-not-allowed": enumerate(allowList.formats),
      "malformed-key": undefined,
    }[variant.refused];
    const message =
      allowed === undefined ? variant.message : variant.message.replace(/\.$/, `: allowed are ${allowed}`);
    throw new Error(`${JSON.stringify(key)} at ${size}: ${message}`);
  }
  return `${url}/${variant.key.split("/").map(encode).join("/")}`;
}

/**
 * Returns the listed size for a width that need not be listed: the nearest larger width, or the largest where none is
 * larger. `nearestWidth(cdn, 750)` is `1280w` where `640w` and `1280w` are listed.
 * @throws Error for a width that is not above 0, and for a stack without widths
 */
export function nearestWidth(cdn: Cdn, width: number): string {
  const { allowList } = checkCdn(cdn);
  if (!(width > 0)) throw new Error(`the width ${width} is not a number of pixels above 0`);
  if (allowList.sizes === "any") return `${Math.min(Math.ceil(width), allowList.maxDimension)}w`;
  const widths = allowList.sizes.filter((size) => size.endsWith("w")).map((size) => Number.parseInt(size));
  if (widths.length === 0) throw new Error(`no width is on the allow-list: allowed are ${allowedSizes(allowList)}`);
  const wanted = Math.min(width, Math.max(...widths));
  return `${Math.min(...widths.filter((listed) => listed >= wanted))}w`;
}

/**
 * Returns a `srcset` of variants, each with its width, from which the browser chooses.
 * @param sizes Widths or crops of one shape, `640w` or `360x270`; with a format after a dot if one is wanted.
 * @param originalWidth The original's width, upright. Sizes beyond the smallest that is at least as wide are left out,
 * because variants are not enlarged.
 * @throws Error as `variantUrl` does, and for no sizes, a size without a width (`480h`), two of the same width, or crops
 * beside widths or beside crops of another shape
 */
export function srcset(cdn: Cdn, key: string, sizes: readonly string[], originalWidth = Infinity): string {
  const urls = candidates(cdn, sizes, originalWidth).map(
    ({ size, width }) => `${variantUrl(cdn, key, size)} ${Math.min(width, originalWidth)}w`,
  );
  return urls.join(", ");
}

/**
 * Returns the attributes of a `<picture>` that offers better formats first, and the original's format last.
 * `src`, for clients that do not read `srcset`, is the widest of the sizes.
 * @throws Error as `srcset` does
 */
export function picture(cdn: Cdn, key: string, options: PictureOptions): Picture {
  const { sizes, layout, alt, original } = options;
  const allowed: readonly string[] = checkCdn(cdn).allowList.formats;
  const formats = options.formats ?? (["avif", "webp"] as const).filter((format) => allowed.includes(format));
  const widest = candidates(cdn, sizes, original?.width).reduce((one, other) =>
    other.width > one.width ? other : one,
  );
  const dimensions = dimensionsOf(widest, original);
  return {
    sources: formats.map((format) => {
      const sizesOfFormat = sizes.map((size) => `${size}.${format}`);
      return { type: `image/${format}`, srcset: srcset(cdn, key, sizesOfFormat, original?.width), sizes: layout };
    }),
    img: {
      ...dimensions,
      srcset: srcset(cdn, key, sizes, original?.width),
      src: variantUrl(cdn, key, widest.size),
      sizes: layout,
      alt,
    },
  };
}

/** Checks the sizes of a `srcset`, and leaves out those that an original is too narrow for. */
function candidates(cdn: Cdn, sizes: readonly string[], originalWidth = Infinity): Candidate[] {
  if (!(originalWidth > 0)) throw new Error(`the original's width ${originalWidth} is not a number of pixels above 0`);
  const all = sizes.map((size) => {
    const { width, height } = specOf(cdn, size).size;
    if (width === undefined) throw new Error(`a srcset needs sizes with a width, and ${size} has none`);
    return { size, width, height };
  });
  const [first] = all;
  if (!first) throw new Error("a srcset needs at least one size");
  for (const [index, one] of all.entries()) {
    if (all.findIndex(({ width }) => width === one.width) < index) {
      throw new Error(`a srcset needs sizes of different widths, and two have ${one.width}`);
    }
    if (!areAlike(first, one)) {
      throw new Error(
        `a srcset needs sizes of one shape, all widths or all crops alike, and ${first.size} and ${one.size} are not`,
      );
    }
  }
  const enough = Math.min(...all.map(({ width }) => width).filter((width) => width >= originalWidth));
  return all.filter(({ width }) => width <= enough);
}

/** Returns whether two sizes show the same part of an image: all of it, or crops of one shape. */
function areAlike(one: Candidate, other: Candidate): boolean {
  if (one.height === undefined || other.height === undefined) return one.height === other.height;
  return Math.abs((one.width * other.height) / (one.height * other.width) - 1) <= SHAPE_TOLERANCE;
}

/** Returns the dimensions of a variant; none where they depend on an original that is not known. */
function dimensionsOf({ width, height }: Candidate, original?: Dimensions): Partial<Dimensions> {
  if (!original) return height === undefined ? {} : { width, height };
  if (!(original.height > 0)) {
    throw new Error(`the original's height ${original.height} is not a number of pixels above 0`);
  }
  const shown = Math.min(width, original.width);
  const proportional = Math.max(1, Math.round((shown * original.height) / original.width));
  return { width: shown, height: height === undefined ? proportional : Math.min(height, original.height) };
}

function specOf(cdn: Cdn, size: string): Spec {
  const spec = parseSpec(size);
  if (spec) return spec;
  const { allowList } = checkCdn(cdn);
  const formats = `with or without a format: ${enumerate(allowList.formats)}`;
  throw new Error(`"${size}" is not a size: allowed are ${allowedSizes(allowList)}, ${formats}`);
}

/** Encodes a segment of a path so that it is safe between quotes of HTML and of a shell, and in a srcset. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
