import { UNLISTED_SIZE, VARIANT_FORMATS } from "../../functions/resizer/metrics";
import { REFUSAL_CODES } from "../../functions/resizer/refusal";
import type { StackConfig } from "../config";
import type { Names } from "../names";
import { slowMilliseconds } from "./alarms";

/** Subjects of the dashboard's graphs. */
export interface Subjects {
  readonly config: Pick<StackConfig, "allowList" | "bucket" | "resizer">;
  readonly names: Names;
  readonly region: string;
  readonly alarmArns: readonly string[];
  readonly distributionId: string;
  readonly apiId: string;
}

/** A graph's line: namespace, metric, then the names and values of its dimensions, and its options. */
export type GraphedMetric = readonly [...string[], { readonly label: string; readonly stat?: string }];

/** A graph, and its properties beside those that all graphs share. */
type GraphRow = readonly [
  title: string,
  stat: string,
  metrics: readonly GraphedMetric[],
  others?: {
    readonly stacked?: boolean;
    readonly region?: string;
    readonly annotations?: { readonly horizontal: readonly { readonly label: string; readonly value: number }[] };
  },
];

export type DashboardBody = ReturnType<typeof dashboardBody>;

/** Seconds of one point of every graph. */
const PERIOD = 300;
/** CloudWatch's grid has 24 columns. */
const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;
const ALARMS_HEIGHT = 3;
/** CloudFront reports there, wherever the stack is (CloudFront guide, "View CloudFront and edge function metrics"). */
const OF_CLOUDFRONT = { region: "us-east-1" };
const STACKED = { stacked: true };

/**
 * Returns the dashboard: requests of clients, then misses, then the resizer, from left to right and top to bottom
 * (CloudWatch API reference, "Dashboard body structure and syntax").
 */
export function dashboardBody(subjects: Subjects) {
  const { region, alarmArns: alarms } = subjects;
  return {
    widgets: [
      { type: "alarm" as const, x: 0, y: 0, width: 24, height: ALARMS_HEIGHT, properties: { title: "Alarms", alarms } },
      ...graphsOf(subjects).map(([title, stat, metrics, others], index) => ({
        type: "metric" as const,
        x: (index % COLUMNS) * WIDTH,
        y: ALARMS_HEIGHT + Math.floor(index / COLUMNS) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: { view: "timeSeries", stacked: false, region, period: PERIOD, title, stat, metrics, ...others },
      })),
    ],
  };
}

function graphsOf({ config, names, distributionId, apiId }: Subjects): GraphRow[] {
  const { timeout, reservedConcurrency } = config.resizer;
  const sizes = config.allowList.sizes === "any" ? [UNLISTED_SIZE] : config.allowList.sizes;

  const ofCdn = (metric: string, label: string): GraphedMetric => [
    ...["AWS/CloudFront", metric, "Region", "Global", "DistributionId", distributionId],
    { label },
  ];
  const ofApi = (metric: string, label: string): GraphedMetric => ["AWS/ApiGateway", metric, "ApiId", apiId, { label }];
  const ofFunction = (name: string, metric: string, label: string, stat?: string): GraphedMetric => [
    ...["AWS/Lambda", metric, "FunctionName", name],
    { label, ...(stat === undefined ? {} : { stat }) },
  ];
  // The metrics in the resizer's own log.
  const ofVariants = (metric: string, label: string, ...dimensions: string[]): GraphedMetric => [
    ...[names.project, metric, "Stack", names.stack, ...dimensions],
    { label },
  ];
  const by = (metric: string, dimension: "Size" | "Format" | "Reason", values: readonly string[]) =>
    values.map((value) => ofVariants(metric, value, dimension, value));
  const limits = (values: Readonly<Record<string, number>>) => ({
    annotations: { horizontal: Object.entries(values).map(([label, value]) => ({ label, value })) },
  });

  const cap = reservedConcurrency === undefined ? {} : limits({ reservedConcurrency });
  const { resizer } = names;
  const times = ["p50", "p95"].map((stat) => ofFunction(resizer, "Duration", stat, stat));
  const failures = [ofFunction(resizer, "Errors", "errors"), ofFunction(resizer, "Throttles", "throttles")];
  const atOnce = ofFunction(resizer, "ConcurrentExecutions", "at once");
  const purges = [ofFunction(names.purge, "Invocations", "changes"), ofFunction(names.purge, "Errors", "errors")];
  const deadLetters: GraphedMetric = [
    ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", names.purgeQueues.failed],
    { label: "in the dead-letter queue" },
  ];
  const cdnErrors = [ofCdn("4xxErrorRate", "4xx"), ofCdn("5xxErrorRate", "5xx")];
  const inAndOut = [ofVariants("BytesIn", "in"), ofVariants("BytesOut", "out")];
  const apiErrors = [ofApi("4xx", "rejected: 4xx"), ofApi("5xx", "failed: 5xx")];
  return [
    ["Requests of clients", "Sum", [ofCdn("Requests", "requests")], OF_CLOUDFRONT],
    ["Bytes to clients", "Sum", [ofCdn("BytesDownloaded", "bytes")], OF_CLOUDFRONT],
    ["Errors of clients, % of requests", "Average", cdnErrors, OF_CLOUDFRONT],
    ["Misses", "Sum", [ofApi("Count", "misses")]],
    ["Misses that were rejected, or failed", "Sum", apiErrors],
    ["Time of a miss, ms", "p95", times, limits({ timeout: timeout * 1000, alarm: slowMilliseconds(timeout) })],
    ["Errors and throttles of the resizer", "Sum", failures],
    ["Variants in creation at once", "Maximum", [atOnce], cap],
    ["Variants created, by size", "Sum", by("VariantsMade", "Size", sizes), STACKED],
    ["Variants created, by format", "Sum", by("VariantsMade", "Format", VARIANT_FORMATS), STACKED],
    ["Rejections, by reason", "Sum", by("Refusals", "Reason", REFUSAL_CODES), STACKED],
    ["Time of a variant by size, p95, ms", "p95", by("Duration", "Size", sizes)],
    ["Time of a variant by format, p95, ms", "p95", by("Duration", "Format", VARIANT_FORMATS)],
    ["Bytes of originals in, of variants out", "Sum", inAndOut],
    ["Bytes of a variant by size, on average", "Average", by("BytesOut", "Size", sizes)],
    ...(config.bucket.purgeOnChange
      ? ([
          ["Purges of the variants of changed originals", "Sum", purges],
          ["Changes that could not be handled", "Maximum", [deadLetters]],
        ] as const)
      : []),
  ];
}
