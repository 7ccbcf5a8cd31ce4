import type { Delivery } from "../../../functions/resizer/settings";
import { MEMORY_PER_VCPU } from "../lib/stack";
import { sum } from "../lib/statistics";
import { ASSUMPTIONS } from "./assumptions";
import { addUsage, apiUsage, GB, invocationUsage, type StackCaps, type Usage } from "./bill";
import type { MonthTraffic } from "./closed-form";
import type { MeasuredVariants } from "./measured";

/** HTTP APIs meter a request for each 512 KB of it. */
const API_METER_BYTES = 512 * 1024;

/** Cost of a variant: of one spec, or in the mean of some. */
export interface VariantCost {
  /** Billed time of the function, milliseconds. */
  readonly billedMs: number;
  readonly bytes: number;
  readonly apiRequests: number;
}

/** One month of one project, as far as its bill depends on it. */
export interface Month {
  readonly caps: StackCaps;
  readonly images: number;
  readonly views: number;
  /** Share of the views of each spec, and cost of a variant of it. */
  readonly specShares: readonly number[];
  readonly costs: readonly VariantCost[];
  /** True if a CloudFront Function chooses the format and rejects at the edge. */
  readonly edge: boolean;
  readonly traffic: MonthTraffic;
  /** Variants of each spec that lazy resizing made before; none in the first month. */
  readonly madeBefore: readonly number[];
}

/**
 * Returns the cost of a variant of each spec. A function with less than one vCPU takes longer in proportion; with more it
 * takes as long as with one.
 */
export function variantCosts(specs: readonly string[], measured: MeasuredVariants, memorySize: number): VariantCost[] {
  const vcpus = Math.min(1, memorySize / MEMORY_PER_VCPU);
  return specs.map((spec) => {
    const { cpuMs, bytes } = measured.of(spec);
    const apiRequests = Math.max(1, Math.ceil(bytes / API_METER_BYTES));
    return { billedMs: ASSUMPTIONS.s3WaitMs + cpuMs / vcpus, bytes, apiRequests };
  });
}

/** Returns the mean of variants, of each spec as many as `weights` has. */
export function meanOf(costs: readonly VariantCost[], weights: readonly number[]): VariantCost {
  const all = sum(weights);
  const mean = (of: keyof VariantCost) => sum(costs.map((cost, spec) => cost[of] * (weights[spec] ?? 0))) / all;
  return { billedMs: mean("billedMs"), bytes: mean("bytes"), apiRequests: mean("apiRequests") };
}

/** Usage where a variant is made at its first request, and stored. */
export function lazy(month: Month, delivery: Delivery): Usage {
  const { caps, costs, traffic, madeBefore } = month;
  const misses = sum(traffic.variantsAsked);
  const mean = meanOf(costs, traffic.variantsAsked);
  const stored = traffic.variantsAsked.map((made, spec) => made + (madeBefore[spec] ?? 0));
  // With redirects there are two requests to the CDN and to the bucket; with failover one.
  const visits = delivery === "redirect" ? 2 : 1;
  return addUsage(
    delivered(month, (visits - 1) * misses),
    invocationUsage(misses, mean.billedMs, caps),
    apiUsage(misses, delivery === "redirect" ? 1 : mean.apiRequests),
    {
      // Each miss of the CDN is a GET; a miss of the bucket is one more for the original, and with redirects another one.
      s3Get: sum(traffic.cdnMisses) + visits * misses,
      s3Put: misses,
      eventBridgeEvent: misses,
      s3StorageGbMonth: (sum(stored) * meanOf(costs, stored).bytes) / GB,
      ...(delivery === "redirect" ? { dataOutGb: (misses * ASSUMPTIONS.headerBytes) / GB } : {}),
    },
  );
}

/** Usage where every variant of every original is made at the beginning, and later months have nothing to make. */
export function batch(month: Month): Usage {
  const { caps, images, costs, traffic, madeBefore } = month;
  const isFirst = madeBefore.length === 0;
  const all = images * costs.length;
  const made = isFirst ? all : 0;
  const mean = meanOf(
    costs,
    costs.map(() => 1),
  );
  return addUsage(delivered(month, 0), invocationUsage(made, mean.billedMs, caps), {
    // A careful batch reads each original once for all its variants.
    s3Get: sum(traffic.cdnMisses) + (isFirst ? images : 0),
    s3Put: made,
    eventBridgeEvent: made,
    s3StorageGbMonth: (all * mean.bytes) / GB,
  });
}

/** Usage where nothing is stored, and every miss of the CDN is made again. */
export function everyMiss(month: Month): Usage {
  const { caps, costs, traffic } = month;
  const misses = sum(traffic.cdnMisses);
  const { billedMs, apiRequests } = meanOf(costs, traffic.cdnMisses);
  const made = addUsage(invocationUsage(misses, billedMs, caps), apiUsage(misses, apiRequests), { s3Get: misses });
  return addUsage(delivered(month, 0), made);
}

/** Usage of the images themselves, and of requests that end in a redirect. */
function delivered({ views, edge, costs, specShares }: Month, redirects: number): Usage {
  const requests = views + redirects;
  return {
    cloudFrontRequest: requests,
    cloudFrontGb: (views * meanOf(costs, specShares).bytes + requests * ASSUMPTIONS.headerBytes) / GB,
    ...(edge ? { edgeFunction: requests } : {}),
  };
}
