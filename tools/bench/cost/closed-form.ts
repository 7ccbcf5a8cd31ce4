import { sum } from "../lib/rounds";

/** AWS's month: 730 hours. */
export const SECONDS_PER_MONTH = 730 * 3600;
/** Days of a month of the model. */
export const MODEL_DAYS = 30;
const MINUTES_PER_DAY = 24 * 60;
/** Busiest minute of a day over its mean, and the quietest below: a sine, with the quietest at midnight. */
const DAILY_SWING = 0.6;

/** Requests of variants in a month. */
export interface Traffic {
  readonly images: number;
  readonly views: number;
  /** Share of the views of each spec: sizes, and formats of them. They add up to 1. */
  readonly specShares: readonly number[];
  /** Zipf's exponent of the originals' popularity. */
  readonly zipfExponent: number;
  /** Caches of the CDN over which the clients are spread. */
  readonly caches: number;
  /** Days without a request after which a cache has dropped a variant. Whole days. */
  readonly cacheDays: number;
}

/** Result of a month's views, spec by spec. */
export interface MonthTraffic {
  /** Variants with at least one view: those that lazy resizing makes. */
  readonly variantsAsked: readonly number[];
  /** Views without a hit in the CDN: they reach the bucket. */
  readonly cdnMisses: readonly number[];
}

/** Originals of nearly the same popularity. */
interface Group {
  readonly count: number;
  /** Of the views, of each of them: their mean. */
  readonly share: number;
}

/** Ratio of the first and the last rank of a group. The sums below are those of single originals to a millionth. */
const GROUP_RATIO = 1.005;

/**
 * Returns Zipf's law: the r-th most popular of `count` has a share in proportion to r^-exponent. Shares add up to 1.
 *
 * Requests of web pages and images follow it with exponents of 0.64 to 0.83 (Breslau et al., "Web caching and Zipf-like
 * distributions", INFOCOM 1999).
 */
export function zipf(count: number, exponent: number): readonly Group[] {
  const groups: { count: number; weight: number }[] = [];
  let all = 0;
  for (let first = 1; first <= count;) {
    const next = Math.min(count + 1, Math.floor(first * GROUP_RATIO) + 1);
    let weight = 0;
    for (let rank = first; rank < next; rank++) weight += rank ** -exponent;
    groups.push({ count: next - first, weight });
    all += weight;
    first = next;
  }
  return groups.map((group) => ({ count: group.count, share: group.weight / group.count / all }));
}

/**
 * Returns the month's expected values, summed over every variant.
 *
 * With Poisson arrivals a variant with `n` views expected has a view at all with probability 1 - e^-n. A cache that drops
 * what no client requested in T misses a request if none came in the T before: with `a` requests expected per T and cache that
 * is e^-a of them, and while the first T runs, 1 - e^-a in all. As T is whole days, the time of day does not matter: every
 * window of T has the same traffic.
 * @param after months that passed before, with the same traffic: their variants exist, and the caches are warm
 */
export function expectedTraffic(traffic: Traffic, after = 0): MonthTraffic {
  const { views, caches, cacheDays } = traffic;
  const groups = zipf(traffic.images, traffic.zipfExponent);
  const windows = MODEL_DAYS / cacheDays;
  const bySpec = traffic.specShares.map((specShare) => {
    let [asked, missed] = [0, 0];
    for (const { count, share } of groups) {
      const expected = views * specShare * share;
      asked += count * Math.exp(-after * expected) * -Math.expm1(-expected);
      const perWindow = expected / windows / caches;
      const steady = perWindow * Math.exp(-perWindow);
      const first = after > 0 ? steady : -Math.expm1(-perWindow);
      missed += count * caches * (first + (windows - 1) * steady);
    }
    return { asked, missed };
  });
  return { variantsAsked: bySpec.map(({ asked }) => asked), cdnMisses: bySpec.map(({ missed }) => missed) };
}

/**
 * Returns the misses in the busiest minute of a first month, a number that 99.9 % of such minutes stay below.
 *
 * Variants that exist after some of the views are 1 - e^-n of each, with the views until then; a minute's misses are the
 * difference from its begin to its end. The busiest one is between midnight and noon of the first day: later there are
 * fewer requests, or fewer variants are missing. Looked at are the first minute and one in each hour.
 */
export function peakMissesPerMinute({ images, views, specShares, zipfExponent }: Traffic): number {
  const groups = zipf(images, zipfExponent);
  const madeUntil = (minute: number) => {
    const expected = views * shareUntil(minute);
    const ofSpec = (specShare: number) =>
      sum(groups.map(({ count, share }) => -count * Math.expm1(-expected * specShare * share)));
    return sum(specShares.map(ofSpec));
  };
  const hours = Array.from({ length: 13 }, (_, hour) => hour * 60);
  return quantileOfPoisson(Math.max(...hours.map((minute) => madeUntil(minute + 1) - madeUntil(minute))));
}

/** Returns what a Poisson number with this mean stays below in 99.9 % of cases, by the normal approximation. */
export function quantileOfPoisson(mean: number): number {
  return Math.ceil(mean + 3.09 * Math.sqrt(mean));
}

/** Returns the share of the month's views before the end of a minute: the integral of 1 - swing * cos. */
function shareUntil(minute: number): number {
  const days = minute / MINUTES_PER_DAY;
  return (days - (DAILY_SWING * Math.sin(2 * Math.PI * days)) / (2 * Math.PI)) / MODEL_DAYS;
}
