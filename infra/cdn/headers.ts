import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { CORS_EXPOSED_HEADERS, CORS_METHODS } from "../cors";

export interface CdnHeaders {
  /** Whether the format depends on what the viewer accepts. */
  readonly negotiated: boolean;
  /** The origins whose pages may read answers from scripts, or `*` alone; empty for none. */
  readonly corsOrigins: readonly string[];
}

/**
 * What a distribution says of every answer, be it a hit, a miss, a redirect, an error or the edge function's own; undefined
 * for nothing. A behaviour has one policy, so that all of it is in this one.
 */
export function cdnHeaders(
  name: string,
  { negotiated, corsOrigins }: CdnHeaders,
  opts: pulumi.CustomResourceOptions,
): aws.cloudfront.ResponseHeadersPolicy | undefined {
  if (!negotiated && corsOrigins.length === 0) return undefined;
  return new aws.cloudfront.ResponseHeadersPolicy(
    `${name}-headers`,
    {
      comment: "What answers depend on, and who may read them",
      ...(negotiated ? { customHeadersConfig: { items: [varyByFormat()] } } : {}),
      ...(corsOrigins.length > 0 ? { corsConfig: corsConfig(corsOrigins) } : {}),
    },
    opts,
  );
}

/**
 * Tells caches beyond CloudFront what the answer depends on. CloudFront's own has another key for each format. Beside CORS
 * it is lost where CloudFront says `Vary: Origin` instead (github.com/ttoss/ttoss/pull/1206 saw it): then a browser may
 * take what it has in one format for a request that would have got another, which it can read all the same.
 */
function varyByFormat() {
  return { header: "Vary", value: "Accept", override: true };
}

/**
 * CloudFront answers for whatever origin asks, from one copy in its cache: `Origin` is neither in the cache's key nor sent
 * to the bucket or the API, so that nothing they say of it can be kept and given to others.
 */
function corsConfig(origins: readonly string[]) {
  return {
    accessControlAllowCredentials: false,
    accessControlAllowOrigins: { items: [...origins] },
    accessControlAllowMethods: { items: CORS_METHODS },
    // CloudFront takes no empty list. It is for preflights, and the behaviours take no OPTIONS.
    accessControlAllowHeaders: { items: ["*"] },
    accessControlExposeHeaders: { items: CORS_EXPOSED_HEADERS },
    originOverride: true,
  };
}
