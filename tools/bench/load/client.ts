import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A URL, and the status that the last response must have. */
export interface Wanted {
  readonly url: string;
  readonly status: number;
}

/** One request, or one client's way to its last response. */
export interface Observed {
  /** True if the last response had the expected status. */
  readonly ok: boolean;
  /** True if it came from the CDN's cache. */
  readonly hit: boolean;
  readonly requests: number;
  /** Of the responses: status lines, headers and bodies as HTTP/1.1 sends them. */
  readonly bytes: number;
  readonly ms: number;
}

/** All that was observed of a stack in one turn. */
export interface Load {
  readonly seconds: number;
  readonly observed: readonly Observed[];
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Ends the load early; asked between two requests. */
  readonly stopped: () => boolean;
}

interface ClientResponse {
  readonly status: number;
  readonly hit: boolean;
  readonly location: string | undefined;
  readonly bytes: number;
}

/** More than any flow of the stack has: further redirects are a loop. */
const MAX_REQUESTS = 6;
/** `HTTP/1.1 200 ` and a line's end. */
const STATUS_LINE_BYTES = 17;

/** One client: one request at a time, redirects followed, one connection to each host that stays open. */
export class Client {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  /** @param latencyMs waited before each request, as if the hosts were so far away, there and back */
  constructor(private readonly latencyMs = 0) {}

  /** Measures from the request to the last byte of the last response. A connection that fails is a view that is not ok. */
  async view({ url, status }: Wanted): Promise<Observed> {
    const started = performance.now();
    let last: ClientResponse | undefined;
    let [requests, bytes] = [0, 0];
    let next: string | undefined = url;
    while (next !== undefined && requests < MAX_REQUESTS) {
      if (this.latencyMs > 0) await sleep(this.latencyMs);
      last = await this.#get(next).catch(() => undefined);
      requests++;
      bytes += last?.bytes ?? 0;
      next = last?.location === undefined ? undefined : new URL(last.location, next).href;
    }
    const ok = last?.status === status;
    return { ok, hit: last?.hit ?? false, requests, bytes, ms: performance.now() - started };
  }

  close(): void {
    this.#agent.destroy();
  }

  #get(url: string): Promise<ClientResponse> {
    return new Promise((resolve, reject) => {
      const request = http.get(url, { agent: this.#agent }, (response) => {
        const { location, "x-cache": cache } = response.headers;
        let bytes = response.rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, STATUS_LINE_BYTES);
        response.on("data", (chunk: Buffer) => (bytes += chunk.length));
        response.once("error", reject);
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, hit: isHit(cache), location, bytes });
        });
      });
      request.once("error", reject);
    });
  }
}

/** Returns true if an `x-cache` header names the CDN's cache. */
export function isHit(cache: string | readonly string[] | undefined): boolean {
  return cache === "Hit from cloudfront";
}

/**
 * Lets clients each request the next URL as soon as they have the last response.
 * @param next returns what to request; undefined ends the load
 */
export async function loadOfClients(
  next: () => Wanted | undefined,
  { connections, seconds, stopped }: LoadOptions,
): Promise<Load> {
  const observed: Observed[] = [];
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new Client();
      for (let wanted = next(); wanted && elapsed() < seconds && !stopped(); wanted = next()) {
        observed.push(await client.view(wanted));
      }
      client.close();
    }),
  );
  return { seconds: elapsed(), observed };
}
