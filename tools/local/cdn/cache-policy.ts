import HttpCachePolicy from "http-cache-semantics";
import { z } from "zod";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { inputsOf, ofType, strings } from "../declared";
import type { Headers } from "../http/exchange";

/** A cache policy: limits of lifetimes in seconds, and the query parameters that are in the cache key and sent to the origin. */
export interface CachePolicy {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly queryParameters: readonly string[];
}

/** Limits of lifetimes, in seconds. */
export type TtlLimits = Pick<CachePolicy, "minTtl" | "defaultTtl" | "maxTtl">;

const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;

const not = <T extends string | false>(value: T, what: string) =>
  z.literal(value, `the local stack serves a cache key without ${what}`);

const CachePolicyInputs = z.object({
  minTtl: z.number().optional(),
  defaultTtl: z.number().optional(),
  maxTtl: z.number().optional(),
  parametersInCacheKeyAndForwardedToOrigin: z.object({
    queryStringsConfig: z.object({
      queryStringBehavior: z.enum(["none", "whitelist"], "the local stack serves listed query parameters, or none"),
      queryStrings: z.object({ items: strings }).optional(),
    }),
    cookiesConfig: z.looseObject({ cookieBehavior: not("none", "cookies") }),
    headersConfig: z.looseObject({ headerBehavior: not("none", "headers") }),
    enableAcceptEncodingBrotli: not(false, "Accept-Encoding").optional(),
    enableAcceptEncodingGzip: not(false, "Accept-Encoding").optional(),
  }),
});

/** Reads the declared cache policies, by id. Lifetimes that are not declared are AWS's defaults: 0, a day and a year, none below the minimum. */
export function readCachePolicies(resources: readonly RegisteredResource[]): ReadonlyMap<string, CachePolicy> {
  return new Map(
    ofType(resources, "aws:cloudfront/cachePolicy:CachePolicy").map((resource) => {
      const inputs = inputsOf(resource, CachePolicyInputs);
      const minTtl = inputs.minTtl ?? 0;
      const policy: CachePolicy = {
        minTtl,
        defaultTtl: inputs.defaultTtl ?? Math.max(DAY_S, minTtl),
        maxTtl: inputs.maxTtl ?? Math.max(YEAR_S, minTtl),
        queryParameters: inputs.parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig.queryStrings?.items ?? [],
      };
      return [resource.id, policy];
    }),
  );
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
  const policy = new HttpCachePolicy(
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
