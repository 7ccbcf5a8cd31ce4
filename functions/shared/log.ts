export type LogLevel = "info" | "warn" | "error";

/**
 * Writes one line of JSON to the function's log. Errors are written with their causes.
 *
 * Straight to standard output, which Lambda passes on as it is: `console.log` would wrap the line in another, and
 * CloudWatch finds no metrics in there. Lambda reads `level` and `timestamp` (developer guide, "Log-level filtering").
 */
export function log(level: LogLevel, message: string, details: Readonly<Record<string, unknown>>): void {
  const timestamp = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ timestamp, level, message, ...details }, describeErrors)}\n`);
}

function describeErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, ...(cause === undefined ? { stack } : { cause }) };
}
