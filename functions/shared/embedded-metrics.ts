/** Namespace and dimension that tell the metrics of this stack from those of others in the account. */
export interface MetricsPlace {
  readonly namespace: string;
  /** The value of the dimension `Stack`. */
  readonly stack: string;
}

/**
 * Returns the member of a log line that tells CloudWatch which of its members are metrics, and which are their dimensions
 * (CloudWatch user guide, "Specification: Embedded metric format").
 */
export function directive(
  namespace: string,
  dimensions: readonly string[][],
  units: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const metrics = Object.entries(units).map(([name, unit]) => ({ Name: name, Unit: unit }));
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: dimensions, Metrics: metrics }],
    },
  };
}
