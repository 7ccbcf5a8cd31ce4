import { zipf } from "./popularity";
import { MODEL_DAYS, type Traffic, type TrafficResult } from "./traffic";

/**
 * The month's expected values, summed over every variant; no simulation.
 *
 * With Poisson arrivals a variant with `n` views expected is asked for at all with probability 1 - e^-n. A cache that
 * drops what nobody asked for in T misses a request if none came in the T before: with `a` requests expected per T
 * and cache that is e^-a of them, and while the first T runs, 1 - e^-a in all. As T is whole days, the time of day does not
 * matter: every window of T holds the same traffic.
 * @param after months that passed before, with the same traffic: their variants exist, and the caches are warm
 */
export function expectedTraffic(traffic: Traffic, after = 0): TrafficResult {
  const { views, caches, cacheDays } = traffic;
  const shares = zipf(traffic.images, traffic.zipfExponent);
  const windows = MODEL_DAYS / cacheDays;
  const ofSpecShare = new Map<number, { readonly asked: number; readonly missed: number }>();
  for (const specShare of new Set(traffic.specShares)) {
    let asked = 0;
    let missed = 0;
    for (const share of shares) {
      const expected = views * specShare * share;
      asked += Math.exp(-after * expected) * -Math.expm1(-expected);
      const perWindow = expected / windows / caches;
      const steady = perWindow * Math.exp(-perWindow);
      const first = after > 0 ? steady : -Math.expm1(-perWindow);
      missed += caches * (first + (windows - 1) * steady);
    }
    ofSpecShare.set(specShare, { asked, missed });
  }
  return {
    variantsAsked: traffic.specShares.map((share) => ofSpecShare.get(share)?.asked ?? 0),
    cdnMisses: traffic.specShares.map((share) => ofSpecShare.get(share)?.missed ?? 0),
  };
}
