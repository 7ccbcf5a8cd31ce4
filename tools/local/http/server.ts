import http, { type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "@image-resizer/lib/program";
import { type Part, REQUEST_ID_HEADER, type Trace } from "../trace";
import type { Headers } from "./exchange";
import { isOwnHost } from "../hosts";

/** Address of every local server: no other machine can reach it. */
export const LOOPBACK = "127.0.0.1";

/** A server that listens on loopback. */
export interface LocalServer {
  /** `http://127.0.0.1:8083`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends the server at once, and every connection to it. */
  close(): Promise<void>;
}

/** A request to a local server. */
export interface PartRequest {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Path and query string, as they were sent. */
  readonly target: string;
  /** Id of the client's request, and whether it enters the stack here. A handler that learns better changes both. */
  requestId: string;
  entry: boolean;
  /** Name of the request in the trace; `<method> <target>` unless the handler changes it. */
  what: string;
}

/** Response of a handler. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Body as a GET gets it; `content-length` follows from it unless it is a stream, whose length is in the headers. */
  readonly body?: string | Buffer | Readable;
  /** Remark for the trace. Default: the `location` of a redirect. */
  readonly detail?: string;
}

export type Handler = (request: PartRequest) => Promise<Reply>;

/** Higher than every limit that the parts enforce themselves. */
const MAX_HEADER_BYTES = 64 * 1024;

const MISDIRECTED: Reply = {
  status: 421,
  headers: { "content-type": "text/plain" },
  body: "This server is of a local stack: its names are localhost and 127.0.0.1.\n",
};

/** Request headers that change the response. */
const TRACED_REQUEST_HEADERS = ["accept", "range", "if-none-match", "if-modified-since", "origin"];
/** Response headers that say where a client goes next, what is cached and for how long, and what the bytes are. */
const TRACED_RESPONSE_HEADERS = [
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

/**
 * Serves a part of the stack on loopback and reports each request to the trace before its body is sent, so that a client
 * that has the response finds the hop. An error in the handler becomes a 500, and the host of another site a 421.
 * @param port 0 for any free one
 * @throws UserError if the port is taken
 */
export function servePart(part: Part, trace: Trace, port: number, handle: Handler): Promise<LocalServer> {
  return start(port, async (message, response) => {
    if (!isOwnHost(message.headers.host)) {
      await sendReply(response, message.method ?? "GET", MISDIRECTED);
      return;
    }
    const request = partRequest(message, trace.newRequestId());
    const { method } = request;
    const report = trace.start(part, request.requestId);
    const reply = await replyOf(handle, request);
    const { status, headers, body = "" } = reply;
    const { requestId, what, entry } = request;
    const isRedirect = status >= 300 && status < 400;
    const detail = reply.detail ?? (isRedirect ? headers.location?.toString() : undefined);
    const bytes = isStream(body) ? Number(headers["content-length"]) : Buffer.byteLength(body);
    report({
      requestId,
      what,
      status,
      bytes: method === "HEAD" ? 0 : bytes,
      entry,
      requestHeaders: select(message.headers, TRACED_REQUEST_HEADERS),
      responseHeaders: select(headers, TRACED_RESPONSE_HEADERS),
      ...(detail === undefined ? {} : { detail }),
    });
    await sendReply(response, method, reply);
  });
}

/**
 * Serves a handler on loopback without a trace: what is not a part of the stack.
 * @param port 0 for any free one
 * @throws UserError if the port is taken
 */
export function serve(port: number, handle: Handler): Promise<LocalServer> {
  return start(port, async (message, response) => {
    const request = partRequest(message, "");
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
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(listenError(error, port));
    });
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return { url: `http://${LOOPBACK}:${actualPort}`, port: actualPort, close: () => shut(server) };
}

async function shut(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") return new UserError(`port ${port} is already in use: choose another --port`);
  if (error.code === "EACCES") {
    return new UserError(`port ${port} may not be used without privileges: choose another --port`);
  }
  return error;
}

function partRequest(message: IncomingMessage, newRequestId: string): PartRequest {
  const { method = "GET", url: target = "/" } = message;
  const passedOn = message.headers[REQUEST_ID_HEADER]?.toString();
  const requestId = passedOn ?? newRequestId;
  return { message, method, target, requestId, entry: passedOn === undefined, what: `${method} ${target}` };
}

function select(headers: IncomingMessage["headers"] | Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name].toString()]])),
  );
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

/** Sends a reply to the end. A client that closes the connection ends it without an error. */
async function sendReply(
  response: ServerResponse,
  method: string,
  { status, headers, body = "" }: Reply,
): Promise<void> {
  // A reply to HEAD without a body has the length of the body of a GET in its headers, if any.
  const hasLength = !isStream(body) && status !== 204 && status !== 304 && (method !== "HEAD" || body.length > 0);
  const length = hasLength ? { "content-length": Buffer.byteLength(body) } : {};
  response.writeHead(status, { ...length, ...(headers as OutgoingHttpHeaders) });
  if (!isStream(body)) {
    response.end(method === "HEAD" ? "" : body);
  } else if (method === "HEAD") {
    body.destroy();
    response.end();
  } else {
    response.flushHeaders();
    await pipeline(body, response).catch(() => response.destroy());
  }
}

function isStream(body: string | Buffer | Readable): body is Readable {
  return !(typeof body === "string" || Buffer.isBuffer(body));
}
