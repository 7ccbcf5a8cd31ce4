import { costOf, GB, lambdaGbSecond } from "../cost/prices";
import { MEMORY_PER_VCPU } from "../lib/stack";
import type { FormatsMeasured } from "./run";

/** Name of the rows of all sizes together. */
export const ALL = "all";

/** Assumptions about clients: neither measured nor configured. */
export const CLIENTS = {
  megabitsPerSecond: 10,
  /** US dollars for a second of a person's waiting: ten an hour. */
  dollarsPerSecond: 10 / 3600,
} as const;

/** Downloads of one variant over its life, in the tables. */
export const DOWNLOADS = [10, 100, 1_000, 10_000] as const;
/** Downloads at which the defaults are chosen. */
export const CHOSEN_AT = 1_000;

/**
 * Longest encoding, in multiples of the floor's, which a busy machine lengthens as well: on a quiet one the floor takes 23 ms
 * for a megapixel with 1,024 MB. The largest variant of a default stack has 4,096 by 2,731 pixels, 11 megapixels, and the
 * function has 15 seconds. A variant that is never ready is not a cheap one.
 */
const MAX_OVER_FLOOR = 45;

/**
 * Sums that differ by less than this share are alike, because one more image moves a median by as much. Of those the one with the
 * shortest wait of the first client is the best.
 */
const ALIKE = 0.04;

export interface Variant {
  readonly cpuMs: number;
  readonly bytes: number;
}

type Encoding = FormatsMeasured["encoding"];

/** Returns how long the first client waits for the encoding, milliseconds: below one vCPU it takes longer. */
export function encodingMs({ cpuMs }: Variant, { memorySize }: Encoding): number {
  return cpuMs / Math.min(1, memorySize / MEMORY_PER_VCPU);
}

/** Returns how long each client waits for the bytes, milliseconds. */
export function downloadMs({ bytes }: Pick<Variant, "bytes">): number {
  return (bytes * 8) / (CLIENTS.megabitsPerSecond * 1000);
}

/**
 * Returns the cost of a variant that is encoded once and downloaded this often, US dollars: the function's time for the
 * encoding, the first client's wait for it, the CDN's transfer, and every client's wait for the bytes.
 */
export function priceOf(variant: Variant, downloads: number, encoding: Encoding) {
  const seconds = encodingMs(variant, encoding) / 1000;
  const price = {
    encoding: costOf(lambdaGbSecond(encoding.architecture), (seconds * encoding.memorySize) / 1024),
    firstWait: seconds * CLIENTS.dollarsPerSecond,
    transfer: costOf("cloudFrontGb", (variant.bytes * downloads) / GB),
    downloading: (downloadMs(variant) / 1000) * downloads * CLIENTS.dollarsPerSecond,
  };
  return { ...price, sum: price.encoding + price.firstWait + price.transfer + price.downloading };
}

/** Returns the mean variant of an encoder over all sizes: the floor's mean bytes, by the encoder's median ratio. */
export function variantOf({ rows, floor, images, sizes }: FormatsMeasured, encoder: string): Variant | undefined {
  const row = rows.find((each) => each.encoder === encoder && each.size === ALL);
  const ofFloor = floor.find(({ size }) => size === ALL);
  if (!row || !ofFloor) return undefined;
  return { cpuMs: row.cpuMs, bytes: (ofFloor.bytes / images.length / sizes.length) * row.ratio.median };
}

/** Returns how long a first client waits for the encoding of a megapixel, milliseconds. */
export function msPerMegapixel({ encoding, floor }: FormatsMeasured, variant: Variant): number {
  return encodingMs(variant, encoding) / (floor.find(({ size }) => size === ALL)?.megapixels ?? NaN);
}

/** Returns the best encoder of a format for a number of downloads, of those that are fast enough for the largest variants. */
export function bestEncoder(result: FormatsMeasured, format: string, downloads: number): string | undefined {
  const longest = MAX_OVER_FLOOR * (result.floor.find(({ size }) => size === ALL)?.cpuMs ?? NaN);
  const candidates = result.encoders.flatMap((encoder) => {
    const variant = encoder.format === format ? variantOf(result, encoder.name) : undefined;
    if (!variant || variant.cpuMs > longest) return [];
    return [{ name: encoder.name, ...priceOf(variant, downloads, result.encoding) }];
  });
  const least = Math.min(...candidates.map(({ sum }) => sum));
  return candidates.filter(({ sum }) => sum <= least * (1 + ALIKE)).sort((a, b) => a.firstWait - b.firstWait)[0]?.name;
}
