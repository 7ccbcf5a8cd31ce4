import CachePolicy from "http-cache-semantics";
import type { Headers } from "../http/exchange";

/** A behaviour's limits, in seconds. */
export interface TtlLimits {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
}

/** Errors that CloudFront caches whatever the origin says, and those it caches where the origin gives a lifetime. */
const ALWAYS_CACHED_ERRORS = new Set([404, 405, 414, 500, 501, 502, 503, 504]);
const CACHED_ERRORS_WITH_LIFETIME = new Set([400, 403, 412, 415]);

/**
 * Returns the time in seconds that CloudFront serves an answer of the origin from its cache; 0 for an object that is kept and
 * revalidated at each request; `undefined` for one that is not kept.
 * (CloudFront guide: Expiration, HTTPStatusCodes, custom-error-pages-expiration, http-3xx-status-codes)
 * @param errorMinTtl the error caching minimum TTL of the answer's status.
 */
export function timeToLive(
  status: number,
  headers: Headers,
  limits: TtlLimits,
  errorMinTtl: number,
): number | undefined {
  const origin = readFreshness(headers);
  if (status >= 400) return errorTimeToLive(status, origin, limits, errorMinTtl);

  if (origin.forbids || origin.varyStar) {
    // A minimum TTL overrides no-store, private and no-cache.
    if (limits.minTtl > 0) return limits.minTtl;
    return origin.forbids === "keeping" || origin.varyStar ? undefined : 0;
  }
  if (origin.seconds !== undefined) return Math.max(limits.minTtl, Math.min(origin.seconds, limits.maxTtl));
  if ((status === 307 || status === 308) && headers["cache-control"] === undefined) {
    // The default TTL is not for these two; the minimum is for every answer.
    return limits.minTtl > 0 ? limits.minTtl : undefined;
  }
  return Math.max(limits.minTtl, limits.defaultTtl);
}

function errorTimeToLive(
  status: number,
  { seconds }: Freshness,
  { maxTtl }: TtlLimits,
  errorMinTtl: number,
): number | undefined {
  const cached = ALWAYS_CACHED_ERRORS.has(status) || (CACHED_ERRORS_WITH_LIFETIME.has(status) && seconds !== undefined);
  return cached ? Math.max(errorMinTtl, Math.min(seconds ?? 0, maxTtl)) : undefined;
}

interface Freshness {
  /** Lifetime from the origin's `max-age`, `s-maxage` or `Expires`; `undefined` without any of them. */
  readonly seconds: number | undefined;
  readonly forbids: "keeping" | "serving without asking" | undefined;
  readonly varyStar: boolean;
}

/** HTTP's own rules for a shared cache, apart from the status, for which CloudFront has its own. */
function readFreshness(headers: Headers): Freshness {
  const cacheControl = headers["cache-control"]?.toString().toLowerCase();
  const policy = new CachePolicy(
    { method: "GET", headers: {} },
    { status: 200, headers: { ...(headers as Record<string, string | string[]>), "cache-control": cacheControl } },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
  const { rescc } = policy.toObject();
  const explicit = "max-age" in rescc || "s-maxage" in rescc || headers.expires !== undefined;
  return {
    seconds: explicit ? policy.maxAge() : undefined,
    forbids: !policy.storable() ? "keeping" : "no-cache" in rescc ? "serving without asking" : undefined,
    varyStar: headers.vary === "*",
  };
}
