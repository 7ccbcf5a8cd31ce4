import { z } from "zod";
import { inputsOf, ofType, outputOf, refuseInputs, strings, theOnly } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { CacheRules, Selection } from "./cache-rules";
import { type EdgeFunction, readEdgeFunctions } from "./edge-function";
import { type Origin, type OriginGroup, OriginGroupInputs, OriginInputs, readOrigins } from "./origins";
import { pathMatcher } from "./path-pattern";
import { type HeadersPolicy, readHeaderPolicies } from "./response-headers";

/** One of a distribution's behaviours. */
export interface Behavior {
  /** Its path pattern; `*` for the default one. */
  readonly pattern: string;
  /** Takes a path in normal form. */
  readonly matches: (path: string) => boolean;
  readonly origins: OriginGroup;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  readonly rules: CacheRules;
  /** Sees every request before the cache does. */
  readonly edge?: EdgeFunction;
  /** What it says of every answer. */
  readonly headers?: HeadersPolicy;
}

/** The distribution as the local CDN serves it. */
export interface Distribution {
  readonly arn: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  /** In the order in which they are tried; the default one last. */
  readonly behaviors: readonly Behavior[];
  /** All of them, whether a behaviour names them or not. */
  readonly origins: readonly Origin[];
  readonly defaultRootObject: string;
  /** The error caching minimum TTL of a status, in seconds. */
  readonly errorMinTtl: (status: number) => number;
}

const DEFAULT_ERROR_MIN_TTL = 10;
const DAY = 86_400;
const YEAR = 365 * DAY;

const BehaviorInputs = z.looseObject({
  pathPattern: z.string().nullish(),
  targetOriginId: z.string(),
  allowedMethods: z.array(z.string()),
  cachedMethods: z.array(z.string()),
  cachePolicyId: z.string().nullish(),
  functionAssociations: z
    .array(z.looseObject({ eventType: z.literal("viewer-request"), functionArn: z.string() }))
    .max(1)
    .nullish(),
  responseHeadersPolicyId: z.string().nullish(),
  forwardedValues: z
    .object({
      queryString: z.boolean(),
      queryStringCacheKeys: strings,
      headers: strings,
      cookies: z.object({ forward: z.enum(["none", "all", "whitelist"]), whitelistedNames: strings }),
    })
    .nullish(),
  minTtl: z.number().nullish(),
  defaultTtl: z.number().nullish(),
  maxTtl: z.number().nullish(),
});

const DistributionInputs = z.looseObject({
  aliases: strings,
  defaultRootObject: z.string().nullish(),
  origins: z.array(OriginInputs),
  originGroups: z.array(OriginGroupInputs).nullish(),
  defaultCacheBehavior: BehaviorInputs,
  orderedCacheBehaviors: z.array(BehaviorInputs.extend({ pathPattern: z.string() })).nullish(),
  customErrorResponses: z
    .array(z.looseObject({ errorCode: z.number(), errorCachingMinTtl: z.number().nullish() }))
    .nullish(),
});

const selection = (behavior: string, items: string) =>
  z
    .looseObject({
      [behavior]: z.enum(["none", "all", "whitelist", "allExcept"]),
      [items]: z.looseObject({ items: strings }).nullish(),
    })
    .transform((config) => ({
      behavior: config[behavior] as Selection["behavior"],
      items: (config[items] as { items: string[] } | null | undefined)?.items ?? [],
    }));

const CachePolicyInputs = z.object({
  minTtl: z.number().nullish(),
  defaultTtl: z.number().nullish(),
  maxTtl: z.number().nullish(),
  parametersInCacheKeyAndForwardedToOrigin: z.object({
    queryStringsConfig: selection("queryStringBehavior", "queryStrings"),
    cookiesConfig: selection("cookieBehavior", "cookies"),
    headersConfig: selection("headerBehavior", "headers"),
    enableAcceptEncodingBrotli: z.boolean().nullish(),
    enableAcceptEncodingGzip: z.boolean().nullish(),
  }),
});

/**
 * Reads the declared distribution with its cache policies.
 * @throws UserError for what the local CDN does not serve.
 */
export function readDistribution(resources: readonly RegisteredResource[]): Distribution {
  const resource = theOnly(resources, "aws:cloudfront/distribution:Distribution");
  const owner = `the distribution "${resource.name}"`;
  const inputs = inputsOf(resource, DistributionInputs);
  refuseInputs(owner, inputs, ["webAclId"]);

  const origins = readOrigins(owner, { origins: inputs.origins, originGroups: inputs.originGroups ?? [] }, resources);
  const functions = readEdgeFunctions(resources);
  const headerPolicies = readHeaderPolicies(resources);
  const policies = readCachePolicies(resources);
  const behavior = (declared: z.output<typeof BehaviorInputs>): Behavior => {
    const pattern = declared.pathPattern ?? "*";
    const where = `${owner}, behaviour "${pattern}"`;
    refuseInputs(where, declared, [
      "lambdaFunctionAssociations",
      "originRequestPolicyId",
      "trustedKeyGroups",
      "trustedSigners",
    ]);
    const found = <T>(kind: string, map: ReadonlyMap<string, T>, id: string): T => {
      const value = map.get(id);
      if (value === undefined) throw new UserError(`${where}: there is no ${kind} "${id}"`);
      return value;
    };
    const { allowedMethods, cachedMethods, responseHeadersPolicyId } = declared;
    const headers = responseHeadersPolicyId
      ? found("response headers policy", headerPolicies, responseHeadersPolicyId)
      : undefined;
    if (headers?.cors && allowedMethods.includes("OPTIONS")) {
      throw new UserError(`${where}: the local stack serves no OPTIONS beside a policy with CORS settings`);
    }
    const edge = declared.functionAssociations?.[0]?.functionArn;
    return {
      pattern,
      matches: pathMatcher(pattern),
      origins: found("origin", origins, declared.targetOriginId),
      allowedMethods,
      cachedMethods,
      rules: rulesOf(declared, policies, where),
      ...(edge === undefined ? {} : { edge: found("function", functions, edge) }),
      ...(headers ? { headers } : {}),
    };
  };

  const errors = inputs.customErrorResponses ?? [];
  for (const error of errors) refuseInputs(owner, error, ["responsePagePath"]);
  return {
    arn: outputOf(resource, "arn"),
    domainName: outputOf(resource, "domainName"),
    aliases: inputs.aliases,
    behaviors: [...(inputs.orderedCacheBehaviors ?? []), inputs.defaultCacheBehavior].map(behavior),
    origins: [...new Set([...origins.values()].flatMap(({ primary, secondary }) => [primary, secondary ?? primary]))],
    defaultRootObject: inputs.defaultRootObject ?? "",
    errorMinTtl: (status) =>
      errors.find(({ errorCode }) => errorCode === status)?.errorCachingMinTtl ?? DEFAULT_ERROR_MIN_TTL,
  };
}

function readCachePolicies(resources: readonly RegisteredResource[]): Map<string, CacheRules> {
  return new Map(
    ofType(resources, "aws:cloudfront/cachePolicy:CachePolicy").map((resource) => {
      const { parametersInCacheKeyAndForwardedToOrigin: key, ...ttl } = inputsOf(resource, CachePolicyInputs);
      const rules: CacheRules = {
        ...ttlLimits(ttl),
        queryStrings: key.queryStringsConfig,
        cookies: key.cookiesConfig,
        headers: key.headersConfig,
        encodings: [
          ...(key.enableAcceptEncodingBrotli ? (["br"] as const) : []),
          ...(key.enableAcceptEncodingGzip ? (["gzip"] as const) : []),
        ],
      };
      return [resource.id, rules];
    }),
  );
}

/** A behaviour's cache policy, or the legacy settings that it carries itself. */
function rulesOf(
  behavior: z.output<typeof BehaviorInputs>,
  policies: ReadonlyMap<string, CacheRules>,
  where: string,
): CacheRules {
  if (behavior.cachePolicyId) {
    const rules = policies.get(behavior.cachePolicyId);
    if (!rules) throw new UserError(`${where}: the program declares no cache policy "${behavior.cachePolicyId}"`);
    return rules;
  }
  if (!behavior.forwardedValues) throw new UserError(`${where}: neither cachePolicyId nor forwardedValues is set`);
  const { queryString, queryStringCacheKeys, headers, cookies } = behavior.forwardedValues;
  return {
    ...ttlLimits(behavior),
    queryStrings: {
      behavior: !queryString ? "none" : queryStringCacheKeys.length > 0 ? "whitelist" : "all",
      items: queryStringCacheKeys,
    },
    headers: { behavior: headers.includes("*") ? "all" : "whitelist", items: headers },
    cookies: { behavior: cookies.forward, items: cookies.whitelistedNames },
    encodings: [],
  };
}

/** AWS's defaults: 0, a day and a year, none below the minimum. */
function ttlLimits(ttl: {
  readonly minTtl?: number | null | undefined;
  readonly defaultTtl?: number | null | undefined;
  readonly maxTtl?: number | null | undefined;
}) {
  const minTtl = ttl.minTtl ?? 0;
  return { minTtl, defaultTtl: ttl.defaultTtl ?? Math.max(DAY, minTtl), maxTtl: ttl.maxTtl ?? Math.max(YEAR, minTtl) };
}
