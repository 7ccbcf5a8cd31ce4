import { seeded } from "../kit/random";
import { AliasSampler, zipf } from "./popularity";
import { MODEL_DAYS, type Traffic, type TrafficResult } from "./traffic";

const MINUTES_A_DAY = 24 * 60;
/** How far the busiest minute of the day is above its mean, and the quietest below: a sine. */
const DAILY_SWING = 0.6;

/** A simulated month, with what only a simulation tells. */
export interface SimulatedMonth extends TrafficResult {
  /** The most variants that were asked for the first time in one minute. */
  readonly peakMissesPerMinute: number;
}

/**
 * Plays a month view by view, from an empty bucket and cold caches: whose picture, which spec, which cache.
 *
 * A view is a miss of the CDN where its cache has not seen the variant for `cacheDays`, and a miss of the bucket where
 * nobody has ever asked for it.
 * @param onProgress is told the views played, a thousand times or so
 */
export function simulateMonth(traffic: Traffic, seed: number, onProgress: (views: number) => void): SimulatedMonth {
  const { images, views, caches, cacheDays } = traffic;
  const random = seeded(seed);
  const originals = new AliasSampler(zipf(images, traffic.zipfExponent));
  const specs = new AliasSampler(traffic.specShares);
  const specCount = traffic.specShares.length;
  // The minute, counted from 1, of each cache's last request of each variant; 0 for never. 30 days are 43,200 minutes.
  const lastMinute = new Uint16Array(images * specCount * caches);
  const made = new Uint8Array(images * specCount);
  const retention = cacheDays * MINUTES_A_DAY;
  const minutes = MODEL_DAYS * MINUTES_A_DAY;
  const variantsAsked = traffic.specShares.map(() => 0);
  const cdnMisses = traffic.specShares.map(() => 0);
  let peakMissesPerMinute = 0;

  let played = 0;
  for (let minute = 1; minute <= minutes; minute++) {
    const until = minute === minutes ? views : Math.round(views * shareUntil(minute));
    let misses = 0;
    for (; played < until; played++) {
      const spec = specs.draw(random);
      const variant = originals.draw(random) * specCount + spec;
      const at = variant * caches + Math.floor(random() * caches);
      const last = lastMinute[at] ?? 0;
      if (last === 0 || minute - last >= retention) cdnMisses[spec] = (cdnMisses[spec] ?? 0) + 1;
      lastMinute[at] = minute;
      if (made[variant] === 0) {
        made[variant] = 1;
        variantsAsked[spec] = (variantsAsked[spec] ?? 0) + 1;
        misses++;
      }
    }
    peakMissesPerMinute = Math.max(peakMissesPerMinute, misses);
    if (minute % 43 === 0) onProgress(played);
  }
  onProgress(played);
  return { variantsAsked, cdnMisses, peakMissesPerMinute };
}

/** The share of the month's views that lie before the end of a minute: the integral of 1 - swing * cos. */
function shareUntil(minute: number): number {
  const days = minute / MINUTES_A_DAY;
  return (days - (DAILY_SWING * Math.sin(2 * Math.PI * days)) / (2 * Math.PI)) / MODEL_DAYS;
}
