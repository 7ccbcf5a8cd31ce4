import { seeded } from "../kit/random";
import { zipf } from "./popularity";
import { MODEL_DAYS, type Traffic, type TrafficResult } from "./traffic";

const MINUTES_A_DAY = 24 * 60;
/** How far the busiest minute of the day is above its mean, and the quietest below: a sine. */
const DAILY_SWING = 0.6;
/**
 * A cache that expects more requests than this in the time it keeps things is taken to never drop the variant: that any one
 * request finds it dropped has a chance below 1e-17.
 */
const CERTAIN = 40;

/** A simulated month, with what only a simulation tells. */
export interface SimulatedMonth extends TrafficResult {
  /** The most variants that were asked for the first time in one minute. */
  readonly peakMissesPerMinute: number;
}

/**
 * Plays a month from an empty bucket and cold caches, variant by variant and cache by cache: each pair's requests come at
 * random, one after the other (a Poisson process), so that no view needs to be remembered and a billion take no more memory
 * than one.
 *
 * A request is a miss of the CDN where its cache has not seen the variant for `cacheDays`, and a miss of the bucket where
 * nobody has ever asked for it. Time runs in shares of the month's views; as every day has the same curve, a whole number of
 * days is the same share wherever it begins.
 * @param onProgress is told the views played, a thousand times or so
 */
export function simulateMonth(traffic: Traffic, seed: number, onProgress: (views: number) => void): SimulatedMonth {
  const { images, views, caches, cacheDays, specShares } = traffic;
  const random = seeded(seed);
  const kept = cacheDays / MODEL_DAYS;
  const minutes = new MissesByMinute();
  const variantsAsked = specShares.map(() => 0);
  const cdnMisses = specShares.map(() => 0);
  const reportEvery = Math.ceil(images / 1000);
  let played = 0;

  zipf(images, traffic.zipfExponent).forEach((share, image) => {
    specShares.forEach((specShare, spec) => {
      const expected = (views * share * specShare) / caches;
      const anyAtAll = -Math.expm1(-expected);
      const stays = expected * kept > CERTAIN;
      let misses = 0;
      let firstOfAll = 1;
      for (let cache = 0; cache < caches; cache++) {
        const draw = random();
        if (draw >= anyAtAll) continue;
        let at = -Math.log1p(-draw) / expected;
        firstOfAll = Math.min(firstOfAll, at);
        misses++;
        while (!stays) {
          const gap = -Math.log1p(-random()) / expected;
          at += gap;
          if (at >= 1) break;
          if (gap >= kept) misses++;
        }
      }
      if (misses === 0) return;
      cdnMisses[spec] = (cdnMisses[spec] ?? 0) + misses;
      variantsAsked[spec] = (variantsAsked[spec] ?? 0) + 1;
      minutes.add(firstOfAll);
    });
    played += views * share;
    if (image % reportEvery === 0) onProgress(Math.round(played));
  });
  onProgress(views);
  return { variantsAsked, cdnMisses, peakMissesPerMinute: minutes.most() };
}

/** How many misses fell into each minute of the month. */
class MissesByMinute {
  readonly #ends = Float64Array.from({ length: MODEL_DAYS * MINUTES_A_DAY }, (_, minute) => shareUntil(minute + 1));
  readonly #misses = new Uint32Array(this.#ends.length);

  /** @param at when, as the share of the month's views before it */
  add(at: number): void {
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 1) > at) high = middle;
      else low = middle + 1;
    }
    this.#misses[low] = (this.#misses[low] ?? 0) + 1;
  }

  most(): number {
    return this.#misses.reduce((most, misses) => Math.max(most, misses), 0);
  }
}

/** The share of the month's views that lie before the end of a minute: the integral of 1 - swing * cos. */
function shareUntil(minute: number): number {
  const days = minute / MINUTES_A_DAY;
  return (days - (DAILY_SWING * Math.sin(2 * Math.PI * days)) / (2 * Math.PI)) / MODEL_DAYS;
}
