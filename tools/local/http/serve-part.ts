import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Part, REQUEST_ID_HEADER, type Trace } from "../trace";
import { answered, asked, type Headers } from "./exchange";
import { listen, type LocalServer } from "./listen";

/** A request to a local server. */
export interface PartRequest {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Path and query string, as they were sent. */
  readonly target: string;
  /** Id of the viewer's request, and whether it enters the stack here. A handler that learns better changes both. */
  requestId: string;
  entry: boolean;
  /** Name of the request in the trace; `<method> <target>` unless the handler changes it. */
  what: string;
}

/** Response of a handler. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Body as a GET gets it; `content-length` follows from it unless it is a stream. */
  readonly body?: string | Buffer | Readable;
  /** Remark for the trace. Default: the `location` of a redirect. */
  readonly detail?: string;
}

export type Handler = (request: PartRequest) => Promise<Reply>;

/** Higher than every limit that the parts enforce themselves. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Serves a part of the stack on loopback and reports each request to the trace before its last byte is sent, so that a
 * client that has the response finds the hop. An error in the handler becomes a 500.
 * @param port 0 for any free one
 * @throws UserError if the port is taken
 */
export function servePart(part: Part, trace: Trace, port: number, handle: Handler): Promise<LocalServer> {
  return start(port, async (message, response) => {
    const startedAt = Date.now();
    const start = performance.now();
    const request = partRequest(message, trace);
    const reply = await replyOf(handle, request);
    await sendReply(response, request.method, reply, (bytes) => {
      const { requestId, what, entry } = request;
      const isRedirect = reply.status >= 300 && reply.status < 400;
      const detail = reply.detail ?? (isRedirect ? reply.headers.location?.toString() : undefined);
      trace.report({
        requestId,
        part,
        what,
        status: reply.status,
        startedAt,
        ms: performance.now() - start,
        bytes,
        entry,
        ...asked(message),
        ...answered(reply.headers),
        ...(detail === undefined ? {} : { detail }),
      });
    });
  });
}

/**
 * Serves a handler on loopback without a trace: what is not a part of the stack.
 * @param port 0 for any free one
 * @throws UserError if the port is taken
 */
export function serve(port: number, handle: Handler): Promise<LocalServer> {
  return start(port, async (message, response) => {
    const request = partRequest(message);
    await sendReply(response, request.method, await replyOf(handle, request));
  });
}

async function start(
  port: number,
  serveOne: (message: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  const server = http.createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (message, response) => {
    serveOne(message, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  return listen(server, port);
}

function partRequest(message: IncomingMessage, trace?: Trace): PartRequest {
  const { method = "GET", url: target = "/" } = message;
  const passedOn = message.headers[REQUEST_ID_HEADER]?.toString();
  const requestId = passedOn ?? trace?.newRequestId() ?? "";
  return { message, method, target, requestId, entry: passedOn === undefined, what: `${method} ${target}` };
}

async function replyOf(handle: Handler, request: PartRequest): Promise<Reply> {
  try {
    return await handle(request);
  } catch (error) {
    console.error(error);
    const headers = { "content-type": "application/json" };
    return { status: 500, headers, body: JSON.stringify({ message: "Internal Server Error" }) };
  }
}

/**
 * Sends a reply to the end. A client that closes the connection ends it without an error.
 * @param report receives the bytes of the body once, before the client can have the last of them
 */
async function sendReply(
  response: ServerResponse,
  method: string,
  { status, headers, body = "" }: Reply,
  report?: (bytes: number) => void,
): Promise<void> {
  if (!(typeof body === "string" || Buffer.isBuffer(body))) {
    response.writeHead(status, headers as OutgoingHttpHeaders);
    await sendStream(response, method, body, report);
    return;
  }
  // A reply to HEAD without a body has the length of the body of a GET in its headers, if any.
  const hasLength = status !== 204 && status !== 304 && (method !== "HEAD" || body.length > 0);
  response.writeHead(status, { ...(hasLength ? { "content-length": Buffer.byteLength(body) } : {}), ...headers });
  const sent = method === "HEAD" ? "" : body;
  report?.(Buffer.byteLength(sent));
  response.end(sent);
}

async function sendStream(
  response: ServerResponse,
  method: string,
  body: Readable,
  report?: (bytes: number) => void,
): Promise<void> {
  if (method === "HEAD") {
    body.destroy();
    report?.(0);
    response.end();
    return;
  }
  response.flushHeaders();
  let sentBytes = 0;
  let isReported = report === undefined;
  const reportOnce = () => {
    if (!isReported) report?.(sentBytes);
    isReported = true;
  };
  async function* lastHeldBack(chunks: AsyncIterable<Buffer>) {
    let last: Buffer | undefined;
    for await (const chunk of chunks) {
      if (last) yield last;
      last = chunk;
      sentBytes += chunk.length;
    }
    reportOnce();
    if (last) yield last;
  }
  // Without a report nothing is held back: the next chunk may be a long time coming.
  const sending = report ? pipeline(body, lastHeldBack, response) : pipeline(body, response);
  await sending.catch(() => {
    reportOnce();
    response.destroy();
  });
}
