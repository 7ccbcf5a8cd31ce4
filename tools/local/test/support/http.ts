import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer | undefined;
}

/** One request, its target sent as it is, its redirect not followed. */
export function ask(url: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> {
  const [, origin = "", target = ""] = /^(http:\/\/[^/]+)(.*)$/.exec(url) ?? [];
  return new Promise((resolve, reject) => {
    // Node sends a body of DELETE without its length unless it is told.
    const length = body ? { "content-length": Buffer.byteLength(body) } : {};
    const options = { method, path: target || "/", headers: { ...length, ...headers }, agent: false };
    const request = http.request(origin, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.once("error", reject);
    request.end(body);
  });
}

/** A server of a test's own. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function startServer(handle: http.RequestListener): Promise<TestServer> {
  const server = http.createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
