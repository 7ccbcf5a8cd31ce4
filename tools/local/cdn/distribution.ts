import { z } from "zod";
import { globMatches } from "../../../policy/lib/glob";
import { inputsOf, ofType, outputOf, single, strings, unserved } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type CachePolicy, readCachePolicies } from "./cache-policy";
import { type EdgeFunction, readEdgeFunctions } from "./edge-function";
import { type Origin, type OriginGroup, OriginGroupInputs, OriginInputs, readOrigins } from "./origins";
import { corsOrigins, type CorsRule, sharingHeaders } from "../http/cors";
import { type Headers, without } from "../http/exchange";

/** A response headers policy. */
interface HeadersPolicy {
  /** Headers that replace the origin's, by lower-case name. */
  readonly added: Headers;
  readonly cors: Pick<CorsRule, "allowedOrigins" | "exposeHeaders"> | undefined;
}

/** A behaviour of a distribution. Every one serves GET and HEAD, and caches both. */
export interface Behavior {
  /** Tests a path in normal form. */
  readonly matches: (path: string) => boolean;
  readonly origins: OriginGroup;
  readonly cachePolicy: CachePolicy;
  /** Runs on every request, before the cache. */
  readonly edge: EdgeFunction | undefined;
  /** Applies to every response. */
  readonly headers: HeadersPolicy | undefined;
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

const methods = z.array(z.enum(["GET", "HEAD"], "the local stack serves GET and HEAD")).length(2);

const BehaviorInputs = z.looseObject({
  ...unserved("forwardedValues", "lambdaFunctionAssociations", "originRequestPolicyId"),
  ...unserved("trustedKeyGroups", "trustedSigners"),
  pathPattern: z.string().default("*"),
  targetOriginId: z.string(),
  allowedMethods: methods,
  cachedMethods: methods,
  cachePolicyId: z.string(),
  functionAssociations: z
    .array(z.looseObject({ eventType: z.literal("viewer-request"), functionArn: z.string() }))
    .max(1)
    .default([]),
  responseHeadersPolicyId: z.string().optional(),
});

const ErrorInputs = z.looseObject({
  ...unserved("responsePagePath"),
  errorCode: z.number(),
  errorCachingMinTtl: z.number().default(DEFAULT_ERROR_MIN_TTL_S),
});

const DistributionInputs = z.looseObject({
  ...unserved("webAclId", "defaultRootObject"),
  aliases: strings,
  origins: z.array(OriginInputs),
  originGroups: z.array(OriginGroupInputs).default([]),
  defaultCacheBehavior: BehaviorInputs,
  orderedCacheBehaviors: z.array(BehaviorInputs).default([]),
  customErrorResponses: z.array(ErrorInputs).default([]),
});

/**
 * Reads the declared distribution with its policies, functions and origins.
 * @throws UserError for what the local CDN does not serve
 */
export function readDistribution(resources: readonly RegisteredResource[]): Distribution {
  const resource = single(resources, "aws:cloudfront/distribution:Distribution");
  const inputs = inputsOf(resource, DistributionInputs);
  const origins = readOrigins(inputs.origins, inputs.originGroups, resources);
  const cachePolicies = readCachePolicies(resources);
  const functions = readEdgeFunctions(resources);
  const headerPolicies = readHeaderPolicies(resources);
  const readBehavior = (behavior: z.output<typeof BehaviorInputs>): Behavior => {
    const { pathPattern, functionAssociations, responseHeadersPolicyId } = behavior;
    const [edge] = functionAssociations;
    // Case counts, and the leading slash is optional. (CloudFront guide, path pattern)
    const pattern = pathPattern.replace(/^\/?/, "/");
    const found = <T>(kind: string, declared: ReadonlyMap<string, T>, id: string): T => {
      const value = declared.get(id);
      if (value !== undefined) return value;
      throw new UserError(
        `the distribution "${resource.name}", behaviour "${pathPattern}": the program declares no ${kind} "${id}"`,
      );
    };
    return {
      matches: (path) => globMatches(pattern, path),
      origins: found("origin", origins, behavior.targetOriginId),
      cachePolicy: found("cache policy", cachePolicies, behavior.cachePolicyId),
      edge: edge && found("function", functions, edge.functionArn),
      headers:
        responseHeadersPolicyId === undefined
          ? undefined
          : found("response headers policy", headerPolicies, responseHeadersPolicyId),
    };
  };
  const errors = new Map(inputs.customErrorResponses.map((error) => [error.errorCode, error.errorCachingMinTtl]));
  return {
    arn: outputOf(resource, "arn"),
    domainName: outputOf(resource, "domainName"),
    aliases: inputs.aliases,
    behaviors: [...inputs.orderedCacheBehaviors, inputs.defaultCacheBehavior].map(readBehavior),
    origins: [...new Set([...origins.values()].flatMap(({ primary, secondary }) => [primary, secondary ?? primary]))],
    errorMinTtl: (status) => errors.get(status) ?? DEFAULT_ERROR_MIN_TTL_S,
  };
}

const overriding = z.literal(true, "the local stack serves policies that override the origin");
const someItems = z.object({ items: z.array(z.string()).min(1, "CloudFront accepts no empty list") });

const PolicyInputs = z.looseObject({
  ...unserved("removeHeadersConfig", "serverTimingHeadersConfig"),
  securityHeadersConfig: z
    .strictObject(
      { contentTypeOptions: z.object({ override: overriding }) },
      "the local stack serves contentTypeOptions",
    )
    .optional(),
  customHeadersConfig: z
    .looseObject({ items: z.array(z.object({ header: z.string(), value: z.string(), override: overriding })) })
    .optional(),
  corsConfig: z
    .object({
      accessControlAllowCredentials: z.literal(false, "the local stack serves CORS without credentials"),
      accessControlAllowOrigins: z.object({ items: corsOrigins }),
      accessControlExposeHeaders: z.object({ items: z.array(z.string()) }).optional(),
      originOverride: overriding,
      // For preflights, which no behaviour that is served here allows.
      accessControlAllowHeaders: someItems,
      accessControlAllowMethods: someItems,
      accessControlMaxAgeSec: z.number().optional(),
    })
    .optional(),
});

/**
 * Reads the declared response headers policies, by id.
 * @throws UserError for one that does more than add headers, or has CORS settings that are not served here
 */
function readHeaderPolicies(resources: readonly RegisteredResource[]): ReadonlyMap<string, HeadersPolicy> {
  return new Map(
    ofType(resources, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").map((resource) => {
      const { customHeadersConfig, securityHeadersConfig, corsConfig: cors } = inputsOf(resource, PolicyInputs);
      const added = [
        ...(customHeadersConfig?.items.map(({ header, value }) => [header.toLowerCase(), value] as const) ?? []),
        ...(securityHeadersConfig ? [["x-content-type-options", "nosniff"] as const] : []),
      ];
      const allowedOrigins = cors?.accessControlAllowOrigins.items ?? [];
      const exposeHeaders = cors?.accessControlExposeHeaders?.items ?? [];
      return [resource.id, { added: Object.fromEntries(added), cors: cors && { allowedOrigins, exposeHeaders } }];
    }),
  );
}

/**
 * Applies a policy to the headers of a response to a page of `origin`. With CORS, only a request with a listed `Origin`
 * gets headers of it; `null`, which a browser sends after a redirect to a third origin, is listed by `*` alone. `Vary` is
 * then CloudFront's own: `Origin`, and nothing for a page where every origin gets the same response.
 * (CloudFront guide, "Understand response headers policies"; for Vary, github.com/ttoss/ttoss/pull/1205)
 */
export function withPolicy(headers: Headers, { added, cors }: HeadersPolicy, origin: string | undefined): Headers {
  const all: Headers = { ...headers, ...added };
  if (!cors) return all;
  const isSameForAll = origin !== undefined && cors.allowedOrigins.includes("*");
  return { ...without(all, "vary"), ...(isSameForAll ? {} : { vary: "Origin" }), ...sharingHeaders(cors, origin) };
}

/**
 * Normalizes a path as CloudFront does before it compares it with patterns: RFC 3986 normal form, dot segments resolved,
 * and escaped letters, digits, `-`, `.`, `_` and `~` unescaped. The origin gets the raw path.
 */
export function normalizePath(path: string): string {
  const unescaped = path.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
  const segments: string[] = [];
  for (const segment of unescaped.split("/").slice(1)) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  const directory = /\/\.{1,2}$/.test(unescaped) && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${directory}`;
}
