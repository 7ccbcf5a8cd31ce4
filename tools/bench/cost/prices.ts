/** Part of a price that falls with the month's volume. */
export interface Tier {
  /** Units of the month up to which this price holds; the last tier has none. */
  readonly upTo?: number;
  /** US dollars a unit. */
  readonly price: number;
}

/** A price with its source. */
export interface Price {
  readonly tiers: readonly Tier[];
  readonly unit: string;
  readonly source: string;
}

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

/** On-demand list prices in US dollars, without taxes, discounts or free tiers. A GB is 1024^3 bytes, as AWS bills it. */
export const PRICES = {
  lambdaRequest: { tiers: [{ price: 0.2e-6 }], unit: "Lambda request", source: LAMBDA },
  lambdaArmGbSecond: {
    tiers: [{ upTo: 7.5e9, price: 0.0000133334 }, { upTo: 18.75e9, price: 0.0000120001 }, { price: 0.0000106667 }],
    unit: "Lambda GB-second, arm64",
    source: LAMBDA,
  },
  lambdaX86GbSecond: {
    tiers: [{ upTo: 6e9, price: 0.0000166667 }, { upTo: 15e9, price: 0.000015 }, { price: 0.0000133334 }],
    unit: "Lambda GB-second, x86_64",
    source: LAMBDA,
  },
  httpApiRequest: {
    tiers: [{ upTo: 300e6, price: 1e-6 }, { price: 0.9e-6 }],
    unit: "HTTP API request, by 512 KB of it",
    source: API_GATEWAY,
  },
  /** From the API to the internet; to CloudFront it is free. */
  dataOutGb: {
    tiers: [
      { upTo: 10 * TB, price: 0.09 },
      { upTo: 50 * TB, price: 0.085 },
      { upTo: 150 * TB, price: 0.07 },
      { price: 0.05 },
    ],
    unit: "GB from the API to the internet",
    source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  },
  s3Get: { tiers: [{ price: 0.4e-6 }], unit: "S3 GET", source: S3 },
  s3Put: { tiers: [{ price: 5e-6 }], unit: "S3 PUT", source: S3 },
  s3StorageGbMonth: {
    tiers: [{ upTo: 50 * TB, price: 0.023 }, { upTo: 500 * TB, price: 0.022 }, { price: 0.021 }],
    unit: "S3 Standard GB-month",
    source: S3,
  },
  cloudFrontGb: {
    tiers: [
      { upTo: 10 * TB, price: 0.085 },
      { upTo: 50 * TB, price: 0.08 },
      { upTo: 150 * TB, price: 0.06 },
      { upTo: 500 * TB, price: 0.04 },
      { upTo: 1024 * TB, price: 0.03 },
      { upTo: 5 * PB, price: 0.025 },
      { price: 0.02 },
    ],
    unit: "CloudFront GB to clients",
    source: CLOUDFRONT,
  },
  cloudFrontRequest: { tiers: [{ price: 1e-6 }], unit: "CloudFront HTTPS request", source: CLOUDFRONT },
  edgeFunction: { tiers: [{ price: 0.1e-6 }], unit: "CloudFront Functions invocation", source: CLOUDFRONT },
  /** Articles disagree whether a bucket's events, which are opt-in, are free or billed as custom ones: the higher. */
  eventBridgeEvent: { tiers: [{ price: 1e-6 }], unit: "EventBridge event", source: EVENTBRIDGE },
  /** Tiered since May 2025. */
  lambdaLogGb: {
    tiers: [
      { upTo: 10 * TB, price: 0.5 },
      { upTo: 30 * TB, price: 0.25 },
      { upTo: 50 * TB, price: 0.1 },
      { price: 0.05 },
    ],
    unit: "GB of the function's logs",
    source: CLOUDWATCH,
  },
  apiLogGb: { tiers: [{ price: 0.5 }], unit: "GB of the API's access logs", source: CLOUDWATCH },
  logStorageGbMonth: { tiers: [{ price: 0.03 }], unit: "GB-month of logs, compressed", source: CLOUDWATCH },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** Returns the cost of a month's `units`, each at its tier's price. */
export function costOf(name: PriceName, units: number): number {
  let cost = 0;
  let from = 0;
  for (const { upTo = Infinity, price } of PRICES[name].tiers as readonly Tier[]) {
    if (units <= from) break;
    cost += (Math.min(units, upTo) - from) * price;
    from = upTo;
  }
  return cost;
}
