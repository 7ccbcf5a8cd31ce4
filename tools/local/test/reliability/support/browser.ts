import http from "node:http";
import CachePolicy from "http-cache-semantics";

export interface BrowserOptions {
  /** The time, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Origins that are reached elsewhere: `{ "http://localhost:1": "http://localhost:2" }`. May change at any time. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** What a visit came to: the last answer, and the statuses on the way, `(cache)` where nobody was asked. */
export interface Visit {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly hops: readonly string[];
}

interface Kept {
  readonly policy: CachePolicy;
  readonly answer: Omit<Visit, "hops">;
}

/** As many as browsers follow (Fetch standard, HTTP-redirect fetch). */
const MAX_REDIRECTS = 20;

/** Redirects that browsers keep for ever where nothing says otherwise. (Chromium, HttpResponseHeaders::GetFreshnessLifetimes) */
const PERMANENT = new Set([301, 308]);

/** A viewer with an HTTP cache of its own, as RFC 9111 has it and browsers keep it. */
export class Browser {
  readonly #cache = new Map<string, Kept>();
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

  /** Forgets the pictures, and no redirect: what a full cache might do. */
  forgetPictures(): void {
    for (const [url, { answer }] of this.#cache) if (answer.status === 200) this.#cache.delete(url);
  }

  /**
   * Visits a URL and follows its redirects.
   * @throws Error for a redirect loop, with the statuses on the way
   */
  async visit(url: string): Promise<Visit> {
    const hops: string[] = [];
    for (let target = url; hops.length <= MAX_REDIRECTS;) {
      const { answer, cached } = await this.#get(target);
      hops.push(cached ? `${answer.status} (cache)` : String(answer.status));
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === undefined) return { ...answer, hops };
      target = new URL(location, target).href;
    }
    throw new Error(`a redirect loop: ${hops.join(", ")}`);
  }

  async #get(url: string): Promise<{ answer: Omit<Visit, "hops">; cached: boolean }> {
    const request = { url, method: "GET", headers: {} };
    const kept = this.#cache.get(url);
    if (kept?.policy.satisfiesWithoutRevalidation(request)) return { answer: kept.answer, cached: true };
    const answer = await send(this.#reached(url), kept ? kept.policy.revalidationHeaders(request) : {});
    if (kept && answer.status === 304) {
      const { policy } = kept.policy.revalidatedPolicy(request, { status: 304, headers: answer.headers });
      const again = {
        policy,
        answer: { ...kept.answer, headers: policy.responseHeaders() as http.IncomingHttpHeaders },
      };
      this.#cache.set(url, again);
      return { answer: again.answer, cached: false };
    }
    const headers = { ...answer.headers };
    if (PERMANENT.has(answer.status) && headers["cache-control"] === undefined)
      headers["cache-control"] = "max-age=31536000";
    const policy = new this.#Policy(request, { status: answer.status, headers: headers }, { shared: false });
    if (policy.storable()) this.#cache.set(url, { policy, answer });
    else this.#cache.delete(url);
    return { answer, cached: false };
  }

  #reached(url: string): string {
    const { origin } = new URL(url);
    return (this.#elsewhere[origin] ?? origin) + url.slice(origin.length);
  }
}

function send(url: string, headers: http.OutgoingHttpHeaders): Promise<Omit<Visit, "hops">> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.once("error", reject);
  });
}
