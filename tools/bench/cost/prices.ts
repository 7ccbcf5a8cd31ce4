/** A price with its source: tiers of units of the month up to which a price in US dollars a unit holds. */
export interface Price {
  /** Item of a bill. */
  readonly item: string;
  readonly tiers: readonly (readonly [upTo: number, price: number])[];
  readonly unit: string;
  readonly source: string;
}

/** Bytes of a GB as AWS bills it. */
export const GB = 1024 ** 3;
const TB = 1024;
const PB = 1024 * TB;

const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const API_GATEWAY = "https://aws.amazon.com/api-gateway/pricing/";
const S3 = "https://aws.amazon.com/s3/pricing/";
const CLOUDFRONT = "https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/";

/**
 * Date and regions of the prices, which come from public copies of the pages named and from articles that quote them. Check
 * them against the pages before you budget with them.
 */
export const PRICES_AS_OF = { date: "2026-11-22", region: "us-east-1", cloudFrontRegion: "United States and Europe" };

/** On-demand list prices in US dollars, without taxes, discounts or free tiers. Items have their order in a bill. */
export const PRICES = {
  lambdaRequest: { item: "Lambda", tiers: [[Infinity, 0.2e-6]], unit: "Lambda request", source: LAMBDA },
  lambdaArmGbSecond: {
    item: "Lambda",
    tiers: [
      [7.5e9, 0.0000133334],
      [18.75e9, 0.0000120001],
      [Infinity, 0.0000106667],
    ],
    unit: "Lambda GB-second, arm64",
    source: LAMBDA,
  },
  lambdaX86GbSecond: {
    item: "Lambda",
    tiers: [
      [6e9, 0.0000166667],
      [15e9, 0.000015],
      [Infinity, 0.0000133334],
    ],
    unit: "Lambda GB-second, x86_64",
    source: LAMBDA,
  },
  httpApiRequest: {
    item: "HTTP API",
    tiers: [
      [300e6, 1e-6],
      [Infinity, 0.9e-6],
    ],
    unit: "HTTP API request, by 512 KB of it",
    source: API_GATEWAY,
  },
  /** From the API to the internet; to CloudFront it is free. */
  dataOutGb: {
    item: "HTTP API",
    tiers: [
      [10 * TB, 0.09],
      [50 * TB, 0.085],
      [150 * TB, 0.07],
      [Infinity, 0.05],
    ],
    unit: "GB from the API to the internet",
    source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  },
  s3Get: { item: "S3 requests", tiers: [[Infinity, 0.4e-6]], unit: "S3 GET", source: S3 },
  s3Put: { item: "S3 requests", tiers: [[Infinity, 5e-6]], unit: "S3 PUT", source: S3 },
  s3StorageGbMonth: {
    item: "S3 storage of variants",
    tiers: [
      [50 * TB, 0.023],
      [500 * TB, 0.022],
      [Infinity, 0.021],
    ],
    unit: "S3 Standard GB-month",
    source: S3,
  },
  /** Articles disagree whether a bucket's events, which are opt-in, are free or billed as custom ones: the higher. */
  eventBridgeEvent: { item: "EventBridge", tiers: [[Infinity, 1e-6]], unit: "EventBridge event", source: EVENTBRIDGE },
  /** Tiered since May 2025. */
  lambdaLogGb: {
    item: "Logs",
    tiers: [
      [10 * TB, 0.5],
      [30 * TB, 0.25],
      [50 * TB, 0.1],
      [Infinity, 0.05],
    ],
    unit: "GB of the function's logs",
    source: CLOUDWATCH,
  },
  apiLogGb: { item: "Logs", tiers: [[Infinity, 0.5]], unit: "GB of the API's access logs", source: CLOUDWATCH },
  logStorageGbMonth: {
    item: "Logs",
    tiers: [[Infinity, 0.03]],
    unit: "GB-month of logs, compressed",
    source: CLOUDWATCH,
  },
  edgeFunction: {
    item: "Edge function",
    tiers: [[Infinity, 0.1e-6]],
    unit: "CloudFront Functions invocation",
    source: CLOUDFRONT,
  },
  cloudFrontRequest: {
    item: "CloudFront requests",
    tiers: [[Infinity, 1e-6]],
    unit: "CloudFront HTTPS request",
    source: CLOUDFRONT,
  },
  cloudFrontGb: {
    item: "CloudFront transfer",
    tiers: [
      [10 * TB, 0.085],
      [50 * TB, 0.08],
      [150 * TB, 0.06],
      [500 * TB, 0.04],
      [1024 * TB, 0.03],
      [5 * PB, 0.025],
      [Infinity, 0.02],
    ],
    unit: "CloudFront GB to clients",
    source: CLOUDFRONT,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** Returns the price of a function's time. */
export function lambdaGbSecond(architecture: "arm64" | "x86_64"): PriceName {
  return architecture === "arm64" ? "lambdaArmGbSecond" : "lambdaX86GbSecond";
}

/** Returns the cost of a month's `units`, each at its tier's price. */
export function costOf(name: PriceName, units: number): number {
  let cost = 0;
  let from = 0;
  for (const [upTo, price] of PRICES[name].tiers) {
    if (units <= from) break;
    cost += (Math.min(units, upTo) - from) * price;
    from = upTo;
  }
  return cost;
}
