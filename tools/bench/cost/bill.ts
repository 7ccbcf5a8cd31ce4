import type { Format } from "../../../functions/variant-key";
import type { RegisteredResizer } from "../lib/stack";
import { sum } from "../lib/rounds";
import { SECONDS_PER_MONTH } from "./closed-form";
import { costOf, GB, lambdaGbSecond, type PriceName, PRICES } from "./prices";

/** Assumptions: neither measured nor in the stack's config. Each is a number to doubt; the report has them all. */
export const ASSUMPTIONS = {
  /** Wait of a miss for S3 beside its CPU, milliseconds: a GetObject and a PutObject in the region. */
  s3WaitMs: 50,
  /** Time of a rejected request in the function, milliseconds: nothing is read. */
  rejectionMs: 5,
  /** Time of a request for a variant that exists: a HeadObject, and 12 ms of CPU, measured (docs/benchmarks.md, "Costs"). */
  repeatMs: 40,
  /** Time of a request to the API past the CDN, with failover. */
  strangerMs: 1,
  /** Start of a new process before its first request, milliseconds; billed since August 2025. */
  initMs: 400,
  /** Time that Lambda keeps an idle process, seconds. */
  idleSeconds: 300,
  /** Bytes of an original, which the CDN serves to every client that knows its key. */
  originalBytes: 5_000_000,
  /** Bytes that CloudFront sends beside an image: headers, and the redirects of a miss. */
  headerBytes: 700,
  /** Log lines of an invocation (the handler's own and three of Lambda's) and of a request to the API. */
  functionLogBytes: 900,
  /** The same with the longest keys that the function logs, two of 256 bytes. */
  hostileLogBytes: 1400,
  apiLogBytes: 450,
  /** Share of the bytes that CloudWatch Logs stores, compressed. */
  logCompression: 0.15,
} as const;

/** Properties of a stack that decide its bill, as the program registers them. */
export interface StackCaps extends Pick<RegisteredResizer, "memorySize" | "timeout" | "architecture"> {
  readonly sizes: readonly string[];
  readonly formats: readonly Format[];
  /** Requests a second that the API accepts, on average. */
  readonly rateLimit: number;
  /** Reserved concurrency of the function, or the account's default. */
  readonly concurrency: number;
}

/** Units that a month uses of each thing that has a price; the storage of logs follows from them. */
export type Usage = Partial<Record<PriceName, number>>;

export type Item = (typeof PRICES)[PriceName]["item"];

/** A bill in US dollars by item. */
export type Bill = Readonly<Record<Item, number>>;

/** Items of a bill, in order. */
export const ITEMS = [...new Set(Object.values(PRICES).map(({ item }): Item => item))];

const DELIVERY: readonly Item[] = ["Edge function", "CloudFront requests", "CloudFront transfer"];

/** Items of making and storing variants; the others, of their delivery, are the same however they are made. */
export const MAKING = ITEMS.filter((item) => !DELIVERY.includes(item));

export function billOf(usage: Usage): Bill {
  const { lambdaLogGb = 0, apiLogGb = 0 } = usage;
  const all: Usage = { ...usage, logStorageGbMonth: (lambdaLogGb + apiLogGb) * ASSUMPTIONS.logCompression };
  const bill = Object.fromEntries(ITEMS.map((item) => [item, 0])) as Record<Item, number>;
  for (const [name, units] of Object.entries(all) as [PriceName, number][])
    bill[PRICES[name].item] += costOf(name, units);
  return bill;
}

/** Returns the sum of some items of a bill. Default: all. */
export function total(bill: Bill, items: readonly Item[] = ITEMS): number {
  return sum(items.map((item) => bill[item]));
}

/** Returns the usage of a number of invocations of the function: requests, time, logs. */
export function ofFunction(
  invocations: number,
  billedMs: number,
  { memorySize, architecture }: StackCaps,
  logBytes: number = ASSUMPTIONS.functionLogBytes,
): Usage {
  // A process starts for an invocation that comes when no idle one is left.
  const coldShare = Math.exp((-invocations / SECONDS_PER_MONTH) * ASSUMPTIONS.idleSeconds);
  const seconds = (billedMs + coldShare * ASSUMPTIONS.initMs) / 1000;
  return {
    lambdaRequest: invocations,
    [lambdaGbSecond(architecture)]: invocations * seconds * (memorySize / 1024),
    lambdaLogGb: (invocations * logBytes) / GB,
  };
}

/** Returns the usage of requests to the API, without the function's. @param metered requests that each counts as */
export function ofApi(requests: number, metered = 1): Usage {
  return { httpApiRequest: requests * metered, apiLogGb: (requests * ASSUMPTIONS.apiLogBytes) / GB };
}

/** Returns the usage of requests to the CDN. @param bytes of the images in all responses together */
export function ofCdn(requests: number, bytes: number, hasEdgeFunction: boolean): Usage {
  return {
    cloudFrontRequest: requests,
    cloudFrontGb: (bytes + requests * ASSUMPTIONS.headerBytes) / GB,
    edgeFunction: hasEdgeFunction ? requests : 0,
  };
}
