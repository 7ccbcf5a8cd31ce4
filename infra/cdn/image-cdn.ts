import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { CORS_EXPOSED_HEADERS, CORS_METHODS } from "../cors";
import { EdgeFunction, edgeSettings } from "./edge-function";
import { type CdnOrigins, originsOf } from "./origins";

/** A behaviour of its own for each image type; patterns are case-sensitive, so `LOGO.JPG` falls to the default one. */
const IMAGE_PATTERNS = ["*.jpg", "*.jpeg", "*.png", "*.webp", "*.avif"];
const SECONDS_PER_YEAR = 31_536_000;

export interface ImageCdnArgs {
  readonly config: StackConfig;
  readonly origins: CdnOrigins;
  /** A host name of your own, with its certificate in us-east-1; undefined for CloudFront's name. */
  readonly domain: { readonly name: string; readonly certificateArn: pulumi.Output<string> } | undefined;
}

/** The CloudFront distribution that clients get variants from. */
export class ImageCdn extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;
  /** The host that CloudFront gave the distribution, which records point at. */
  readonly host: pulumi.Output<string>;
  /** The Route 53 zone of all such hosts. */
  readonly hostZoneId: pulumi.Output<string>;
  /** URL of the variants, without a trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ImageCdnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageCdn", name, {}, opts);
    const { config, domain } = args;
    const edge = edgeSettings(config);

    const { targetOriginId, ...origins } = originsOf(name, args.origins, { parent: this });
    const headers = this.#createHeaders(name, (edge?.negotiated.length ?? 0) > 0, config.cdn.corsOrigins);
    // Others for each delivery: a distribution that is not yet what it is to be goes on with those that it has.
    const suffix = edge?.keyInQuery ? "-key" : "";
    const cachePolicy = this.#createCachePolicy(`${name}-cache-policy${suffix}`, edge?.keyInQuery ?? false);
    const edgeFunction = edge && new EdgeFunction(`${name}-edge${suffix}`, { settings: edge }, { parent: this });
    const behavior = {
      targetOriginId,
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: cachePolicy.id,
      // Images are compressed already.
      compress: false,
      responseHeadersPolicyId: headers.id,
      ...(edgeFunction
        ? { functionAssociations: [{ eventType: "viewer-request", functionArn: edgeFunction.arn }] }
        : {}),
    };
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: `image-resizer ${pulumi.getStack()}`,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass: config.cdn.priceClass,
        ...origins,
        defaultCacheBehavior: behavior,
        orderedCacheBehaviors: IMAGE_PATTERNS.map((pathPattern) => ({ ...behavior, pathPattern })),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...certificateOf(domain),
      },
      { parent: this },
    );
    this.distributionId = distribution.id;
    this.distributionArn = distribution.arn;
    this.host = distribution.domainName;
    this.hostZoneId = distribution.hostedZoneId;
    // A name of your own is known in a preview, and waits for the distribution by its URN: no client is to be sent to a
    // name that CloudFront does not answer to yet.
    const host = domain ? distribution.urn.apply(() => domain.name) : distribution.domainName;
    this.url = pulumi.interpolate`https://${host}`;

    this.registerOutputs({ distributionId: this.distributionId, host: this.host, url: this.url });
  }

  /**
   * Caches only responses that say so themselves. With a minimum or default above 0, CloudFront would keep the 307 to the
   * resizer, or the resizer's 301, and clients would be sent in circles (CloudFront guide, "Manage how long content
   * stays in the cache").
   */
  #createCachePolicy(name: string, keyInQuery: boolean): aws.cloudfront.CachePolicy {
    return new aws.cloudfront.CachePolicy(
      name,
      {
        comment: "Only what says how long it may be kept",
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: SECONDS_PER_YEAR,
        parametersInCacheKeyAndForwardedToOrigin: {
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          // The edge function alone writes the key there: it is the path once more.
          queryStringsConfig: keyInQuery
            ? { queryStringBehavior: "whitelist", queryStrings: { items: ["key"] } }
            : { queryStringBehavior: "none" },
        },
      },
      { parent: this },
    );
  }

  /**
   * Adds headers to every response, be it a hit, a miss, a redirect, an error or the edge function's own. A behaviour has
   * one policy, so that all of them are in this one.
   */
  #createHeaders(
    name: string,
    negotiated: boolean,
    corsOrigins: readonly string[],
  ): aws.cloudfront.ResponseHeadersPolicy {
    return new aws.cloudfront.ResponseHeadersPolicy(
      `${name}-headers`,
      {
        comment: "What answers are, what they depend on, and who may read them",
        // A browser is to take nothing for a page or a script: an original is whatever was uploaded.
        securityHeadersConfig: { contentTypeOptions: { override: true } },
        ...(negotiated ? { customHeadersConfig: { items: [VARY_BY_FORMAT] } } : {}),
        ...(corsOrigins.length > 0 ? { corsConfig: corsConfig(corsOrigins) } : {}),
      },
      { parent: this },
    );
  }
}

/**
 * Tells caches beyond CloudFront that the response depends on the format. CloudFront's own has another key for each. Beside
 * CORS it is lost where CloudFront says `Vary: Origin` instead (github.com/ttoss/ttoss/pull/1206 saw it): then a browser
 * may use what it has in one format for a request that would have got another, which it can read all the same.
 */
const VARY_BY_FORMAT = { header: "Vary", value: "Accept", override: true };

/**
 * CloudFront answers for whatever origin asks, from one copy in its cache: `Origin` is neither in the cache's key nor sent
 * to the bucket or the API, so that no response of theirs that names an origin can be kept and given to others.
 */
function corsConfig(origins: readonly string[]) {
  return {
    accessControlAllowCredentials: false,
    accessControlAllowOrigins: { items: [...origins] },
    accessControlAllowMethods: { items: CORS_METHODS },
    // CloudFront accepts no empty list. It is for preflights, and the behaviours accept no OPTIONS.
    accessControlAllowHeaders: { items: ["*"] },
    accessControlExposeHeaders: { items: CORS_EXPOSED_HEADERS },
    originOverride: true,
  };
}

/** Returns the names that the distribution answers to, and the certificate that proves them. */
function certificateOf(domain: ImageCdnArgs["domain"]) {
  // With CloudFront's own certificate the minimum is TLS 1.0, whatever is asked for.
  if (!domain) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  return {
    aliases: [domain.name],
    viewerCertificate: {
      acmCertificateArn: domain.certificateArn,
      sslSupportMethod: "sni-only",
      // TLS 1.2 and 1.3 (CloudFront guide, "Supported protocols and ciphers").
      minimumProtocolVersion: "TLSv1.2_2021",
    },
  };
}
