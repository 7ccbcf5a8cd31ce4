import { ASSUMPTIONS } from "./assumptions";
import { type Bill, billOf } from "./bill";
import { apiUsage, GB, invocationUsage, sum, type VariantCost } from "./miss";
import type { StackCaps } from "./stack";
import type { Delivery } from "./strategies";
import { SECONDS_A_MONTH } from "./traffic";

/** A reserved concurrency to compare with: what a busy shop's misses need (docs/cost.md, "Who asks for what"). */
const RESERVED = 20;

/** A month of hostile requests, one kind at a time. */
export interface Attack {
  readonly name: string;
  readonly bill: Bill;
}

export interface Attacker {
  readonly caps: StackCaps;
  /** The mean variant. */
  readonly mean: VariantCost;
  /** Requests a second that reach the CDN, all month: no cap of the stack's holds there. */
  readonly cdnRate: number;
}

/**
 * Sizes that the stack does not make, through the CDN, every URL a new one, redirects followed. Without the edge function
 * each asks the bucket, and as many as the API lets through the function; with it, nothing behind it is asked.
 */
export function unlistedSizes({ caps, cdnRate }: Attacker, delivery: Delivery, edge: boolean): Bill {
  const requests = cdnRate * SECONDS_A_MONTH;
  const front = { cloudFrontRequest: requests, cloudFrontGb: (requests * ASSUMPTIONS.headerBytes) / GB };
  if (edge) return billOf(sum(front, { edgeFunction: requests }));
  const through = Math.min(cdnRate, caps.rateLimit) * SECONDS_A_MONTH;
  const answers = delivery === "redirect" ? { dataOutGb: (through * ASSUMPTIONS.headerBytes) / GB } : {};
  return billOf(
    sum(front, invocationUsage(through, ASSUMPTIONS.refusalMs, caps), apiUsage(through), { s3Get: requests }, answers),
  );
}

/**
 * Listed sizes straight from the API, which is public: each request makes a variant, even one that is there already. The edge
 * function is not in the way. The API's rate caps it, and the function's concurrency if the variants take long.
 * @param billedMs how long each takes; the function's timeout is the most
 */
export function listedSizes({ caps, mean }: Attacker, delivery: Delivery, billedMs: number): Bill {
  const rate = Math.min(caps.rateLimit, (caps.concurrency * 1000) / billedMs);
  const requests = rate * SECONDS_A_MONTH;
  // With failover the API answers with the picture; to the internet that is paid for.
  const answerBytes = delivery === "redirect" ? ASSUMPTIONS.headerBytes : mean.bytes;
  return billOf(
    sum(invocationUsage(requests, billedMs, caps), apiUsage(requests, delivery === "redirect" ? 1 : mean.apiRequests), {
      s3Get: requests,
      s3Put: requests,
      dataOutGb: (requests * answerBytes) / GB,
    }),
  );
}

/** Pictures that are there, from the CDN: what a download costs. */
export function downloads({ mean, cdnRate }: Attacker, edge: boolean): Bill {
  const requests = cdnRate * SECONDS_A_MONTH;
  return billOf({
    cloudFrontRequest: requests,
    cloudFrontGb: (requests * (mean.bytes + ASSUMPTIONS.headerBytes)) / GB,
    ...(edge ? { edgeFunction: requests } : {}),
  });
}

/** Every kind, most telling first. */
export function attacks(attacker: Attacker, edge: boolean, delivery: Delivery): Attack[] {
  const { caps, mean } = attacker;
  return [
    { name: "unlisted sizes, through the CDN", bill: unlistedSizes(attacker, delivery, edge) },
    { name: "listed sizes at the API, mean variant", bill: listedSizes(attacker, delivery, mean.billedMs) },
    {
      name: "listed sizes at the API, each until the timeout",
      bill: listedSizes(attacker, delivery, caps.timeout * 1000),
    },
    {
      name: `the same, with a reserved concurrency of ${RESERVED}`,
      bill: listedSizes({ ...attacker, caps: { ...caps, concurrency: RESERVED } }, delivery, caps.timeout * 1000),
    },
    { name: "downloads of what is there, through the CDN", bill: downloads(attacker, edge) },
  ];
}
