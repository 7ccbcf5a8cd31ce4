import type { IncomingMessage, ServerResponse } from "node:http";
import { type Hop, REQUEST_ID_HEADER, type Trace } from "../trace";

/** Headers of one connection, which no proxy passes on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** The end-to-end headers of a message, by lower-case name. */
export function endToEnd(headers: IncomingMessage["headers"]): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

/** Request headers that change what a viewer gets. */
const DECISIVE_ASKED = ["accept", "range", "if-none-match", "if-modified-since", "origin"];
/** Headers that decide where a viewer goes next, what is kept and for how long, and what the bytes are. */
const DECISIVE_ANSWERED = [
  "location",
  "cache-control",
  "age",
  "x-cache",
  "vary",
  "access-control-allow-origin",
  "content-type",
  "content-range",
  "etag",
  "last-modified",
  "retry-after",
];

/** What of a request's headers a trace shows, as `asked` of its hop. */
export function asked(request: IncomingMessage): Pick<Hop, "asked"> {
  return { asked: select(request.headers, DECISIVE_ASKED) };
}

/** What of an answer's headers a trace shows, as `headers` of its hop. */
export function answered(headers: Headers): Pick<Hop, "headers"> {
  return { headers: select(headers, DECISIVE_ANSWERED) };
}

function select(headers: IncomingMessage["headers"] | Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name].toString()]])),
  );
}

/** The request that a message belongs to, and whether it enters the stack with it. */
export function requestIdOf(request: IncomingMessage, trace: Trace): { requestId: string; entry: boolean } {
  const passedOn = request.headers[REQUEST_ID_HEADER];
  return typeof passedOn === "string"
    ? { requestId: passedOn, entry: false }
    : { requestId: trace.newRequestId(), entry: true };
}

/** Reports the hop once the answer is sent or the client has gone. `describe` gives what only then is known. */
export function reportWhenDone(
  response: ServerResponse,
  trace: Trace,
  hop: Pick<Hop, "requestId" | "part" | "what" | "entry" | "asked">,
  describe: () => Pick<Hop, "bytes" | "detail" | "headers">,
): void {
  const startedAt = Date.now();
  const started = performance.now();
  response.once("close", () => {
    trace.report({
      ...hop,
      status: response.statusCode,
      startedAt,
      ms: performance.now() - started,
      ...describe(),
    });
  });
}

/** Thrown by `readBody`. */
export class BodyTooLarge extends Error {}

/** The whole body of a message. @throws BodyTooLarge above `limit` bytes; Error if the sender went away. */
export async function readBody(message: IncomingMessage, limit = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw new BodyTooLarge(`the body is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
