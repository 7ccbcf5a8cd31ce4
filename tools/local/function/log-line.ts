/** Metrics of a line, which CloudWatch extracts (CloudWatch user guide, "Specification: Embedded metric format"). */
interface Directive {
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string }[];
}

/**
 * Returns a line of a function's log without its metrics, which repeat its other members for CloudWatch's graphs. Any
 * other line is returned as it is.
 */
export function withoutMetrics(line: string): string {
  const record = parsed(line);
  if (!record) return line;
  const { _aws, ...members } = record;
  const directives = (_aws as { CloudWatchMetrics?: readonly Directive[] } | null)?.CloudWatchMetrics ?? [];
  const names = directives.flatMap(({ Dimensions = [], Metrics = [] }) => [
    ...Dimensions.flat(),
    ...Metrics.map(({ Name }) => Name),
  ]);
  return JSON.stringify(Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name))));
}

/** Returns the line's members if it carries metrics. */
function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.includes('"_aws"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "_aws" in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
