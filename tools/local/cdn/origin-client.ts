import http from "node:http";
import { endToEnd, type Headers, readBody } from "../http/exchange";
import { LOOPBACK } from "../http/listen";

export interface OriginRequest {
  /** The local port that stands for the origin. */
  readonly port: number;
  readonly method: string;
  /** Path and query string, sent as they are. */
  readonly target: string;
  readonly headers: Headers;
  readonly body?: Buffer;
  /** How long the origin may stay silent, in milliseconds. */
  readonly timeoutMs: number;
}

export interface OriginResponse {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/** Thrown when the origin stays silent. */
export class OriginTimeout extends Error {}

// A connection of its own for every request: nothing to go stale, and on loopback it costs next to nothing.
const agent = new http.Agent({ keepAlive: false });

/** @throws OriginTimeout; any other Error if the origin cannot be reached or breaks off. */
export async function askOrigin(request: OriginRequest): Promise<OriginResponse> {
  const message = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const { port, method, target, headers, body, timeoutMs } = request;
    const outgoing = http.request(
      { host: LOOPBACK, port, method, path: target, headers: headers as http.OutgoingHttpHeaders, agent },
      resolve,
    );
    outgoing.setTimeout(timeoutMs, () => {
      outgoing.destroy(new OriginTimeout(`no answer within ${timeoutMs} ms`));
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
  return { status: message.statusCode ?? 502, headers: endToEnd(message.headers), body: await readBody(message) };
}
