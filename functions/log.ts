export type LogLevel = "info" | "warn" | "error";

/** Writes one line of JSON to the function's log. Errors are written with their causes. */
export function log(level: LogLevel, message: string, details: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...details }, describeErrors)}\n`);
}

function describeErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, ...(cause === undefined ? { stack } : { cause }) };
}
