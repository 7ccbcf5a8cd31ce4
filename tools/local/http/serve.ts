import http from "node:http";
import { listen, shut } from "../s3/listen";

export type RequestHandler = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/** Above every limit that the local servers answer for themselves. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Serves a handler on a port of this machine, 0 for any free one. A handler that fails is a 500.
 * @throws UserError if the port is taken.
 */
export async function serve(handle: RequestHandler, port: number): Promise<Served> {
  const server = http.createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(response.writableEnded ? undefined : JSON.stringify({ message: "Internal Server Error" }));
    });
  });
  return { port: await listen(server, port), close: () => shut(server) };
}
