import { z } from "zod";
import { globMatches } from "../../../policy/lib/glob";
import { inputsOf, ofType, outputOf, rejectInputs, single, strings } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type EdgeFunction, readEdgeFunctions } from "./edge-function";
import { type Origin, type OriginGroup, OriginGroupInputs, OriginInputs, readOrigins } from "./origins";
import { type HeadersPolicy, readHeaderPolicies } from "./response-headers";
import type { TtlLimits } from "./ttl";

/** A cache policy: lifetimes, and the query parameters that are in the cache key and sent to the origin. */
export interface CachePolicy extends TtlLimits {
  readonly queryParameters: readonly string[];
}

/** A behaviour of a distribution. Every one serves GET and HEAD, and caches both. */
export interface Behavior {
  /** Tests a path in normal form. */
  readonly matches: (path: string) => boolean;
  readonly origins: OriginGroup;
  readonly cachePolicy: CachePolicy;
  /** Runs on every request, before the cache. */
  readonly edge?: EdgeFunction;
  /** Applies to every response. */
  readonly headers?: HeadersPolicy;
}

/** The distribution as the local CDN serves it. */
export interface Distribution {
  readonly arn: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  /** In the order in which they are tried; the default one last. */
  readonly behaviors: readonly Behavior[];
  /** All of them, named by a behaviour or not. */
  readonly origins: readonly Origin[];
  /** Error caching minimum TTL of a status, in seconds. */
  readonly errorMinTtl: (status: number) => number;
}

const DEFAULT_ERROR_MIN_TTL_S = 10;
const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;

const methods = z.array(z.enum(["GET", "HEAD"], "the local stack serves GET and HEAD")).length(2);

const BehaviorInputs = z.looseObject({
  pathPattern: z.string().nullish(),
  targetOriginId: z.string(),
  allowedMethods: methods,
  cachedMethods: methods,
  cachePolicyId: z.string(),
  functionAssociations: z
    .array(z.looseObject({ eventType: z.literal("viewer-request"), functionArn: z.string() }))
    .max(1)
    .nullish(),
  responseHeadersPolicyId: z.string().nullish(),
});

const DistributionInputs = z.looseObject({
  aliases: strings,
  origins: z.array(OriginInputs),
  originGroups: z.array(OriginGroupInputs).nullish(),
  defaultCacheBehavior: BehaviorInputs,
  orderedCacheBehaviors: z.array(BehaviorInputs.extend({ pathPattern: z.string() })).nullish(),
  customErrorResponses: z
    .array(z.looseObject({ errorCode: z.number(), errorCachingMinTtl: z.number().nullish() }))
    .nullish(),
});

const not = <T extends string | false>(value: T, what: string) =>
  z.literal(value, `the local stack serves a cache key without ${what}`);

const CachePolicyInputs = z.object({
  minTtl: z.number().nullish(),
  defaultTtl: z.number().nullish(),
  maxTtl: z.number().nullish(),
  parametersInCacheKeyAndForwardedToOrigin: z.object({
    queryStringsConfig: z.object({
      queryStringBehavior: z.enum(["none", "whitelist"], "the local stack serves listed query parameters, or none"),
      queryStrings: z.object({ items: strings }).nullish(),
    }),
    cookiesConfig: z.looseObject({ cookieBehavior: not("none", "cookies") }),
    headersConfig: z.looseObject({ headerBehavior: not("none", "headers") }),
    enableAcceptEncodingBrotli: not(false, "Accept-Encoding").nullish(),
    enableAcceptEncodingGzip: not(false, "Accept-Encoding").nullish(),
  }),
});

/**
 * Reads the declared distribution with its policies, functions and origins.
 * @throws UserError for what the local CDN does not serve
 */
export function readDistribution(resources: readonly RegisteredResource[]): Distribution {
  const resource = single(resources, "aws:cloudfront/distribution:Distribution");
  const owner = `the distribution "${resource.name}"`;
  const inputs = inputsOf(resource, DistributionInputs);
  rejectInputs(owner, inputs, ["webAclId", "defaultRootObject"]);
  const errors = inputs.customErrorResponses ?? [];
  for (const error of errors) rejectInputs(owner, error, ["responsePagePath"]);

  const origins = readOrigins(owner, { origins: inputs.origins, originGroups: inputs.originGroups ?? [] }, resources);
  const readBehavior = behaviorReader(owner, origins, resources);
  return {
    arn: outputOf(resource, "arn"),
    domainName: outputOf(resource, "domainName"),
    aliases: inputs.aliases,
    behaviors: [...(inputs.orderedCacheBehaviors ?? []), inputs.defaultCacheBehavior].map(readBehavior),
    origins: [...new Set([...origins.values()].flatMap(({ primary, secondary }) => [primary, secondary ?? primary]))],
    errorMinTtl: (status) =>
      errors.find(({ errorCode }) => errorCode === status)?.errorCachingMinTtl ?? DEFAULT_ERROR_MIN_TTL_S,
  };
}

function behaviorReader(
  owner: string,
  origins: ReadonlyMap<string, OriginGroup>,
  resources: readonly RegisteredResource[],
): (declared: z.output<typeof BehaviorInputs>) => Behavior {
  const cachePolicies = readCachePolicies(resources);
  const functions = readEdgeFunctions(resources);
  const headerPolicies = readHeaderPolicies(resources);
  return (declared) => {
    const pattern = declared.pathPattern ?? "*";
    const where = `${owner}, behaviour "${pattern}"`;
    rejectInputs(where, declared, [
      "forwardedValues",
      "lambdaFunctionAssociations",
      "originRequestPolicyId",
      "trustedKeyGroups",
      "trustedSigners",
    ]);
    const found = <T>(kind: string, map: ReadonlyMap<string, T>, id: string): T => {
      const value = map.get(id);
      if (value === undefined) throw new UserError(`${where}: the program declares no ${kind} "${id}"`);
      return value;
    };
    const { targetOriginId, cachePolicyId, responseHeadersPolicyId: headers } = declared;
    const edge = declared.functionAssociations?.[0]?.functionArn;
    // Case counts, and the leading slash is optional. (CloudFront guide, path pattern)
    const slashed = pattern.replace(/^\/?/, "/");
    return {
      matches: (path) => globMatches(slashed, path),
      origins: found("origin", origins, targetOriginId),
      cachePolicy: found("cache policy", cachePolicies, cachePolicyId),
      ...(edge === undefined ? {} : { edge: found("function", functions, edge) }),
      ...(headers ? { headers: found("response headers policy", headerPolicies, headers) } : {}),
    };
  };
}

/** Lifetimes that are not declared are AWS's defaults: 0, a day and a year, none below the minimum. */
function readCachePolicies(resources: readonly RegisteredResource[]): ReadonlyMap<string, CachePolicy> {
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
