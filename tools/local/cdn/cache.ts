import type { Headers } from "../http/exchange";
import type { OriginResponse } from "./origins";
import { timeToLive, type TtlLimits } from "./cache-policy";

/** A whole response of the origin. */
export interface CachedObject extends OriginResponse {
  /** Time of the response, and time until which it is served without asking, in milliseconds since the epoch. */
  readonly storedAt: number;
  readonly freshUntil: number;
}

/** A response, and whether it is in the cache. */
interface Fetched {
  readonly object: CachedObject;
  /** First word of `x-cache`. */
  readonly result: "Hit" | "Miss" | "RefreshHit";
  readonly stored: boolean;
}

interface FetchOptions {
  /** Path and query string that the origin gets: the cache key. */
  readonly target: string;
  readonly limits: TtlLimits;
  readonly errorMinTtl: (status: number) => number;
  /** Asks the origin with these conditional headers. Resolves to 502 or 504 if the origin fails. */
  readonly ask: (conditions: Headers) => Promise<OriginResponse>;
}

/** A request to the origin that has no response yet. */
interface OpenRequest {
  readonly target: string;
  /** Set by an invalidation: the response may be older than that. */
  outdated: boolean;
}

/** Bytes of an object beside its body: headers and bookkeeping, roughly. */
const OVERHEAD_BYTES = 2048;

/** The edge cache: serves from memory, or from the origin, which concurrent requests for one object ask once. */
export class EdgeCache {
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** In the order of use, the one used least recently first. */
  readonly #objects = new Map<string, CachedObject>();
  readonly #openRequests = new Set<OpenRequest>();
  readonly #shared = new Map<string, Promise<Fetched>>();
  #bytes = 0;

  constructor(maxBytes: number, now: () => number) {
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /** Removes what is cached under the targets that match. A response under way is then not stored. */
  invalidate(matches: (target: string) => boolean): void {
    for (const target of [...this.#objects.keys()].filter(matches)) this.#delete(target);
    for (const request of this.#openRequests) {
      if (!matches(request.target)) continue;
      request.outdated = true;
      this.#shared.delete(request.target);
    }
  }

  async fetch(options: FetchOptions): Promise<Fetched> {
    const { target } = options;
    const cached = this.#get(target);
    if (cached && this.#now() < cached.freshUntil) return { object: cached, result: "Hit", stored: true };

    const first = this.#shared.get(target);
    if (first) {
      const { object, stored } = await first;
      // What may not be cached may not be shared either.
      return stored ? { object, result: "Hit", stored } : this.#fromOrigin(this.#get(target), options);
    }
    const fetching = this.#fromOrigin(cached, options);
    this.#shared.set(target, fetching);
    try {
      return await fetching;
    } finally {
      if (this.#shared.get(target) === fetching) this.#shared.delete(target);
    }
  }

  async #fromOrigin(stale: CachedObject | undefined, options: FetchOptions): Promise<Fetched> {
    const request: OpenRequest = { target: options.target, outdated: false };
    this.#openRequests.add(request);
    try {
      const response = await options.ask(stale ? conditionsOf(stale) : {});
      const kept = this.#evaluate(response, stale, options);
      // By now the cache has nothing of it, or what was asked for later.
      if (request.outdated) return { ...kept, stored: false };
      if (kept.stored) this.#set(options.target, kept.object);
      else this.#delete(options.target);
      return kept;
    } finally {
      this.#openRequests.delete(request);
    }
  }

  /** Decides which object a response of the origin stands for, and whether it may be stored. */
  #evaluate(response: OriginResponse, stale: CachedObject | undefined, options: FetchOptions): Fetched {
    if (stale && response.status >= 500) {
      // Rather an old object than an error, and the origin is left alone for a while. (HTTPStatusCodes)
      const freshUntil = this.#now() + options.errorMinTtl(response.status) * 1000;
      return { object: { ...stale, freshUntil }, result: "Hit", stored: true };
    }
    return stale && response.status === 304
      ? this.#dated({ ...stale, headers: { ...stale.headers, ...response.headers } }, "RefreshHit", options)
      : this.#dated(response, "Miss", options);
  }

  #dated(
    { status, headers, body }: OriginResponse,
    result: Fetched["result"],
    { limits, errorMinTtl }: FetchOptions,
  ): Fetched {
    const now = this.#now();
    const seconds = timeToLive(status, headers, limits, errorMinTtl(status));
    const object = { status, headers, body, storedAt: now, freshUntil: now + (seconds ?? 0) * 1000 };
    // An object that is stale at once is worth keeping only if the origin can be asked whether it changed.
    const stored = seconds !== undefined && (seconds > 0 || Object.keys(conditionsOf(object)).length > 0);
    return { object, result, stored };
  }

  #get(target: string): CachedObject | undefined {
    const object = this.#objects.get(target);
    if (object) {
      this.#objects.delete(target);
      this.#objects.set(target, object);
    }
    return object;
  }

  #set(target: string, object: CachedObject): void {
    this.#delete(target);
    this.#objects.set(target, object);
    this.#bytes += object.body.length + OVERHEAD_BYTES;
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  #delete(target: string): void {
    const object = this.#objects.get(target);
    if (!object) return;
    this.#objects.delete(target);
    this.#bytes -= object.body.length + OVERHEAD_BYTES;
  }
}

/** Returns the headers that ask an origin whether its object is still this one. */
function conditionsOf({ headers }: Pick<CachedObject, "headers">): Record<string, string> {
  const { etag, "last-modified": lastModified } = headers;
  return {
    ...(typeof etag === "string" ? { "if-none-match": etag } : {}),
    ...(typeof lastModified === "string" ? { "if-modified-since": lastModified } : {}),
  };
}
