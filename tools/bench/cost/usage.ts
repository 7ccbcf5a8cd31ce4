// Usage of a month, by the ways to make variants.
import type { Delivery } from "../../../functions/resizer/settings";
import { sum } from "../lib/rounds";
import { ASSUMPTIONS, ofApi, ofCdn, ofFunction, type StackCaps, type Usage } from "./bill";
import type { MonthTraffic } from "./closed-form";
import { GB } from "./prices";
import { meanOf, type SpecCost } from "./variants";

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
    // Each miss of the CDN is a GET; a miss of the bucket is a GET of the original and a HEAD of the variant, which has the same
    // price, and with redirects another GET.
    s3Get: sum(traffic.cdnMisses) + (redirects ? 3 : 2) * misses,
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
