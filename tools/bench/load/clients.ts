// Clients of a stack under load: of a kind that follows redirects, and autocannon's, for what is one request.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";

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

interface LoadOptions {
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
/** Interval at which autocannon checks whether to end, milliseconds. */
const SAMPLE_INTERVAL_MS = 50;
/** Time that autocannon waits for a response: its default. */
const TIMEOUT_SECONDS = 10;

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
function isHit(cache: string | readonly string[] | undefined): boolean {
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

/**
 * Runs autocannon on a host, each connection with one request at a time and the next as soon as it has the response.
 * @param next returns what to request; all have the same status, and it never ends
 */
export async function loadOfRequests(
  host: string,
  next: () => Wanted | undefined,
  { connections, seconds, stopped }: LoadOptions,
): Promise<Load> {
  const observed: Observed[] = [];
  let expected = 0;
  let last = { ok: false, hit: false };
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        url: host,
        connections,
        // It ends with the first response after the time, because on a slow machine there is none before.
        duration: seconds + 2 * TIMEOUT_SECONDS,
        timeout: TIMEOUT_SECONDS,
        sampleInt: SAMPLE_INTERVAL_MS,
        requests: [
          {
            setupRequest: (request) => {
              const wanted = next();
              expected = wanted?.status ?? expected;
              return { ...request, path: wanted?.url.slice(host.length) };
            },
            onResponse: (status, _body, _context, headers) => {
              last = { ok: status === expected, hit: isHit(headers?.["x-cache"]) };
            },
          },
        ],
      },
      (error: Error | null) => {
        if (error) reject(error);
        else resolve();
      },
    );
    const observe = (one: Observed) => {
      observed.push(one);
      if (elapsed() >= seconds || stopped()) instance.stop();
    };
    // autocannon's own histogram has whole milliseconds; its event, which follows `onResponse` at once, has parts of one.
    instance.on("response", (_client, _status, bytes, ms) => {
      observe({ ...last, requests: 1, bytes, ms });
    });
    instance.on("reqError", () => {
      observe({ ok: false, hit: false, requests: 1, bytes: 0, ms: 0 });
    });
  });
  return { seconds: elapsed(), observed };
}
