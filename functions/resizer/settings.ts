import type { AllowList, Format } from "../variant-key";
import type { MetricsPlace } from "../shared/embedded-metrics";

/** Environment variables of a function. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Fits of an image in a `WxH` size: sharp's `fit`. */
export const FITS = ["cover", "contain", "fill", "inside", "outside"] as const;
export type Fit = (typeof FITS)[number];

/** Parts that are kept when an image is cropped: sharp's positions, gravities and strategies. */
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

/** Path of a miss: clients are sent to the function and back, or CloudFront asks its second origin. */
export const DELIVERIES = ["redirect", "failover"] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** Settings of the resizer, checked by the program that deploys it. */
export interface Settings {
  readonly bucket: string;
  /** Origin that clients are redirected to, without a trailing slash. */
  readonly cdnUrl: string;
  /** SHA-256 of each key with which the CDN may ask, in hexadecimal; absent where only clients ask. */
  readonly callerHashes?: readonly string[];
  readonly allowList: AllowList;
  /** 1 to 100; PNG is lossless and has none. */
  readonly quality: Readonly<Record<Exclude<Format, "png">, number>>;
  /** CPU time for fewer bytes: 0 to 6 for WebP, 0 to 9 for AVIF. sharp has none for JPEG and PNG. */
  readonly effort: Readonly<Record<"webp" | "avif", number>>;
  readonly fit: Fit;
  readonly position: Position;
  /** Largest original that is read, in bytes. */
  readonly maxInputBytes: number;
  /** Largest original that is decoded, in pixels. */
  readonly maxInputPixels: number;
  /** True if HEIC originals are read; absent where they are not, and their decoder is not deployed. */
  readonly heic?: true;
  /** `Cache-Control` of every variant. */
  readonly cacheControl: string;
  /** True if variants are tagged, so that the bucket's lifecycle rule expires them. */
  readonly expireVariants: boolean;
  /** Absent where the stack is not monitored. */
  readonly metrics?: MetricsPlace;
}

/** The variable `SETTINGS`. The others are variables of their own: a preview does not know them, and knows all of the rest. */
export type SettingsVariable = Omit<Settings, "cdnUrl" | "callerHashes">;

/** Reads the settings from the function's environment. */
export function readSettings({ SETTINGS = "", CDN_URL = "", CALLER_HASHES }: Environment): Settings {
  return {
    ...(JSON.parse(SETTINGS) as SettingsVariable),
    cdnUrl: CDN_URL,
    ...(CALLER_HASHES === undefined ? {} : { callerHashes: CALLER_HASHES.split(",") }),
  };
}
