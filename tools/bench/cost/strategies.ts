import { ASSUMPTIONS } from "./assumptions";
import type { Usage } from "./bill";
import { apiUsage, GB, invocationUsage, meanOf, sum, type VariantCost } from "./miss";
import type { StackCaps } from "./stack";
import { sum as total, type TrafficResult } from "./traffic";

/** How a miss reaches the resizer: by two redirects, or by CloudFront's origin failover. */
export type Delivery = "redirect" | "failover";

/** One month of one project, as far as its bill depends on it. */
export interface Month {
  readonly caps: StackCaps;
  readonly images: number;
  readonly views: number;
  /** The share of the views that each spec has, and what a variant of it takes. */
  readonly specShares: readonly number[];
  readonly costs: readonly VariantCost[];
  /** Whether CloudFront Functions choose the format and refuse at the edge. */
  readonly edge: boolean;
  /** What the month's viewers do. */
  readonly traffic: TrafficResult;
  /** Whether it is the first: the bucket has no variants yet. */
  readonly isFirst: boolean;
  /** Variants of each spec that lazy resizing has made before. */
  readonly madeBefore: readonly number[];
}

/** A variant is made when somebody asks for it first, and stored. */
export function lazy(month: Month, delivery: Delivery): Usage {
  const { caps, costs, traffic, madeBefore } = month;
  const misses = total(traffic.variantsAsked);
  const mean = meanOf(costs, traffic.variantsAsked);
  const stored = traffic.variantsAsked.map((made, spec) => made + (madeBefore[spec] ?? 0));
  // With redirects the viewer comes to the CDN twice and the bucket is asked twice; with failover once.
  const visits = delivery === "redirect" ? 2 : 1;
  return sum(
    delivered(month, (visits - 1) * misses),
    invocationUsage(misses, mean.billedMs, caps),
    apiUsage(misses, delivery === "redirect" ? 1 : mean.apiRequests),
    {
      // Each miss of the CDN is a GET; a miss of the bucket is one more for the original, and with redirects one more.
      s3Get: total(traffic.cdnMisses) + visits * misses,
      s3Put: misses,
      eventBridgeEvent: misses,
      s3StorageGbMonth: (total(stored) * meanOf(costs, stored).bytes) / GB,
      ...(delivery === "redirect" ? { dataOutGb: (misses * ASSUMPTIONS.headerBytes) / GB } : {}),
    },
  );
}

/** Every variant of every original is made before anybody asks. In later months nothing is left to make. */
export function batch(month: Month): Usage {
  const { caps, images, costs, traffic, isFirst } = month;
  const all = images * costs.length;
  const made = isFirst ? all : 0;
  const mean = meanOf(
    costs,
    costs.map(() => 1),
  );
  return sum(delivered(month, 0), invocationUsage(made, mean.billedMs, caps), {
    // A careful batch reads each original once for all of its variants.
    s3Get: total(traffic.cdnMisses) + (isFirst ? images : 0),
    s3Put: made,
    eventBridgeEvent: made,
    s3StorageGbMonth: (all * mean.bytes) / GB,
  });
}

/** Nothing is stored: whatever the CDN has not is made again. */
export function everyMiss(month: Month): Usage {
  const { caps, costs, traffic } = month;
  const misses = total(traffic.cdnMisses);
  const mean = meanOf(costs, traffic.cdnMisses);
  return sum(delivered(month, 0), invocationUsage(misses, mean.billedMs, caps), apiUsage(misses, mean.apiRequests), {
    s3Get: misses,
  });
}

/** The pictures themselves, and visits that end in a redirect. */
function delivered({ views, edge, costs, specShares }: Month, redirects: number): Usage {
  const mean = meanOf(costs, specShares);
  const requests = views + redirects;
  return {
    cloudFrontRequest: requests,
    cloudFrontGb: (views * mean.bytes + requests * ASSUMPTIONS.headerBytes) / GB,
    ...(edge ? { edgeFunction: requests } : {}),
  };
}
