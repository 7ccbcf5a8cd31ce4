/** The facts that the default of `resizer.reservedConcurrency` follows from. */
interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
  /** In seconds. */
  readonly timeout: number;
}

/** Share of the timeout that a mean variant takes at the most: half a second of 20 (docs/benchmarks.md, "Costs"). */
const MEAN_SHARE = 1 / 40;
/** An account's limit of 1,000 less what Lambda keeps for functions without a reservation (developer guide, "Reserved concurrency"). */
const MOST = 900;

/**
 * Returns how many variants are under way when the API accepts as many requests as its throttle allows: a whole burst, and
 * beside it the rate for as long as a mean variant takes. Where variants take longer, more requests than that are no
 * clients but an attack, or a fault.
 */
export function defaultConcurrency({ rateLimit, burstLimit, timeout }: Throttle): number {
  return Math.min(MOST, burstLimit + Math.ceil(rateLimit * timeout * MEAN_SHARE));
}
