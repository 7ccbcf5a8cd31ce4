import type { Format } from "../../../functions/variant-key";
import type { RegisteredResizer } from "../lib/stack";
import { ASSUMPTIONS } from "./assumptions";
import { SECONDS_PER_MONTH } from "./closed-form";
import { costOf, type PriceName } from "./prices";

/** Bytes of a GB as AWS bills it. */
export const GB = 1024 ** 3;

/** Properties of a stack that decide its bill, as the program registers them. */
export interface StackCaps extends Pick<RegisteredResizer, "memorySize" | "timeout" | "architecture"> {
  readonly sizes: readonly string[];
  readonly formats: readonly Format[];
  /** Requests a second that the API accepts, on average. */
  readonly rateLimit: number;
  /** Reserved concurrency of the function, or the account's default. */
  readonly concurrency: number;
}

/** Units that a month uses of each thing that has a price. */
export type Usage = Partial<Record<PriceName, number>>;

/** Items of a bill, as the tables group them. */
export const ITEMS = {
  Lambda: ["lambdaRequest", "lambdaArmGbSecond", "lambdaX86GbSecond"],
  "HTTP API": ["httpApiRequest", "dataOutGb"],
  "S3 requests": ["s3Get", "s3Put"],
  "S3 storage of variants": ["s3StorageGbMonth"],
  EventBridge: ["eventBridgeEvent"],
  Logs: ["lambdaLogGb", "apiLogGb", "logStorageGbMonth"],
  "Edge function": ["edgeFunction"],
  "CloudFront requests": ["cloudFrontRequest"],
  "CloudFront transfer": ["cloudFrontGb"],
} as const satisfies Readonly<Record<string, readonly PriceName[]>>;

export type Item = keyof typeof ITEMS;

export const ITEM_NAMES = Object.keys(ITEMS) as Item[];

const DELIVERY_ITEMS: readonly Item[] = ["Edge function", "CloudFront requests", "CloudFront transfer"];

/** Items of making and storing variants; the others, of their delivery, are the same however they are made. */
export const MAKING = ITEM_NAMES.filter((item) => !DELIVERY_ITEMS.includes(item));

/** A bill in US dollars by item. */
export type Bill = Readonly<Record<Item, number>>;

export function billOf(usage: Usage): Bill {
  const entries = ITEM_NAMES.map((item) => [
    item,
    ITEMS[item].reduce((sum, name) => sum + costOf(name, usage[name] ?? 0), 0),
  ]);
  return Object.fromEntries(entries) as Bill;
}

/** Returns the sum of some items of a bill. Default: all. */
export function total(bill: Bill, items: readonly Item[] = ITEM_NAMES): number {
  return items.reduce((sum, item) => sum + bill[item], 0);
}

/** Returns the usage of a number of invocations of the function: requests, time, logs. */
export function invocationUsage(invocations: number, billedMs: number, caps: StackCaps): Usage {
  const seconds = (billedMs + coldShare(invocations) * ASSUMPTIONS.initMs) / 1000;
  const gbSeconds = invocations * seconds * (caps.memorySize / 1024);
  const logGb = (invocations * ASSUMPTIONS.functionLogBytes) / GB;
  return {
    lambdaRequest: invocations,
    [caps.architecture === "arm64" ? "lambdaArmGbSecond" : "lambdaX86GbSecond"]: gbSeconds,
    lambdaLogGb: logGb,
    logStorageGbMonth: logGb * ASSUMPTIONS.logCompression,
  };
}

/** Returns the usage of requests to the API, without the function's. */
export function apiUsage(requests: number, meteredEach = 1): Usage {
  const logGb = (requests * ASSUMPTIONS.apiLogBytes) / GB;
  return {
    httpApiRequest: requests * meteredEach,
    apiLogGb: logGb,
    logStorageGbMonth: logGb * ASSUMPTIONS.logCompression,
  };
}

export function addUsage(...uses: readonly Usage[]): Usage {
  const all: Record<string, number> = {};
  for (const use of uses) for (const [name, units] of Object.entries(use)) all[name] = (all[name] ?? 0) + units;
  return all;
}

/** Returns the share of invocations that start a process: those that come when no idle one is left. */
function coldShare(invocations: number): number {
  return Math.exp((-invocations / SECONDS_PER_MONTH) * ASSUMPTIONS.idleSeconds);
}
