import { UNLISTED_SIZE } from "../../functions/resizer/metrics";
import { REFUSAL_CODES } from "../../functions/resizer/refusal";
import { type AllowList, FORMATS } from "../../functions/variant-key";
import type { Names } from "../names";

/** A graph's line: namespace, metric, then the names and values of its dimensions, and its options. */
export type GraphedMetric = readonly [
  ...string[],
  { readonly label?: string; readonly stat?: string; readonly yAxis?: "right" },
];

/** Properties of a graph, without those that all graphs share. */
interface Graph {
  readonly title: string;
  readonly stat: string;
  readonly metrics: readonly GraphedMetric[];
  readonly stacked?: boolean;
  readonly region?: string;
  readonly annotations?: { readonly horizontal: readonly { readonly label: string; readonly value: number }[] };
}

export type DashboardBody = ReturnType<typeof dashboardBody>;

/** Subjects of the dashboard's graphs. */
export interface Subjects {
  readonly region: string;
  readonly alarmArns: readonly string[];
  readonly distributionId: string;
  readonly apiId: string;
  readonly names: Names;
  readonly timeoutMs: number;
  /** Time of a request from which the resizer is slow. */
  readonly slowMs: number;
  /** Most variants at once; undefined for the account's limit. */
  readonly reservedConcurrency: number | undefined;
  readonly allowList: AllowList;
  /** True if the stack deletes the variants of changed originals. */
  readonly purges: boolean;
}

/** Seconds of one point of every graph. */
const PERIOD = 300;
/** CloudWatch's grid has 24 columns. */
const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;
const ALARMS_HEIGHT = 3;
/** CloudFront reports there, wherever the stack is (CloudFront guide, "View CloudFront and edge function metrics"). */
const CLOUDFRONT_REGION = "us-east-1";

/**
 * Returns the dashboard: requests of clients, then misses, then the resizer, from left to right and top to bottom
 * (CloudWatch API reference, "Dashboard body structure and syntax").
 */
export function dashboardBody(subjects: Subjects) {
  const graphs = [clientGraphs, missGraphs, functionGraphs, variantGraphs, purgeGraphs].flatMap((of) => of(subjects));
  const { region, alarmArns: alarms } = subjects;
  return {
    widgets: [
      { type: "alarm" as const, x: 0, y: 0, width: 24, height: ALARMS_HEIGHT, properties: { title: "Alarms", alarms } },
      ...graphs.map((graph, index) => ({
        type: "metric" as const,
        x: (index % COLUMNS) * WIDTH,
        y: ALARMS_HEIGHT + Math.floor(index / COLUMNS) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: { view: "timeSeries", stacked: false, region, period: PERIOD, ...graph },
      })),
    ],
  };
}

function clientGraphs({ distributionId }: Subjects): Graph[] {
  const region = CLOUDFRONT_REGION;
  const metric = (name: string, label: string): GraphedMetric => [
    ...["AWS/CloudFront", name, "Region", "Global", "DistributionId", distributionId],
    { label },
  ];
  const errors = [metric("4xxErrorRate", "4xx"), metric("5xxErrorRate", "5xx")];
  return [
    { title: "Requests of clients", stat: "Sum", region, metrics: [metric("Requests", "requests")] },
    { title: "Bytes to clients", stat: "Sum", region, metrics: [metric("BytesDownloaded", "bytes")] },
    { title: "Errors of clients, % of requests", stat: "Average", region, metrics: errors },
  ];
}

function missGraphs({ apiId }: Subjects): Graph[] {
  const metric = (name: string, label: string): GraphedMetric => ["AWS/ApiGateway", name, "ApiId", apiId, { label }];
  const failures = [metric("4xx", "rejected: 4xx"), metric("5xx", "failed: 5xx")];
  return [
    { title: "Misses", stat: "Sum", metrics: [metric("Count", "misses")] },
    { title: "Misses that were rejected, or failed", stat: "Sum", metrics: failures },
  ];
}

function functionGraphs({ names, timeoutMs, slowMs, reservedConcurrency }: Subjects): Graph[] {
  const metric = (name: string, options: { label: string; stat?: string }): GraphedMetric => [
    ...["AWS/Lambda", name, "FunctionName", names.resizer],
    options,
  ];
  const limits = (values: Readonly<Record<string, number>>) => ({
    annotations: { horizontal: Object.entries(values).map(([label, value]) => ({ label, value })) },
  });
  return [
    {
      title: "Time of a miss, ms",
      stat: "p95",
      metrics: ["p50", "p95"].map((stat) => metric("Duration", { label: stat, stat })),
      ...limits({ timeout: timeoutMs, alarm: slowMs }),
    },
    {
      title: "Errors and throttles of the resizer",
      stat: "Sum",
      metrics: [metric("Errors", { label: "errors" }), metric("Throttles", { label: "throttles" })],
    },
    {
      title: "Variants in creation at once",
      stat: "Maximum",
      metrics: [metric("ConcurrentExecutions", { label: "at once" })],
      ...(reservedConcurrency === undefined ? {} : limits({ reservedConcurrency })),
    },
  ];
}

/** Graphs of the metrics in the resizer's own log. */
function variantGraphs({ names: { project, stack }, allowList }: Subjects): Graph[] {
  const sizes = allowList.sizes === "any" ? [UNLISTED_SIZE] : allowList.sizes;
  const by = (metric: string, dimension: "Size" | "Format" | "Reason", values: readonly string[]): GraphedMetric[] =>
    values.map((value) => [project, metric, "Stack", stack, dimension, value, { label: value }]);
  const bytes = (metric: string, label: string): GraphedMetric => [project, metric, "Stack", stack, { label }];
  const inAndOut = [bytes("BytesIn", "in"), bytes("BytesOut", "out")];
  return [
    { title: "Variants created, by size", stat: "Sum", stacked: true, metrics: by("VariantsMade", "Size", sizes) },
    {
      title: "Variants created, by format",
      stat: "Sum",
      stacked: true,
      metrics: by("VariantsMade", "Format", FORMATS),
    },
    { title: "Rejections, by reason", stat: "Sum", stacked: true, metrics: by("Refusals", "Reason", REFUSAL_CODES) },
    { title: "Time of a variant by size, p95, ms", stat: "p95", metrics: by("Duration", "Size", sizes) },
    { title: "Time of a variant by format, p95, ms", stat: "p95", metrics: by("Duration", "Format", FORMATS) },
    { title: "Bytes of originals in, of variants out", stat: "Sum", metrics: inAndOut },
    { title: "Bytes of a variant by size, on average", stat: "Average", metrics: by("BytesOut", "Size", sizes) },
  ];
}

function purgeGraphs({ names, purges }: Subjects): Graph[] {
  if (!purges) return [];
  const calls = ["Invocations", "Errors"].map((name): GraphedMetric => {
    return ["AWS/Lambda", name, "FunctionName", names.purge, { label: name === "Errors" ? "errors" : "changes" }];
  });
  const failed: GraphedMetric = [
    ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", names.purgeQueues.failed],
    { label: "in the dead-letter queue" },
  ];
  return [
    { title: "Purges of the variants of changed originals", stat: "Sum", metrics: calls },
    { title: "Changes that could not be handled", stat: "Maximum", metrics: [failed] },
  ];
}
