import type http from "node:http";
import CachePolicy from "http-cache-semantics";
import { ask } from "../../support/http";

export interface BrowserOptions {
  /** The time, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Origins that are reached elsewhere: `{ "http://localhost:1": "http://localhost:2" }`. May change at any time. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

interface Response {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The last response of a visit, and the statuses on the way, `(cache)` where no server was asked. */
export interface Visit extends Response {
  readonly hops: readonly string[];
}

interface Cached {
  readonly policy: CachePolicy;
  readonly response: Response;
}

/** As many as browsers follow (Fetch standard, HTTP-redirect fetch). */
const MAX_REDIRECTS = 20;

/** Redirects that browsers keep without being told. (Chromium, HttpResponseHeaders::GetFreshnessLifetimes) */
const PERMANENT = new Set([301, 308]);

/** A client with an HTTP cache of its own, as RFC 9111 describes it and browsers have it. */
export class Browser {
  readonly #cache = new Map<string, Cached>();
  readonly #elsewhere: Readonly<Record<string, string>>;
  readonly #Policy: typeof CachePolicy;

  constructor({ now = Date.now, elsewhere = {} }: BrowserOptions = {}) {
    this.#elsewhere = elsewhere;
    this.#Policy = class extends CachePolicy {
      now(): number {
        return now();
      }
    };
  }

  /** Forgets the images, and no redirect, as a full cache might. */
  forgetImages(): void {
    for (const [url, { response }] of this.#cache) if (response.status === 200) this.#cache.delete(url);
  }

  /**
   * Requests a URL and follows its redirects.
   * @throws Error for a redirect loop, with the statuses on the way
   */
  async visit(url: string): Promise<Visit> {
    const hops: string[] = [];
    for (let target = url; hops.length <= MAX_REDIRECTS;) {
      const { response, cached } = await this.#get(target);
      hops.push(cached ? `${response.status} (cache)` : String(response.status));
      const { location } = response.headers;
      if (response.status < 300 || response.status >= 400 || location === undefined) return { ...response, hops };
      target = new URL(location, target).href;
    }
    throw new Error(`a redirect loop: ${hops.join(", ")}`);
  }

  async #get(url: string): Promise<{ response: Response; cached: boolean }> {
    const request = { url, method: "GET", headers: {} };
    const kept = this.#cache.get(url);
    if (kept?.policy.satisfiesWithoutRevalidation(request)) return { response: kept.response, cached: true };
    const { origin } = new URL(url);
    const conditions = kept ? (kept.policy.revalidationHeaders(request) as Record<string, string>) : {};
    const response = await ask((this.#elsewhere[origin] ?? origin) + url.slice(origin.length), { headers: conditions });
    if (kept && response.status === 304) {
      const { policy } = kept.policy.revalidatedPolicy(request, { status: 304, headers: response.headers });
      const headers = policy.responseHeaders() as http.IncomingHttpHeaders;
      const renewed = { policy, response: { ...kept.response, headers } };
      this.#cache.set(url, renewed);
      return { response: renewed.response, cached: false };
    }
    const headers = { ...response.headers };
    if (PERMANENT.has(response.status)) headers["cache-control"] ??= "max-age=31536000";
    const policy = new this.#Policy(request, { status: response.status, headers }, { shared: false });
    if (policy.storable()) this.#cache.set(url, { policy, response });
    else this.#cache.delete(url);
    return { response, cached: false };
  }
}
