import type { Hop, Trace } from "./trace";

/** Requests kept without their last hop; older ones are dropped. */
const MAX_OPEN = 1000;

/** Writes a line for each viewer's request, with its hops, and the lines of the function's log between them. */
export class RequestLog {
  readonly #write: (line: string) => void;
  readonly #open = new Map<string, Hop[]>();

  constructor(trace: Trace, write: (line: string) => void) {
    this.#write = write;
    trace.listen((hop) => {
      this.#collect(hop);
    });
    trace.listenToLog(({ text }) => {
      write(`    ${text}`);
    });
  }

  #collect(hop: Hop): void {
    const hops = this.#open.get(hop.requestId) ?? [];
    this.#open.delete(hop.requestId);
    if (hop.entry) {
      this.#write(describe(hop, hops));
      return;
    }
    this.#open.set(hop.requestId, [...hops, hop]);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN) break;
      this.#open.delete(oldest);
    }
  }
}

/** Returns `301  GET /dev/resizer?key=...  84 ms  api http://...; function 200 83 ms; s3 200 GetObject a.jpg 3 ms; ...` */
function describe(entry: Hop, inner: readonly Hop[]): string {
  const steps = inner
    // Allowed is the usual case: only a denial is worth a line.
    .filter((hop) => hop.part !== "iam" || hop.status !== 200)
    .sort((one, other) => one.startedAt - other.startedAt)
    .map((hop) => {
      // A step that passes the request on, or its answer back, repeats neither.
      const what = hop.what === entry.what ? undefined : hop.what;
      const detail = hop.detail !== undefined && entry.detail?.includes(hop.detail) ? undefined : hop.detail;
      return words(hop.part, hop.status, what, `${hop.ms.toFixed(0)} ms`, detail);
    });
  const hops = [words(entry.part, entry.detail), ...steps].join("; ");
  return `${entry.status}  ${entry.what}  ${entry.ms.toFixed(0)} ms  ${hops}`;
}

function words(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" ");
}
