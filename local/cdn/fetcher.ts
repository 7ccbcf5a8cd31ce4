import type { Headers } from "../http/exchange";
import { cachedTarget, cacheKey, type CacheRules, type ForwardedRequest } from "./cache-rules";
import { ObjectCache, type StoredObject } from "./object-cache";
import type { OriginResponse } from "./origin-client";
import { timeToLive } from "./ttl";

/** How an answer came about, as the first word of `x-cache` says it. */
export type CacheResult = "Hit" | "Miss" | "RefreshHit";

export interface Fetched {
  readonly object: StoredObject;
  readonly result: CacheResult;
}

export interface FetchOptions {
  readonly request: ForwardedRequest;
  readonly rules: CacheRules;
  readonly errorMinTtl: (status: number) => number;
  /** Asks the origin; conditional headers come on top of the request's own. Answers 502 or 504 where it fails. */
  readonly ask: (conditions: Headers) => Promise<OriginResponse>;
}

/** Answers from the cache, or from the origin, which concurrent requests for one object ask once. */
export class Fetcher {
  readonly #cache: ObjectCache;
  readonly #now: () => number;
  readonly #underway = new Map<string, Promise<Fetched & { readonly stored: boolean }>>();

  constructor(maxBytes: number, now: () => number) {
    this.#cache = new ObjectCache(maxBytes);
    this.#now = now;
  }

  /** Forgets what is cached under the targets that match. An answer that is under way is not among them. */
  invalidate(matches: (target: string) => boolean): void {
    for (const key of this.#cache.keys()) {
      if (matches(cachedTarget(key))) this.#cache.delete(key);
    }
  }

  async fetch(options: FetchOptions): Promise<Fetched> {
    const key = cacheKey(options.request);
    const cached = this.#cache.get(key);
    if (cached && this.#now() < cached.freshUntil) return { object: cached, result: "Hit" };

    const first = this.#underway.get(key);
    if (first) {
      const { object, stored } = await first;
      // What may not be cached may not be shared either.
      return stored ? { object, result: "Hit" } : this.#fromOrigin(key, cached, options);
    }
    const fetching = this.#fromOrigin(key, cached, options);
    this.#underway.set(key, fetching);
    try {
      return await fetching;
    } finally {
      this.#underway.delete(key);
    }
  }

  async #fromOrigin(key: string, stale: StoredObject | undefined, options: FetchOptions) {
    const response = await options.ask(stale ? conditionsOf(stale) : {});
    const { status, headers, body } = response;
    const now = this.#now();
    if (stale && status >= 500) {
      // Rather an old object than an error, and the origin is left alone for a while. (HTTPStatusCodes)
      const object = { ...stale, freshUntil: now + options.errorMinTtl(status) * 1000 };
      this.#cache.set(key, object);
      return { object, result: "Hit" as const, stored: true };
    }
    if (stale && status === 304) {
      return this.#store(
        key,
        { status: stale.status, headers: { ...stale.headers, ...headers }, body: stale.body },
        "RefreshHit",
        options,
      );
    }
    return this.#store(key, { status, headers, body }, "Miss", options);
  }

  #store(
    key: string,
    answer: Pick<StoredObject, "status" | "headers" | "body">,
    result: CacheResult,
    { rules, errorMinTtl }: FetchOptions,
  ) {
    const now = this.#now();
    const seconds = timeToLive(answer.status, answer.headers, rules, errorMinTtl(answer.status));
    const object = { ...answer, storedAt: now, freshUntil: now + (seconds ?? 0) * 1000 };
    // An object that is stale at once is worth keeping only if the origin can be asked whether it changed.
    const stored = seconds !== undefined && (seconds > 0 || Object.keys(conditionsOf(object)).length > 0);
    if (stored) this.#cache.set(key, object);
    else this.#cache.delete(key);
    return { object, result, stored };
  }
}

/** The headers that ask an origin whether its object is still this one. */
function conditionsOf({ headers }: Pick<StoredObject, "headers">): Record<string, string> {
  const { etag, "last-modified": lastModified } = headers;
  return {
    ...(typeof etag === "string" ? { "if-none-match": etag } : {}),
    ...(typeof lastModified === "string" ? { "if-modified-since": lastModified } : {}),
  };
}
