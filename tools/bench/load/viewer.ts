import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What a viewer is after, and the status that ends it. */
export interface Wanted {
  readonly url: string;
  readonly status: number;
}

/** What came of it. */
export interface View {
  /** Whether the last answer had the status expected. */
  readonly ok: boolean;
  /** Whether it came from the CDN's cache. */
  readonly hit: boolean;
  readonly requests: number;
  /** Of the answers: status lines, headers and bodies as they come over HTTP/1.1. */
  readonly bytes: number;
  readonly ms: number;
}

interface Answer {
  readonly status: number;
  readonly hit: boolean;
  readonly location: string | undefined;
  readonly bytes: number;
}

/** More than any flow of the stack has: a viewer who is sent on further goes round in circles. */
const MAX_REQUESTS = 6;
/** `HTTP/1.1 200 ` and a line's end. */
const STATUS_LINE_BYTES = 17;

/** One viewer: one request at a time, redirects followed, a connection to each host that stays open. */
export class Viewer {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #latencyMs: number;

  /** @param latencyMs waited before each request, as if the hosts were so far away, there and back. Default 0. */
  constructor(latencyMs = 0) {
    this.#latencyMs = latencyMs;
  }

  /** From the request to the last byte of the last answer. A connection that fails is a view that is not ok. */
  async view({ url, status }: Wanted): Promise<View> {
    const started = performance.now();
    let last: Answer | undefined;
    let [requests, bytes] = [0, 0];
    let next: string | undefined = url;
    while (next !== undefined && requests < MAX_REQUESTS) {
      if (this.#latencyMs > 0) await sleep(this.#latencyMs);
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

  #get(url: string): Promise<Answer> {
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

/** Whether an `x-cache` header says that the CDN had it. */
export function isHit(cache: string | readonly string[] | undefined): boolean {
  return cache === "Hit from cloudfront";
}
