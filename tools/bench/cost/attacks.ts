// Usage of a month of hostile requests: the most that each kind of them can reach.
import type { Delivery } from "../../../functions/resizer/settings";
import { ASSUMPTIONS, ofApi, ofCdn, ofFunction, type StackCaps, type Usage } from "./bill";
import { SECONDS_PER_MONTH } from "./closed-form";
import { GB } from "./prices";
import type { VariantCost } from "./variants";

/** The parts of a stack that an attack can reach. */
export interface Attacked {
  readonly caps: StackCaps;
  readonly delivery: Delivery;
  readonly edge: boolean;
  /** Cost of the mean variant. */
  readonly mean: VariantCost;
  /** Number of possible variants. */
  readonly variants: number;
  /** Requests a second that reach the CDN, all month: no cap of the stack holds there. */
  readonly cdnRate: number;
}

/** Returns the usage of every kind of attack, by name. */
export function attacks(attacked: Attacked): Readonly<Record<string, Usage>> {
  const { caps, delivery, mean, variants, cdnRate, edge } = attacked;
  const requests = cdnRate * SECONDS_PER_MONTH;
  const direct = delivery === "redirect" ? repeats : strangers;
  return {
    "unlisted sizes, through the CDN": unlistedSizes(attacked),
    "variants that exist, at the API": direct(attacked),
    "originals that cannot be made, as long as the mean variant": failures(attacked, mean.billedMs),
    "the same, each until the timeout": failures(attacked, caps.timeout * 1000),
    "every possible variant, which works once": everyVariant(attacked, variants),
    "downloads of variants, through the CDN": ofCdn(requests, requests * mean.bytes, edge),
    "downloads of originals, through the CDN": ofCdn(requests, requests * ASSUMPTIONS.originalBytes, edge),
  };
}

/**
 * Usage of unlisted sizes, through the CDN, every URL a new one, redirects followed. Without the edge function each reaches
 * the bucket, and as many as the API accepts the function; with it, nothing behind it.
 */
export function unlistedSizes(attacked: Attacked): Usage {
  const { caps, edge, cdnRate } = attacked;
  const requests = cdnRate * SECONDS_PER_MONTH;
  if (edge) return ofCdn(requests, 0, true);
  const through = Math.min(cdnRate, caps.rateLimit) * SECONDS_PER_MONTH;
  return { ...ofCdn(requests, 0, false), ...answered(attacked, through, ASSUMPTIONS.rejectionMs), s3Get: requests };
}

/** Usage of variants that exist, from the API itself: a HeadObject, a GetObject that is dropped, and a redirect. */
export function repeats(attacked: Attacked): Usage {
  const requests = acceptedOf(attacked, ASSUMPTIONS.repeatMs);
  return { ...answered(attacked, requests, ASSUMPTIONS.repeatMs), s3Get: 2 * requests };
}

/** Usage of requests to the API that do not come from the CDN, with failover: the function looks at a header. */
export function strangers(attacked: Attacked): Usage {
  const requests = acceptedOf(attacked, ASSUMPTIONS.strangerMs);
  return {
    ...answered(attacked, requests, ASSUMPTIONS.strangerMs),
    dataOutGb: (requests * ASSUMPTIONS.headerBytes) / GB,
  };
}

/**
 * Usage of variants that fail each time, because their originals are too large, damaged or slow. Nothing is stored, and the CDN keeps
 * no 413 and no 422. The API's rate caps them, and the function's concurrency where they take long.
 * @param billedMs time of each; the function's timeout is the most
 */
export function failures(attacked: Attacked, billedMs: number): Usage {
  const requests = acceptedOf(attacked, billedMs);
  // Each has asked the CDN and the bucket first.
  return {
    ...ofCdn(requests, 0, attacked.edge),
    ...answered(attacked, requests, billedMs),
    s3Get: 3 * requests,
  };
}

/** Usage of all possible variants, which are stored and never made again, with a month of their storage. */
export function everyVariant(attacked: Attacked, variants: number): Usage {
  const { mean, edge } = attacked;
  const requests = Math.min(variants, acceptedOf(attacked, mean.billedMs));
  return {
    ...ofCdn(requests, requests * mean.bytes, edge),
    ...answered(attacked, requests, mean.billedMs),
    s3Get: 3 * requests,
    s3Put: requests,
    eventBridgeEvent: requests,
    s3StorageGbMonth: (requests * mean.bytes) / GB,
  };
}

/** Returns the requests of a month that API and function accept. */
function acceptedOf({ caps }: Attacked, billedMs: number): number {
  return Math.min(caps.rateLimit, (caps.concurrency * 1000) / billedMs) * SECONDS_PER_MONTH;
}

/** Returns the usage of the API and the function that answer a number of requests. */
function answered({ caps, delivery }: Attacked, requests: number, billedMs: number): Usage {
  return {
    ...ofFunction(requests, billedMs, caps, ASSUMPTIONS.hostileLogBytes),
    ...ofApi(requests),
    dataOutGb: delivery === "redirect" ? (requests * ASSUMPTIONS.headerBytes) / GB : 0,
  };
}
