/** AWS's month: 730 hours. */
export const SECONDS_A_MONTH = 730 * 3600;

/** How viewers ask for variants in a month. */
export interface Traffic {
  readonly images: number;
  /** Requests of pictures in the month. */
  readonly views: number;
  /** The share of the views that each spec has: sizes, and formats of them. They add up to 1. */
  readonly specShares: readonly number[];
  /** Zipf's exponent of the originals' popularity. */
  readonly zipfExponent: number;
  /** How many caches of the CDN the viewers are spread over: each keeps pictures of its own. */
  readonly caches: number;
  /** Days without a request after which a cache has dropped a picture. Whole days. */
  readonly cacheDays: number;
}

/** Days that a month of the model has. */
export const MODEL_DAYS = 30;

/** What became of a month's views, spec by spec. */
export interface TrafficResult {
  /** Variants that were asked for at all: those that lazy resizing makes. */
  readonly variantsAsked: readonly number[];
  /** Views that a cache of the CDN had not: they go on to the bucket. */
  readonly cdnMisses: readonly number[];
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
