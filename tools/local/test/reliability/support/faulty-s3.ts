import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What may go wrong between the resizer and S3. */
export type Fault =
  /** Nobody listens. */
  | "refused"
  /** The connection is reset half-way: through the answer's body of a read, through the request's of a write. */
  | "reset"
  /** The connection stays open and nothing comes. */
  | "silent"
  /** The headers and half of the body come, and then nothing. */
  | "stalled"
  /** The connection is closed in good order, half of the body short of its Content-Length. */
  | "short"
  /** S3 does what it was asked, and the connection is reset before its answer comes. */
  | "answer lost"
  /** Another ETag with every answer. */
  | "etag"
  | "500 InternalError"
  | "503 SlowDown"
  | "403 AccessDenied"
  | "403 InvalidAccessKeyId";

export interface FaultySettings {
  readonly method: "GET" | "PUT";
  readonly fault: Fault;
  /** How many requests it befalls. Default: every one until it is mended. */
  readonly times?: number;
}

/** An S3 that misbehaves as it is told: a proxy in front of the local one. */
export class FaultyS3 {
  readonly #upstream: URL;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  #settings: FaultySettings | undefined;
  #port = 0;
  #befallen = 0;
  #answers = 0;
  /** Requests that have come in, by method, since the fault was set. */
  readonly requests = new Map<string, number>();

  constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = http.createServer((request, response) => {
      this.#serve(request, response);
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** From now on this goes wrong, and nothing else. */
  async break(settings: FaultySettings): Promise<void> {
    this.#settings = settings;
    this.#befallen = 0;
    this.requests.clear();
    if (settings.fault === "refused") await this.close();
  }

  /** From now on nothing goes wrong. */
  async mend(): Promise<void> {
    this.#settings = undefined;
    if (!this.#server.listening) await this.open();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET" } = request;
    this.requests.set(method, (this.requests.get(method) ?? 0) + 1);
    const settings = this.#settings;
    const befalls = settings?.method === method && this.#befallen < (settings.times ?? Infinity);
    if (!befalls) {
      this.#forward(request, response);
      return;
    }
    this.#befallen++;
    const { fault } = settings;
    const [, status, code] = /^(\d{3}) (\w+)$/.exec(fault) ?? [];
    if (status !== undefined && code !== undefined) answerError(request, response, Number(status), code);
    else if (fault === "silent") request.resume();
    else if (method === "PUT" && fault === "reset") resetDuring(request);
    else if (method === "PUT" && fault === "stalled") stallDuring(request);
    else this.#forward(request, response, fault);
  }

  #forward(request: IncomingMessage, response: ServerResponse, fault?: Fault): void {
    const { hostname, port } = this.#upstream;
    const { method, url: path, headers } = request;
    const outgoing = http.request({ hostname, port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        this.#answer(request.socket, response, incoming, Buffer.concat(chunks), fault);
      });
    });
    outgoing.on("error", () => request.socket.destroy());
    request.on("close", () => {
      if (!request.complete) outgoing.destroy();
    });
    request.pipe(outgoing);
  }

  #answer(socket: Socket, response: ServerResponse, from: IncomingMessage, body: Buffer, fault?: Fault): void {
    if (fault === "answer lost") {
      socket.resetAndDestroy();
      return;
    }
    this.#answers++;
    response.writeHead(from.statusCode ?? 500, {
      ...from.headers,
      ...(fault === "etag" ? { etag: `"changed-${this.#answers}"` } : {}),
    });
    if (fault === undefined || fault === "etag") {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      if (fault === "reset") socket.resetAndDestroy();
      if (fault === "short") socket.end();
    });
  }
}

function answerError(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
  request.resume();
  request.once("end", () => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  });
}

/** Resets the connection once some of the body has come. */
function resetDuring(request: IncomingMessage): void {
  request.once("data", () => request.socket.resetAndDestroy());
}

/** Reads some of the body, and no more. */
function stallDuring(request: IncomingMessage): void {
  request.once("data", () => request.pause());
}
