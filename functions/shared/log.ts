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

/** Most that a line has of a key, in bytes of its JSON, where a control character takes six. */
const MAX_KEY_BYTES = 256;
const CUT = "…";

/** Returns as much of a key as is logged. API Gateway accepts 10 KB of it, and the client pays for none of a log. */
export function excerptOf(key: string): string {
  // None of its characters takes less than a byte.
  if (key.length <= MAX_KEY_BYTES && jsonBytes(key) <= MAX_KEY_BYTES) return key;
  let excerpt = "";
  let bytes = jsonBytes(CUT);
  for (const character of key) {
    bytes += jsonBytes(character);
    if (bytes > MAX_KEY_BYTES) break;
    excerpt += character;
  }
  return excerpt + CUT;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - '""'.length;
}
