import { UNLISTED_SIZE } from "../../functions/resizer/metrics";
import { REFUSAL_CODES } from "../../functions/resizer/refusal";
import { type AllowList, FORMATS } from "../../functions/variant-key";
import type { Names } from "../names";

/** A graph's line: namespace, metric, then the names and values of its dimensions, and its options. */
export type GraphedMetric = readonly [
  ...string[],
  { readonly label?: string; readonly stat?: string; readonly yAxis?: "right" },
];

/** A line across a graph. */
interface Limit {
  readonly label: string;
  readonly value: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A widget of CloudWatch's dashboards (CloudWatch API reference, "Dashboard body structure and syntax"). */
export type Widget = Place &
  (
    | { readonly type: "alarm"; readonly properties: { readonly title: string; readonly alarms: readonly string[] } }
    | {
        readonly type: "metric";
        readonly properties: {
          readonly title: string;
          readonly view: "timeSeries";
          readonly stacked: boolean;
          readonly region: string;
          readonly period: number;
          readonly stat: string;
          readonly metrics: readonly GraphedMetric[];
          readonly annotations?: { readonly horizontal: readonly Limit[] };
        };
      }
  );

export interface DashboardBody {
  readonly widgets: readonly Widget[];
}

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
  /** Whether the stack deletes the variants of changed originals. */
  readonly purges: boolean;
}

interface Graph {
  readonly title: string;
  readonly stat: string;
  readonly metrics: readonly GraphedMetric[];
  readonly stacked?: boolean;
  readonly limits?: readonly Limit[];
  readonly region?: string;
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

/** Returns the dashboard: requests of clients, then misses, then the resizer, from left to right and top to bottom. */
export function dashboardBody(subjects: Subjects): DashboardBody {
  const graphs = [
    ...viewerGraphs(subjects),
    ...missGraphs(subjects),
    ...functionGraphs(subjects),
    ...variantGraphs(subjects),
    ...purgeGraphs(subjects),
  ];
  return {
    widgets: [
      {
        type: "alarm",
        ...{ x: 0, y: 0, width: 24, height: ALARMS_HEIGHT },
        properties: { title: "Alarms", alarms: subjects.alarmArns },
      },
      ...graphs.map((graph, index): Widget => ({
        type: "metric",
        x: (index % COLUMNS) * WIDTH,
        y: ALARMS_HEIGHT + Math.floor(index / COLUMNS) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: properties(graph, subjects.region),
      })),
    ],
  };
}

function properties({ title, stat, metrics, stacked = false, limits = [], region }: Graph, stackRegion: string) {
  return {
    title,
    view: "timeSeries" as const,
    stacked,
    region: region ?? stackRegion,
    period: PERIOD,
    stat,
    metrics,
    ...(limits.length === 0 ? {} : { annotations: { horizontal: limits } }),
  };
}

function viewerGraphs({ distributionId }: Subjects): Graph[] {
  const metric = (name: string, label: string): GraphedMetric => [
    ...["AWS/CloudFront", name, "Region", "Global", "DistributionId", distributionId],
    { label },
  ];
  const region = CLOUDFRONT_REGION;
  return [
    { title: "Requests of viewers", stat: "Sum", region, metrics: [metric("Requests", "requests")] },
    { title: "Bytes to viewers", stat: "Sum", region, metrics: [metric("BytesDownloaded", "bytes")] },
    {
      title: "Errors that viewers get, % of requests",
      stat: "Average",
      region,
      metrics: [metric("4xxErrorRate", "4xx"), metric("5xxErrorRate", "5xx")],
    },
  ];
}

function missGraphs({ apiId }: Subjects): Graph[] {
  const metric = (name: string, label: string): GraphedMetric => ["AWS/ApiGateway", name, "ApiId", apiId, { label }];
  return [
    { title: "Misses", stat: "Sum", metrics: [metric("Count", "misses")] },
    {
      title: "Misses that were refused, or failed",
      stat: "Sum",
      metrics: [metric("4xx", "refused: 4xx"), metric("5xx", "failed: 5xx")],
    },
  ];
}

function functionGraphs({ names, timeoutMs, slowMs, reservedConcurrency }: Subjects): Graph[] {
  const metric = (name: string, options: { label: string; stat?: string }): GraphedMetric => [
    ...["AWS/Lambda", name, "FunctionName", names.resizer],
    options,
  ];
  return [
    {
      title: "Time of a miss, ms",
      stat: "p95",
      metrics: [metric("Duration", { label: "p50", stat: "p50" }), metric("Duration", { label: "p95", stat: "p95" })],
      limits: [
        { label: "timeout", value: timeoutMs },
        { label: "alarm", value: slowMs },
      ],
    },
    {
      title: "The resizer's errors and throttles",
      stat: "Sum",
      metrics: [metric("Errors", { label: "errors" }), metric("Throttles", { label: "throttles" })],
    },
    {
      title: "Variants in the making at once",
      stat: "Maximum",
      metrics: [metric("ConcurrentExecutions", { label: "at once" })],
      ...(reservedConcurrency !== undefined
        ? { limits: [{ label: "reservedConcurrency", value: reservedConcurrency }] }
        : {}),
    },
  ];
}

/** Graphs of the metrics in the resizer's own log. */
function variantGraphs({ names: { project, stack }, allowList }: Subjects): Graph[] {
  const sizes = allowList.sizes === "any" ? [UNLISTED_SIZE] : allowList.sizes;
  const by = (metric: string, dimension: "Size" | "Format" | "Reason", values: readonly string[]): GraphedMetric[] =>
    values.map((value) => [project, metric, "Stack", stack, dimension, value, { label: value }]);
  return [
    { title: "Variants made, by size", stat: "Sum", stacked: true, metrics: by("VariantsMade", "Size", sizes) },
    { title: "Variants made, by format", stat: "Sum", stacked: true, metrics: by("VariantsMade", "Format", FORMATS) },
    { title: "Refusals, by reason", stat: "Sum", stacked: true, metrics: by("Refusals", "Reason", REFUSAL_CODES) },
    { title: "Time of a variant by size, p95, ms", stat: "p95", metrics: by("Duration", "Size", sizes) },
    { title: "Time of a variant by format, p95, ms", stat: "p95", metrics: by("Duration", "Format", FORMATS) },
    {
      title: "Bytes of originals in, of variants out",
      stat: "Sum",
      metrics: [
        [project, "BytesIn", "Stack", stack, { label: "in" }],
        [project, "BytesOut", "Stack", stack, { label: "out" }],
      ],
    },
    { title: "Bytes of a variant by size, on average", stat: "Average", metrics: by("BytesOut", "Size", sizes) },
  ];
}

function purgeGraphs({ names, purges }: Subjects): Graph[] {
  if (!purges) return [];
  return [
    {
      title: "Deleting the variants of changed originals",
      stat: "Sum",
      metrics: [
        ["AWS/Lambda", "Invocations", "FunctionName", names.purge, { label: "changes" }],
        ["AWS/Lambda", "Errors", "FunctionName", names.purge, { label: "errors" }],
      ],
    },
    {
      title: "Changes that were given up on",
      stat: "Maximum",
      metrics: [
        [
          ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", names.purgeQueues.failed],
          { label: "in the dead-letter queue" },
        ],
      ],
    },
  ];
}
