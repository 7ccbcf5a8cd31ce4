import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** Fault between the resizer and S3. */
export type Fault =
  /** No server listens. */
  | "refused"
  /** The connection is reset half-way: through the response's body of a read, through the request's of a write. */
  | "reset"
  /** The connection stays open without a response. */
  | "silent"
  /** The headers and half of the body are sent, and nothing more. */
  | "stalled"
  /** The connection is closed in good order, half of the body short of its Content-Length. */
  | "short"
  /** S3 does what it was asked, and the connection is reset before its response. */
  | "response lost"
  /** Another ETag in every response. */
  | "etag"
  | "500 InternalError"
  | "503 SlowDown"
  | "403 AccessDenied"
  | "403 InvalidAccessKeyId";

export interface FaultSettings {
  readonly method: "GET" | "PUT";
  readonly fault: Fault;
  /** Number of requests that fail. Default: all until `heal`. */
  readonly times?: number;
}

/** Proxy of the local S3 that fails as it is told. */
export class FaultyS3 {
  readonly #upstream: URL;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  #settings: FaultSettings | undefined;
  #port = 0;
  #failed = 0;
  #responses = 0;
  #onFault: () => void = () => undefined;
  #onIdle: () => void = () => undefined;
  /** Requests since the fault was set, by method. */
  readonly requests = new Map<string, number>();

  constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = http.createServer((request, response) => {
      this.#serve(request, response);
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        if (this.#sockets.size === 0) this.#onIdle();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Sets the fault. */
  async fail(settings: FaultSettings): Promise<void> {
    this.#settings = settings;
    this.#failed = 0;
    this.requests.clear();
    if (settings.fault === "refused") await this.close();
  }

  /** Resolves when a silent or stalled request has come as far as it will. */
  fault(): Promise<void> {
    return new Promise((resolve) => (this.#onFault = resolve));
  }

  /** Resolves when no connection is open. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#sockets.size === 0) resolve();
    });
  }

  /** Ends the fault. */
  async heal(): Promise<void> {
    this.#settings = undefined;
    if (!this.#server.listening) await this.open();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET" } = request;
    this.requests.set(method, (this.requests.get(method) ?? 0) + 1);
    const settings = this.#settings;
    if (settings?.method !== method || this.#failed >= (settings.times ?? Infinity)) {
      this.#forward(request, response);
      return;
    }
    this.#failed++;
    const { fault } = settings;
    const [, status, code] = /^(\d{3}) (\w+)$/.exec(fault) ?? [];
    if (status !== undefined && code !== undefined) sendError(request, response, Number(status), code);
    else if (fault === "silent") request.resume().once("end", this.#onFault);
    else if (method === "PUT" && fault === "reset") request.once("data", () => request.socket.resetAndDestroy());
    else if (method === "PUT" && fault === "stalled") {
      request.once("data", () => {
        request.pause();
        this.#onFault();
      });
    } else this.#forward(request, response, fault);
  }

  #forward(request: IncomingMessage, response: ServerResponse, fault?: Fault): void {
    const { hostname, port } = this.#upstream;
    const { method, url: path, headers } = request;
    const outgoing = http.request({ hostname, port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        this.#respond(request.socket, response, incoming, Buffer.concat(chunks), fault);
      });
    });
    outgoing.on("error", () => request.socket.destroy());
    request.on("close", () => {
      if (!request.complete) outgoing.destroy();
    });
    request.pipe(outgoing);
  }

  #respond(socket: Socket, response: ServerResponse, from: IncomingMessage, body: Buffer, fault?: Fault): void {
    if (fault === "response lost") {
      socket.resetAndDestroy();
      return;
    }
    this.#responses++;
    const headers = { ...from.headers, ...(fault === "etag" ? { etag: `"changed-${this.#responses}"` } : {}) };
    response.writeHead(from.statusCode ?? 500, headers);
    if (fault === undefined || fault === "etag") {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      if (fault === "reset") socket.resetAndDestroy();
      if (fault === "short") socket.end();
      if (fault === "stalled") this.#onFault();
    });
  }
}

function sendError(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
  request.resume().once("end", () => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  });
}
