import assert from "node:assert/strict";
import { failuresMetric } from "../../../functions/purge/metrics";
import { createMetrics } from "../../../functions/resizer/metrics";

/** Metrics of each service, and the names of their dimensions (each service's own guide). */
const REPORTED: Readonly<Record<string, { dimensions: readonly string[][]; metrics: readonly string[] }>> = {
  "AWS/Lambda": {
    dimensions: [["FunctionName"]],
    metrics: ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
  },
  "AWS/ApiGateway": { dimensions: [["ApiId"]], metrics: ["Count", "4xx", "5xx", "Latency", "IntegrationLatency"] },
  "AWS/CloudFront": {
    dimensions: [["Region", "DistributionId"]],
    metrics: ["Requests", "BytesDownloaded", "BytesUploaded", "4xxErrorRate", "5xxErrorRate", "TotalErrorRate"],
  },
  "AWS/SQS": {
    dimensions: [["QueueName"]],
    metrics: ["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"],
  },
  "image-resizer": ownMetrics(),
};

/** Returns the metrics that the functions themselves write into their logs. */
function ownMetrics() {
  const metrics = createMetrics({ namespace: "image-resizer", stack: "dev" }, { sizes: ["640w"] });
  const made = { size: "640w", format: "jpeg", written: true, milliseconds: 1, bytesIn: 1, bytesOut: 1 } as const;
  const purge = failuresMetric({ namespace: "image-resizer", stack: "dev" }, 1);
  const directives = [metrics.made(made), metrics.refused("unavailable"), purge].flatMap(
    ({ _aws }) =>
      (_aws as { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] }).CloudWatchMetrics,
  );
  return {
    dimensions: directives.flatMap(({ Dimensions }) => Dimensions),
    metrics: directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
  };
}

/** Asserts that a service reports a metric under these names of dimensions. */
export function assertReported(namespace: string, metric: string, dimensions: readonly string[]): void {
  const known = REPORTED[namespace];
  assert.ok(known, `nothing reports into ${namespace}`);
  assert.ok(known.metrics.includes(metric), `${namespace} has no ${metric}`);
  const names = [...dimensions].sort().join();
  assert.ok(
    known.dimensions.some((set) => [...set].sort().join() === names),
    `${metric} has no dimensions ${names}`,
  );
}
