import { directive, type MetricsPlace } from "../shared/embedded-metrics";

/** Metric of the changes that a call could not handle. Lambda reports none: failed messages of a batch are no error to it. */
export const PURGE_METRICS = { PurgeFailures: "Count" } as const;

/** Returns the members of a log line that are the metric; none where the stack is not monitored. */
export function failuresMetric(place: MetricsPlace | undefined, failures: number): Readonly<Record<string, unknown>> {
  if (!place) return {};
  return { ...directive(place.namespace, [["Stack"]], PURGE_METRICS), Stack: place.stack, PurgeFailures: failures };
}
