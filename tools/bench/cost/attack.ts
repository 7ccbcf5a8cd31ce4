import type { Delivery } from "../../../functions/resizer/settings";
import { ASSUMPTIONS } from "./assumptions";
import { addUsage, apiUsage, type Bill, billOf, GB, invocationUsage, type StackCaps } from "./bill";
import { SECONDS_PER_MONTH } from "./closed-form";
import type { VariantCost } from "./months";

/** A reserved concurrency to compare with: enough for the misses of a busy shop (docs/benchmarks.md, "Costs"). */
const RESERVED = 20;

export interface Attacker {
  readonly caps: StackCaps;
  /** Cost of the mean variant. */
  readonly mean: VariantCost;
  /** Requests a second that reach the CDN, all month: no cap of the stack holds there. */
  readonly cdnRate: number;
}

/**
 * Returns the bill of unlisted sizes, through the CDN, every URL a new one, redirects followed. Without the edge function
 * each reaches the bucket, and as many as the API accepts the function; with it, nothing behind it.
 */
export function unlistedSizes({ caps, cdnRate }: Attacker, delivery: Delivery, edge: boolean): Bill {
  const requests = cdnRate * SECONDS_PER_MONTH;
  const front = { cloudFrontRequest: requests, cloudFrontGb: (requests * ASSUMPTIONS.headerBytes) / GB };
  if (edge) return billOf(addUsage(front, { edgeFunction: requests }));
  const through = Math.min(cdnRate, caps.rateLimit) * SECONDS_PER_MONTH;
  const answers = delivery === "redirect" ? { dataOutGb: (through * ASSUMPTIONS.headerBytes) / GB } : {};
  return billOf(
    addUsage(
      front,
      invocationUsage(through, ASSUMPTIONS.rejectionMs, caps),
      apiUsage(through),
      { s3Get: requests },
      answers,
    ),
  );
}

/**
 * Returns the bill of listed sizes straight from the API, which is public: each request makes a variant, even one that
 * exists. The edge function is not in the way. The API's rate caps it, and the function's concurrency if variants take long.
 * @param billedMs time of each; the function's timeout is the most
 */
export function listedSizes({ caps, mean }: Attacker, delivery: Delivery, billedMs: number): Bill {
  const rate = Math.min(caps.rateLimit, (caps.concurrency * 1000) / billedMs);
  const requests = rate * SECONDS_PER_MONTH;
  // With failover the API responds with the image, and transfer to the internet has a price.
  const answerBytes = delivery === "redirect" ? ASSUMPTIONS.headerBytes : mean.bytes;
  return billOf(
    addUsage(
      invocationUsage(requests, billedMs, caps),
      apiUsage(requests, delivery === "redirect" ? 1 : mean.apiRequests),
      {
        s3Get: requests,
        s3Put: requests,
        dataOutGb: (requests * answerBytes) / GB,
      },
    ),
  );
}

/** Returns the bill of downloads of existing images from the CDN. */
export function downloads({ mean, cdnRate }: Attacker, edge: boolean): Bill {
  const requests = cdnRate * SECONDS_PER_MONTH;
  return billOf({
    cloudFrontRequest: requests,
    cloudFrontGb: (requests * (mean.bytes + ASSUMPTIONS.headerBytes)) / GB,
    ...(edge ? { edgeFunction: requests } : {}),
  });
}

/** Returns the bill of every kind, by name. */
export function attacks(attacker: Attacker, edge: boolean, delivery: Delivery): Readonly<Record<string, Bill>> {
  const { caps, mean } = attacker;
  const timeoutMs = caps.timeout * 1000;
  const reserved = { ...attacker, caps: { ...caps, concurrency: RESERVED } };
  return {
    "unlisted sizes, through the CDN": unlistedSizes(attacker, delivery, edge),
    "listed sizes at the API, mean variant": listedSizes(attacker, delivery, mean.billedMs),
    "listed sizes at the API, each until the timeout": listedSizes(attacker, delivery, timeoutMs),
    [`the same, with a reserved concurrency of ${RESERVED}`]: listedSizes(reserved, delivery, timeoutMs),
    "downloads of existing images, through the CDN": downloads(attacker, edge),
  };
}
