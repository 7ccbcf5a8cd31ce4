import { formatBytes } from "../format-bytes";
import type { Hop, LogLine, Trace } from "../trace";
import { type Paint, printable } from "./text";

/** Requests kept without their last hop; older ones are dropped. */
const MAX_OPEN = 1000;

/** Form of the log: lines to read, or JSON with every hop and every line of the functions. */
export type LogFormat = "text" | "json";

interface RequestLogOptions {
  readonly format: LogFormat;
  readonly paint: Paint;
  /** Receives each line, which has nothing that a terminal would act on but the styles of `paint`. */
  readonly write: (line: string) => void;
}

/** Writes a line for each client's request, and the warnings of the functions' logs between them. */
export class RequestLog {
  readonly #options: RequestLogOptions;
  readonly #open = new Map<string, Hop[]>();

  constructor(trace: Trace, options: RequestLogOptions) {
    this.#options = options;
    trace.listen((hop) => {
      this.#collect(hop);
    });
    trace.listenToLog((line) => {
      this.#log(line);
    });
  }

  #collect(hop: Hop): void {
    const hops = this.#open.get(hop.requestId) ?? [];
    this.#open.delete(hop.requestId);
    if (hop.entry) {
      const { format, paint, write } = this.#options;
      write(format === "json" ? json(hop, hops) : line(hop, hops, paint));
      return;
    }
    this.#open.set(hop.requestId, [...hops, hop]);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN) break;
      this.#open.delete(oldest);
    }
  }

  #log({ requestId, text }: LogLine): void {
    const { format, paint, write } = this.#options;
    if (format === "json") {
      write(printable(JSON.stringify({ requestId, log: text })));
      return;
    }
    const warning = warningOf(text);
    if (warning !== undefined) write(paint("yellow", printable(`    ${warning}`)));
  }
}

/** Returns `02:48:11  200  GET /640w/moor.png  48 KB  12 ms  hit`. */
function line(entry: Hop, inner: readonly Hop[], paint: Paint): string {
  const { status, what, bytes = 0, ms, startedAt } = entry;
  const colour = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  const outcome = outcomeOf(entry, inner);
  // A denial is the reason of these alone: on a miss, ListBucket is denied as it should be.
  const isDenied = status === 403 || status >= 500;
  const denials = isDenied ? inner.filter((hop) => hop.part === "iam" && hop.status !== 200) : [];
  return [
    paint("dim", new Date(startedAt).toTimeString().slice(0, 8)),
    paint(colour, String(status)),
    printable(what),
    formatBytes(bytes),
    `${ms.toFixed(0)} ms`,
    outcome === "made" ? paint("cyan", outcome) : outcome,
    ...denials.map((hop) => paint("red", printable([hop.what, hop.detail ?? ""].join(": ")))),
  ].join("  ");
}

/** Returns `made` where a function stored a variant, else the cache's word, else the part that answered. */
function outcomeOf({ part, detail }: Hop, inner: readonly Hop[]): string {
  const isMade =
    inner.some((hop) => hop.part === "function") &&
    inner.some(
      (hop) => hop.part === "s3" && hop.status === 200 && /^(PutObject|CompleteMultipartUpload) /.test(hop.what),
    );
  if (isMade) return "made";
  return /^(Hit|RefreshHit|Miss|Error) from cloudfront/.exec(detail ?? "")?.[1]?.toLowerCase() ?? part;
}

function json(entry: Hop, inner: readonly Hop[]): string {
  const { requestId, startedAt, status, what, bytes = 0, ms } = entry;
  const hops = [...inner].sort((one, other) => one.startedAt - other.startedAt);
  const time = new Date(startedAt).toISOString();
  const result = outcomeOf(entry, inner);
  return printable(JSON.stringify({ time, requestId, status, what, bytes, ms, result, hops: [...hops, entry] }));
}

/** Returns what is worth a line of a function's log: a warning's message, or text that is no JSON. */
function warningOf(text: string): string | undefined {
  try {
    const entry = JSON.parse(text) as { level?: unknown; message?: unknown } | null;
    if (typeof entry?.level !== "string") return text;
    return /^(warn|error)$/i.test(entry.level) ? `${entry.level}: ${String(entry.message)}` : undefined;
  } catch {
    return text;
  }
}
