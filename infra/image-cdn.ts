import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A behaviour of its own for each image type; patterns are case-sensitive, so `LOGO.JPG` falls to the default one. */
const IMAGE_PATTERNS = ["*.jpg", "*.jpeg", "*.png", "*.webp", "*.avif"];
const ORIGIN_ID = "website";
const SECONDS_PER_YEAR = 31_536_000;

export interface ImageCdnArgs {
  /** The host of the bucket's website endpoint. */
  readonly originHost: pulumi.Input<string>;
  /** Where CloudFront serves from: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`. */
  readonly priceClass: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The CloudFront distribution that viewers get variants from. */
export class ImageCdn extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>;
  /** Where viewers get variants: an origin without a trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ImageCdnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageCdn", name, {}, opts);

    const cachePolicy = this.#cachePolicy(name);
    const behavior = imageBehavior(cachePolicy.id);
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: `image-resizer ${pulumi.getStack()}`,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass: args.priceClass,
        origins: [websiteOrigin(args.originHost)],
        defaultCacheBehavior: behavior,
        orderedCacheBehaviors: IMAGE_PATTERNS.map((pathPattern) => ({ ...behavior, pathPattern })),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        // With CloudFront's own certificate the minimum is TLS 1.0, whatever is asked for.
        viewerCertificate: { cloudfrontDefaultCertificate: true },
        tags: { ...args.tags },
      },
      { parent: this },
    );
    this.distributionId = distribution.id;
    this.url = pulumi.interpolate`https://${distribution.domainName}`;

    this.registerOutputs({ distributionId: this.distributionId, url: this.url });
  }

  /**
   * Nothing is kept that does not say so itself. With a minimum or default above 0, CloudFront would keep the 307 to the
   * resizer, or the resizer's 301, and viewers would be sent in circles (CloudFront guide, "Manage how long content
   * stays in the cache").
   */
  #cachePolicy(name: string): aws.cloudfront.CachePolicy {
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
          queryStringsConfig: { queryStringBehavior: "none" },
        },
      },
      { parent: this },
    );
  }
}

function imageBehavior(cachePolicyId: pulumi.Input<string>) {
  return {
    targetOriginId: ORIGIN_ID,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId,
    // Images are compressed already.
    compress: false,
  };
}

/** A website endpoint has no TLS: CloudFront reaches it over plain HTTP, within AWS's network. */
function websiteOrigin(domainName: pulumi.Input<string>) {
  return {
    originId: ORIGIN_ID,
    domainName,
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "http-only",
      originSslProtocols: ["TLSv1.2"],
    },
  };
}
