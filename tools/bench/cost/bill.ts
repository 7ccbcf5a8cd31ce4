import { costOf, type PriceName } from "./prices";

/** What a month uses of each thing that has a price. */
export type Usage = Partial<Record<PriceName, number>>;

/** The items of a bill, as the report groups them. */
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

/** Items that are the same whoever makes the variants: the delivery of the pictures themselves. */
export const DELIVERY_ITEMS: readonly Item[] = ["Edge function", "CloudFront requests", "CloudFront transfer"];

/** A bill in US dollars by item. */
export type Bill = Readonly<Record<Item, number>>;

export function billOf(usage: Usage): Bill {
  const entries = ITEM_NAMES.map((item) => [
    item,
    ITEMS[item].reduce((sum, name) => sum + costOf(name, usage[name] ?? 0), 0),
  ]);
  return Object.fromEntries(entries) as Bill;
}

/** The sum of some items of a bill; of all, unless told. */
export function total(bill: Bill, items: readonly Item[] = ITEM_NAMES): number {
  return items.reduce((sum, item) => sum + bill[item], 0);
}
