import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

describe("ImageCdn", () => {
  let dev: Registered;

  before(async () => {
    dev = await register({ stack: "dev" });
  });

  it("has the website endpoint as its one origin, over plain HTTP", () => {
    assert.deepEqual(dev.one("Distribution").inputs.origins, [
      {
        originId: "website",
        domainName: "image-resizer-dev-123456789012.s3-website-us-east-1.amazonaws.com",
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "http-only",
          originSslProtocols: ["TLSv1.2"],
        },
      },
    ]);
  });

  it("has the website host of the stack's region", async () => {
    const frankfurt = await register({ stack: "dev", config: { "aws:region": "eu-central-1" } });
    const [origin] = frankfurt.one("Distribution").inputs.origins as { domainName: string }[];
    assert.equal(origin?.domainName, "image-resizer-dev-123456789012.s3-website.eu-central-1.amazonaws.com");
  });

  it("keeps only what says how long it may be kept: TTLs 0, 0 and a year", () => {
    assert.deepEqual(dev.one("CachePolicy").inputs, {
      comment: "Only what says how long it may be kept",
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    });
  });

  it("has that cache policy on the default behaviour and on one for each image type", () => {
    const { defaultCacheBehavior, orderedCacheBehaviors } = dev.one("Distribution").inputs;
    const behavior = {
      targetOriginId: "website",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: dev.one("CachePolicy").id,
      compress: false,
    };
    assert.deepEqual(defaultCacheBehavior, behavior);
    assert.deepEqual(
      orderedCacheBehaviors,
      ["*.jpg", "*.jpeg", "*.png", "*.webp", "*.avif"].map((pathPattern) => ({ ...behavior, pathPattern })),
    );
  });

  it("speaks HTTP/2 and 3 and IPv6, and serves from where the stack says", async () => {
    const { httpVersion, isIpv6Enabled, enabled, priceClass, viewerCertificate } = dev.one("Distribution").inputs;
    assert.deepEqual(
      { httpVersion, isIpv6Enabled, enabled, priceClass, viewerCertificate },
      {
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        enabled: true,
        priceClass: "PriceClass_100",
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
    );
    const prod = await register({ stack: "prod" });
    assert.equal(prod.one("Distribution").inputs.priceClass, "PriceClass_All");
  });
});
