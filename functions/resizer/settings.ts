import { boolean, type Environment, formats, integer, nonEmpty, oneOf, readEnvironment, sizes } from "../environment";
import type { AllowList, Format } from "../variant-key";
import type { MetricsPlace } from "./metrics";

/** How an image is fitted into a `WxH` size: sharp's `fit`. */
export const FITS = ["cover", "contain", "fill", "inside", "outside"] as const;
export type Fit = (typeof FITS)[number];

/** Which part is kept when an image is cropped: sharp's positions, gravities and strategies. */
export const POSITIONS = [
  "centre",
  "top",
  "right top",
  "right",
  "right bottom",
  "bottom",
  "left bottom",
  "left",
  "left top",
  "entropy",
  "attention",
] as const;
export type Position = (typeof POSITIONS)[number];

/** How viewers get a variant: sent to the function and back on a miss, or from CloudFront's second origin. */
export const DELIVERIES = ["redirect", "failover"] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** What the function answers a miss with: a redirect to the CDN, an origin without a trailing slash; or the variant. */
export type MissAnswer = { readonly delivery: "redirect"; readonly cdnUrl: string } | { readonly delivery: "failover" };

/** Everything that the resizer is told by its environment. */
export interface Settings {
  readonly bucket: string;
  readonly missAnswer: MissAnswer;
  readonly allowList: AllowList;
  /** 1 to 100; PNG is lossless and has none. */
  readonly quality: Readonly<Record<Exclude<Format, "png">, number>>;
  /** How hard the encoder tries, for time: 0 to 6 for WebP, 0 to 9 for AVIF. sharp gives JPEG and PNG none. */
  readonly effort: Readonly<Record<"webp" | "avif", number>>;
  readonly fit: Fit;
  readonly position: Position;
  /** The largest original that is read, in bytes, and decoded, in pixels. */
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
  /** The `Cache-Control` of every variant. */
  readonly cacheControl: string;
  /** Whether variants are tagged, so that the bucket's lifecycle rule expires them. */
  readonly expireVariants: boolean;
  /** Where the stack's metrics go; absent where it is not monitored. */
  readonly metrics?: MetricsPlace;
}

/**
 * Reads the settings from the function's environment.
 * @throws Error that names every variable that is missing or wrong, its value, and what is allowed.
 */
export function readSettings(environment: Environment): Settings {
  return readEnvironment("The resizer's", environment, (read) => ({
    bucket: read("BUCKET", "the name of a bucket", nonEmpty),
    missAnswer:
      read("DELIVERY", `one of ${DELIVERIES.join(", ")}`, oneOf(DELIVERIES)) === "failover"
        ? { delivery: "failover" }
        : { delivery: "redirect", cdnUrl: read("CDN_URL", "an http(s) origin without a path", origin) },
    allowList: {
      sizes: read("ALLOW_UNLISTED_SIZES", "true or false", boolean)
        ? "any"
        : read("ALLOWED_SIZES", "sizes such as 360x270,640w,480h", sizes),
      formats: read("ALLOWED_FORMATS", "none or some of jpeg,png,webp,avif", formats),
      maxDimension: read("MAX_DIMENSION", "an integer above 0", integer(1)),
    },
    quality: {
      jpeg: read("JPEG_QUALITY", "an integer from 1 to 100", integer(1, 100)),
      webp: read("WEBP_QUALITY", "an integer from 1 to 100", integer(1, 100)),
      avif: read("AVIF_QUALITY", "an integer from 1 to 100", integer(1, 100)),
    },
    effort: {
      webp: read("WEBP_EFFORT", "an integer from 0 to 6", integer(0, 6)),
      avif: read("AVIF_EFFORT", "an integer from 0 to 9", integer(0, 9)),
    },
    fit: read("FIT", `one of ${FITS.join(", ")}`, oneOf(FITS)),
    position: read("POSITION", `one of ${POSITIONS.join(", ")}`, oneOf(POSITIONS)),
    maxInputBytes: read("MAX_INPUT_BYTES", "an integer above 0", integer(1)),
    maxInputPixels: read("MAX_INPUT_PIXELS", "an integer above 0", integer(1)),
    cacheControl: read("CACHE_CONTROL", "a Cache-Control header", nonEmpty),
    expireVariants: read("EXPIRE_VARIANTS", "true or false", boolean),
    ...(environment.METRICS_NAMESPACE === undefined
      ? {}
      : {
          metrics: {
            namespace: read("METRICS_NAMESPACE", "a namespace of CloudWatch's, none of AWS's own", namespace),
            stack: read("METRICS_STACK", "the name of a stack", nonEmpty),
          },
        }),
  }));
}

/** CloudWatch user guide, "Namespaces". */
function namespace(text: string): string | undefined {
  return /^(?!AWS\/)[A-Za-z0-9._\-/#:]{1,255}$/.test(text) ? text : undefined;
}

function origin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.origin === text && /^https?:$/.test(url.protocol) ? text : undefined;
}
