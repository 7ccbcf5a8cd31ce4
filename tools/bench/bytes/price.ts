import { costOf } from "../cost/prices";
import { GB, MEMORY_PER_VCPU } from "../cost/miss";

/** What is neither measured nor configured in what an encoder's choice costs. */
export const WAITING = {
  /** How fast a viewer's connection is, megabits a second. */
  megabitsPerSecond: 10,
  /** What a second of a person's waiting is worth, US dollars: ten an hour. */
  dollarsPerSecond: 10 / 3600,
} as const;

/** Downloads of one variant, over its life, that the tables are of. */
export const DOWNLOADS = [10, 100, 1_000, 10_000] as const;
/** The number that the defaults are chosen at. */
export const CHOSEN_AT = 1_000;

/**
 * The most that encoding may take, milliseconds for a megapixel: the largest variant that a stack makes unless told otherwise
 * has 4,096 by 2,731 pixels, 11 megapixels, and the function 15 seconds. A variant that is never ready is no cheap one.
 */
export const MOST_MS_A_MEGAPIXEL = 1_000;

/** What encoding takes, and what comes out. */
export interface Variant {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** The function that encodes: its memory in MB. */
export interface Encoding {
  readonly memorySize: number;
  readonly architecture: "arm64" | "x86_64";
}

/** What one variant costs over its life, US dollars, item by item. */
export interface Price {
  /** The function's time for encoding it, once. */
  readonly making: number;
  /** The first viewer's wait for that. */
  readonly firstWait: number;
  /** The CDN's transfer of all downloads. */
  readonly transfer: number;
  /** The wait of all viewers for the bytes. */
  readonly downloading: number;
  readonly sum: number;
}

/** How long the first viewer waits for the encoding, milliseconds: a function with less than one vCPU takes longer. */
export function encodingMs({ cpuMs }: Variant, { memorySize }: Encoding): number {
  return cpuMs / Math.min(1, memorySize / MEMORY_PER_VCPU);
}

/** How long each viewer waits for the bytes, milliseconds. */
export function downloadMs({ bytes }: Pick<Variant, "bytes">): number {
  return (bytes * 8) / (WAITING.megabitsPerSecond * 1000);
}

/** What a variant costs that is made once and downloaded so often. */
export function priceOf(variant: Variant, downloads: number, encoding: Encoding): Price {
  const seconds = encodingMs(variant, encoding) / 1000;
  const gbSeconds = (seconds * encoding.memorySize) / 1024;
  const making = costOf(encoding.architecture === "arm64" ? "lambdaArmGbSecond" : "lambdaX86GbSecond", gbSeconds);
  const firstWait = seconds * WAITING.dollarsPerSecond;
  const transfer = costOf("cloudFrontGb", (variant.bytes * downloads) / GB);
  const downloading = (downloadMs(variant) / 1000) * downloads * WAITING.dollarsPerSecond;
  return { making, firstWait, transfer, downloading, sum: making + firstWait + transfer + downloading };
}
