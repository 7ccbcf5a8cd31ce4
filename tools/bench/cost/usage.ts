// Usage of a month: by the ways to make variants, and by attacks.
import type { Delivery } from "../../../functions/resizer/settings";
import { sum } from "../lib/rounds";
import { ASSUMPTIONS, ofApi, ofCdn, ofFunction, type StackCaps, type Usage } from "./bill";
import { type MonthTraffic, SECONDS_PER_MONTH } from "./closed-form";
import { GB } from "./prices";
import { meanOf, type SpecCost, type VariantCost } from "./variants";

/** One month of one project, as far as its bill depends on it. */
export interface Month {
  readonly caps: StackCaps;
  readonly images: number;
  readonly views: number;
  readonly specs: readonly SpecCost[];
  /** True if a CloudFront Function chooses the format and rejects at the edge. */
  readonly edge: boolean;
  readonly traffic: MonthTraffic;
  /** Variants of each spec that lazy resizing made before; none in the first month. */
  readonly madeBefore: readonly number[];
}

/** Usage where a variant is made at its first request, and stored. */
export function lazy(month: Month, delivery: Delivery): Usage {
  const { caps, specs, traffic, madeBefore } = month;
  const misses = sum(traffic.variantsAsked);
  const { billedMs, apiRequests } = meanOf(specs, traffic.variantsAsked);
  const stored = traffic.variantsAsked.map((made, spec) => made + (madeBefore[spec] ?? 0));
  // With redirects there are two requests to the CDN and to the bucket; with failover one.
  const redirects = delivery === "redirect";
  return {
    ...delivered(month, redirects ? misses : 0),
    ...ofFunction(misses, billedMs, caps),
    ...ofApi(misses, redirects ? 1 : apiRequests),
    // Each miss of the CDN is a GET; a miss of the bucket is one more for the original, and with redirects another one.
    s3Get: sum(traffic.cdnMisses) + (redirects ? 2 : 1) * misses,
    s3Put: misses,
    eventBridgeEvent: misses,
    s3StorageGbMonth: (sum(stored) * meanOf(specs, stored).bytes) / GB,
    dataOutGb: redirects ? (misses * ASSUMPTIONS.headerBytes) / GB : 0,
  };
}

/** Usage where every variant of every original is made at the beginning, and later months have nothing to make. */
export function batch(month: Month): Usage {
  const { caps, images, specs, traffic, madeBefore } = month;
  const isFirst = madeBefore.length === 0;
  const all = images * specs.length;
  const made = isFirst ? all : 0;
  const { billedMs, bytes } = meanOf(specs);
  return {
    ...delivered(month),
    ...ofFunction(made, billedMs, caps),
    // A careful batch reads each original once for all its variants.
    s3Get: sum(traffic.cdnMisses) + (isFirst ? images : 0),
    s3Put: made,
    eventBridgeEvent: made,
    s3StorageGbMonth: (all * bytes) / GB,
  };
}

/** Usage where nothing is stored, and every miss of the CDN is made again. */
export function everyMiss(month: Month): Usage {
  const { caps, specs, traffic } = month;
  const misses = sum(traffic.cdnMisses);
  const { billedMs, apiRequests } = meanOf(specs, traffic.cdnMisses);
  return { ...delivered(month), ...ofFunction(misses, billedMs, caps), ...ofApi(misses, apiRequests), s3Get: misses };
}

/** Usage of the images themselves, and of requests that end in a redirect. */
function delivered({ views, edge, specs }: Month, redirects = 0): Usage {
  return ofCdn(
    views + redirects,
    views *
      meanOf(
        specs,
        specs.map(({ share }) => share),
      ).bytes,
    edge,
  );
}

/** What an attack can reach. */
export interface Attacked {
  readonly caps: StackCaps;
  readonly delivery: Delivery;
  readonly edge: boolean;
  /** Cost of the mean variant. */
  readonly mean: VariantCost;
  /** Requests a second that reach the CDN, all month: no cap of the stack holds there. */
  readonly cdnRate: number;
}

/** A reserved concurrency to compare with: enough for the misses of a busy shop (docs/benchmarks.md, "Costs"). */
const RESERVED = 20;

/** Returns the usage of every kind of attack, by name. */
export function attacks(attacked: Attacked): Readonly<Record<string, Usage>> {
  const { caps, mean } = attacked;
  const timeoutMs = caps.timeout * 1000;
  const reserved = { ...attacked, caps: { ...caps, concurrency: RESERVED } };
  return {
    "unlisted sizes, through the CDN": unlistedSizes(attacked),
    "listed sizes at the API, mean variant": listedSizes(attacked, mean.billedMs),
    "listed sizes at the API, each until the timeout": listedSizes(attacked, timeoutMs),
    [`the same, with a reserved concurrency of ${RESERVED}`]: listedSizes(reserved, timeoutMs),
    "downloads of existing images, through the CDN": downloads(attacked),
  };
}

/**
 * Usage of unlisted sizes, through the CDN, every URL a new one, redirects followed. Without the edge function each reaches
 * the bucket, and as many as the API accepts the function; with it, nothing behind it.
 */
export function unlistedSizes({ caps, delivery, edge, cdnRate }: Attacked): Usage {
  const requests = cdnRate * SECONDS_PER_MONTH;
  if (edge) return ofCdn(requests, 0, true);
  const through = Math.min(cdnRate, caps.rateLimit) * SECONDS_PER_MONTH;
  return {
    ...ofCdn(requests, 0, false),
    ...ofFunction(through, ASSUMPTIONS.rejectionMs, caps),
    ...ofApi(through),
    s3Get: requests,
    dataOutGb: delivery === "redirect" ? (through * ASSUMPTIONS.headerBytes) / GB : 0,
  };
}

/**
 * Usage of listed sizes straight from the API, which is public: each request makes a variant, even one that exists. The edge
 * function is not in the way. The API's rate caps it, and the function's concurrency if variants take long.
 * @param billedMs time of each; the function's timeout is the most
 */
export function listedSizes({ caps, delivery, mean }: Attacked, billedMs: number): Usage {
  const requests = Math.min(caps.rateLimit, (caps.concurrency * 1000) / billedMs) * SECONDS_PER_MONTH;
  // With failover the API responds with the image, and transfer to the internet has a price.
  const redirects = delivery === "redirect";
  return {
    ...ofFunction(requests, billedMs, caps),
    ...ofApi(requests, redirects ? 1 : mean.apiRequests),
    s3Get: requests,
    s3Put: requests,
    dataOutGb: (requests * (redirects ? ASSUMPTIONS.headerBytes : mean.bytes)) / GB,
  };
}

/** Usage of downloads of existing images from the CDN. */
function downloads({ mean, cdnRate, edge }: Attacked): Usage {
  const requests = cdnRate * SECONDS_PER_MONTH;
  return ofCdn(requests, requests * mean.bytes, edge);
}
