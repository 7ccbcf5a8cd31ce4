/** A price with its source: US dollars a unit in tiers of a month's units, each but the last up to a number of them. */
export interface Price {
  /** Item of a bill. */
  readonly item: string;
  readonly source: string;
  readonly unit: string;
  readonly usd: readonly number[];
  readonly upTo: readonly number[];
}

/** Bytes of a GB as AWS bills it. */
export const GB = 1024 ** 3;
const TB = 1024;
const PB = 1024 * TB;

const AWS = "https://aws.amazon.com";
const CLOUDFRONT = `${AWS}/cloudfront/pricing/pay-as-you-go/`;
const LAMBDA = { item: "Lambda", source: `${AWS}/lambda/pricing/` } as const;
const API = { item: "HTTP API", source: `${AWS}/api-gateway/pricing/` } as const;
const S3 = { item: "S3 requests", source: `${AWS}/s3/pricing/` } as const;
const LOGS = { item: "Logs", source: `${AWS}/cloudwatch/pricing/` } as const;
const EVENTS = { item: "EventBridge", source: `${AWS}/eventbridge/pricing/` } as const;

/**
 * Date and regions of the prices, which come from public copies of the pages named and from articles that quote them. Check
 * them against the pages before you budget with them.
 */
export const PRICES_AS_OF = { date: "2026-11-22", region: "us-east-1", cloudFrontRegion: "United States and Europe" };

/** On-demand list prices, without taxes, discounts or free tiers. Items have their order in a bill. */
export const PRICES = {
  lambdaRequest: { ...LAMBDA, unit: "Lambda request", usd: [0.2e-6], upTo: [] },
  lambdaArmGbSecond: {
    ...LAMBDA,
    unit: "Lambda GB-second, arm64",
    usd: [0.0000133334, 0.0000120001, 0.0000106667],
    upTo: [7.5e9, 18.75e9],
  },
  lambdaX86GbSecond: {
    ...LAMBDA,
    unit: "Lambda GB-second, x86_64",
    usd: [0.0000166667, 0.000015, 0.0000133334],
    upTo: [6e9, 15e9],
  },
  httpApiRequest: { ...API, unit: "HTTP API request, by 512 KB of it", usd: [1e-6, 0.9e-6], upTo: [300e6] },
  /** From the API to the internet; to CloudFront it is free. */
  dataOutGb: {
    item: API.item,
    source: `${AWS}/ec2/pricing/on-demand/`,
    unit: "GB from the API to the internet",
    usd: [0.09, 0.085, 0.07, 0.05],
    upTo: [10 * TB, 50 * TB, 150 * TB],
  },
  s3Get: { ...S3, unit: "S3 GET", usd: [0.4e-6], upTo: [] },
  s3Put: { ...S3, unit: "S3 PUT", usd: [5e-6], upTo: [] },
  s3StorageGbMonth: {
    ...S3,
    item: "S3 storage of variants",
    unit: "S3 Standard GB-month",
    usd: [0.023, 0.022, 0.021],
    upTo: [50 * TB, 500 * TB],
  },
  /** Articles disagree whether a bucket's events, which are opt-in, are free or billed as custom ones: the higher. */
  eventBridgeEvent: { ...EVENTS, unit: "EventBridge event", usd: [1e-6], upTo: [] },
  /** Tiered since May 2025. */
  lambdaLogGb: {
    ...LOGS,
    unit: "GB of the function's logs",
    usd: [0.5, 0.25, 0.1, 0.05],
    upTo: [10 * TB, 30 * TB, 50 * TB],
  },
  apiLogGb: { ...LOGS, unit: "GB of the API's access logs", usd: [0.5], upTo: [] },
  logStorageGbMonth: { ...LOGS, unit: "GB-month of logs, compressed", usd: [0.03], upTo: [] },
  edgeFunction: {
    item: "Edge function",
    source: CLOUDFRONT,
    unit: "CloudFront Functions invocation",
    usd: [0.1e-6],
    upTo: [],
  },
  cloudFrontRequest: {
    item: "CloudFront requests",
    source: CLOUDFRONT,
    unit: "CloudFront HTTPS request",
    usd: [1e-6],
    upTo: [],
  },
  cloudFrontGb: {
    item: "CloudFront transfer",
    source: CLOUDFRONT,
    unit: "CloudFront GB to clients",
    usd: [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02],
    upTo: [10 * TB, 50 * TB, 150 * TB, 500 * TB, 1024 * TB, 5 * PB],
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** Returns the price of a function's time. */
export function lambdaGbSecond(architecture: "arm64" | "x86_64"): PriceName {
  return architecture === "arm64" ? "lambdaArmGbSecond" : "lambdaX86GbSecond";
}

/** Returns the cost of a month's `units`, each at its tier's price. */
export function costOf(name: PriceName, units: number): number {
  const { usd, upTo }: Price = PRICES[name];
  const unitsIn = (tier: number) => Math.max(0, Math.min(units, upTo[tier] ?? Infinity) - (upTo[tier - 1] ?? 0));
  return usd.reduce((cost, price, tier) => cost + unitsIn(tier) * price, 0);
}
