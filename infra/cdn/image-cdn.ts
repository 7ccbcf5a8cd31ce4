import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cdnHeaders } from "./headers";
import { type CdnOrigins, originsOf } from "./origins";
import { EdgeFunction } from "./edge-function";
import type { EdgeSettings } from "../../functions/edge/settings";

/** A behaviour of its own for each image type; patterns are case-sensitive, so `LOGO.JPG` falls to the default one. */
const IMAGE_PATTERNS = ["*.jpg", "*.jpeg", "*.png", "*.webp", "*.avif"];
const SECONDS_PER_YEAR = 31_536_000;
/** TLS 1.2 and 1.3: what every browser since 2014 speaks (CloudFront guide, "Supported protocols and ciphers"). */
const MINIMUM_TLS = "TLSv1.2_2021";

export interface ImageCdnArgs {
  /** Where variants come from. */
  readonly origins: CdnOrigins;
  /** What a function at the edge does with each request; undefined for no function. */
  readonly edge: EdgeSettings | undefined;
  /** The origins whose pages may read variants from scripts, or `*` alone; empty for none. */
  readonly corsOrigins: readonly string[];
  /** Where CloudFront serves from: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`. */
  readonly priceClass: string;
  /** A host name of the stack's own, with the certificate for it in us-east-1; undefined for CloudFront's name. */
  readonly domain: { readonly name: string; readonly certificateArn: pulumi.Input<string> } | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The CloudFront distribution that viewers get variants from. */
export class ImageCdn extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;
  /** The host that CloudFront gave the distribution, and the Route 53 zone of all such hosts: what records point at. */
  readonly host: pulumi.Output<string>;
  readonly hostZoneId: pulumi.Output<string>;
  /** Where viewers get variants: an origin without a trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ImageCdnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageCdn", name, {}, opts);

    const { targetOriginId, ...origins } = originsOf(name, args.origins, { parent: this });
    const headers = cdnHeaders(
      name,
      { negotiated: (args.edge?.negotiated.length ?? 0) > 0, corsOrigins: args.corsOrigins },
      { parent: this },
    );
    const behavior = {
      targetOriginId,
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: this.#cachePolicy(name, args.edge).id,
      // Images are compressed already.
      compress: false,
      ...(headers ? { responseHeadersPolicyId: headers.id } : {}),
      ...(args.edge ? this.#edge(name, args.edge) : {}),
    };
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: `image-resizer ${pulumi.getStack()}`,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass: args.priceClass,
        ...origins,
        defaultCacheBehavior: behavior,
        orderedCacheBehaviors: IMAGE_PATTERNS.map((pathPattern) => ({ ...behavior, pathPattern })),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...viewerSide(args.domain),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    this.distributionId = distribution.id;
    this.distributionArn = distribution.arn;
    this.host = distribution.domainName;
    this.hostZoneId = distribution.hostedZoneId;
    this.url = urlOf(distribution, args.domain);

    this.registerOutputs({
      distributionId: this.distributionId,
      distributionArn: this.distributionArn,
      host: this.host,
      hostZoneId: this.hostZoneId,
      url: this.url,
    });
  }

  /** What a behaviour has where requests pass the edge function first. */
  #edge(name: string, settings: EdgeSettings) {
    const { arn } = new EdgeFunction(`${name}-edge`, { settings }, { parent: this });
    return { functionAssociations: [{ eventType: "viewer-request", functionArn: arn }] };
  }

  /**
   * Nothing is kept that does not say so itself. With a minimum or default above 0, CloudFront would keep the 307 to the
   * resizer, or the resizer's 301, and viewers would be sent in circles (CloudFront guide, "Manage how long content
   * stays in the cache").
   */
  #cachePolicy(name: string, edge: EdgeSettings | undefined): aws.cloudfront.CachePolicy {
    return new aws.cloudfront.CachePolicy(
      `${name}-cache-policy`,
      {
        comment: "Only what says how long it may be kept",
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: SECONDS_PER_YEAR,
        parametersInCacheKeyAndForwardedToOrigin: {
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          // The edge function writes the key there, and nobody else: it is the path once more.
          queryStringsConfig: edge?.keyInQuery
            ? { queryStringBehavior: "whitelist", queryStrings: { items: ["key"] } }
            : { queryStringBehavior: "none" },
        },
      },
      { parent: this },
    );
  }
}

/** The names that the distribution answers to, and how it proves that they are its own. */
function viewerSide(domain: ImageCdnArgs["domain"]): Pick<aws.cloudfront.DistributionArgs, "aliases"> & {
  readonly viewerCertificate: aws.types.input.cloudfront.DistributionViewerCertificate;
} {
  // With CloudFront's own certificate the minimum is TLS 1.0, whatever is asked for.
  if (!domain) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  return {
    aliases: [domain.name],
    viewerCertificate: {
      acmCertificateArn: domain.certificateArn,
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: MINIMUM_TLS,
    },
  };
}

/**
 * A name of the stack's own is known in a preview. It waits for the distribution all the same, by its URN: nobody is to
 * be sent to a name that CloudFront does not answer to yet.
 */
function urlOf(distribution: aws.cloudfront.Distribution, domain: ImageCdnArgs["domain"]): pulumi.Output<string> {
  return domain
    ? distribution.urn.apply(() => `https://${domain.name}`)
    : pulumi.interpolate`https://${distribution.domainName}`;
}
