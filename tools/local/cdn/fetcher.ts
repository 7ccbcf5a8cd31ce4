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

/** An answer, and whether it is in the cache. */
interface Kept extends Fetched {
  readonly stored: boolean;
}

/** A question to an origin that has not been answered yet. */
interface Question {
  readonly key: string;
  /** Its object has been invalidated since, so that the answer may be older than that. */
  outdated: boolean;
}

/** Answers from the cache, or from the origin, which concurrent requests for one object ask once. */
export class Fetcher {
  readonly #cache: ObjectCache;
  readonly #now: () => number;
  readonly #questions = new Set<Question>();
  /** Who comes while the first is being answered waits for that answer. */
  readonly #underway = new Map<string, Promise<Kept>>();

  constructor(maxBytes: number, now: () => number) {
    this.#cache = new ObjectCache(maxBytes);
    this.#now = now;
  }

  /** Forgets what is cached under the targets that match. An answer under way is then not stored. */
  invalidate(matches: (target: string) => boolean): void {
    for (const key of this.#cache.keys()) {
      if (matches(cachedTarget(key))) this.#cache.delete(key);
    }
    for (const question of this.#questions) {
      if (!matches(cachedTarget(question.key))) continue;
      question.outdated = true;
      this.#underway.delete(question.key);
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
      return stored ? { object, result: "Hit" } : this.#fromOrigin(key, this.#cache.get(key), options);
    }
    const fetching = this.#fromOrigin(key, cached, options);
    this.#underway.set(key, fetching);
    try {
      return await fetching;
    } finally {
      if (this.#underway.get(key) === fetching) this.#underway.delete(key);
    }
  }

  async #fromOrigin(key: string, stale: StoredObject | undefined, options: FetchOptions): Promise<Kept> {
    const question: Question = { key, outdated: false };
    this.#questions.add(question);
    try {
      const response = await options.ask(stale ? conditionsOf(stale) : {});
      const answer = this.#judge(response, stale, options);
      // The cache has nothing of it by now, or what was asked for later.
      if (question.outdated) return { ...answer, stored: false };
      if (answer.stored) this.#cache.set(key, answer.object);
      else this.#cache.delete(key);
      return answer;
    } finally {
      this.#questions.delete(question);
    }
  }

  /** What an origin's response makes of an object, and whether that may be stored. */
  #judge({ status, headers, body }: OriginResponse, stale: StoredObject | undefined, options: FetchOptions): Kept {
    if (stale && status >= 500) {
      // Rather an old object than an error, and the origin is left alone for a while. (HTTPStatusCodes)
      const freshUntil = this.#now() + options.errorMinTtl(status) * 1000;
      return { object: { ...stale, freshUntil }, result: "Hit", stored: true };
    }
    return stale && status === 304
      ? this.#dated({ ...stale, headers: { ...stale.headers, ...headers } }, "RefreshHit", options)
      : this.#dated({ status, headers, body }, "Miss", options);
  }

  #dated(
    { status, headers, body }: Pick<StoredObject, "status" | "headers" | "body">,
    result: CacheResult,
    { rules, errorMinTtl }: FetchOptions,
  ): Kept {
    const now = this.#now();
    const seconds = timeToLive(status, headers, rules, errorMinTtl(status));
    const object = { status, headers, body, storedAt: now, freshUntil: now + (seconds ?? 0) * 1000 };
    // An object that is stale at once is worth keeping only if the origin can be asked whether it changed.
    const stored = seconds !== undefined && (seconds > 0 || Object.keys(conditionsOf(object)).length > 0);
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
