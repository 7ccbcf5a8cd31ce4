import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CDN_KEY_HEADER } from "../../functions/resizer/callers";

/** The website of the bucket, which redirects a miss; or the bucket itself, and on a miss the API. */
export type CdnOrigins =
  | { readonly delivery: "redirect"; readonly websiteHost: pulumi.Input<string> }
  | {
      readonly delivery: "failover";
      readonly bucketHost: pulumi.Input<string>;
      /** The API, and the path that CloudFront puts before that of a variant. */
      readonly api: { readonly host: pulumi.Input<string>; readonly path: string };
      /** Key by which the API knows that CloudFront asks. */
      readonly key: pulumi.Input<string>;
    };

/** Statuses of a private bucket for a missing key. */
const MISS = [403, 404];
/** Statuses of any origin in trouble. */
const TROUBLE = [500, 502, 503, 504];

/** Seconds that CloudFront keeps an error: less than `Retry-After` asks a client to wait. */
const MISSING_TTL = 10;
const TROUBLE_TTL = 1;

/** Returns the origins of a distribution, and the id that its behaviours name. */
export function originsOf(name: string, origins: CdnOrigins, opts: pulumi.CustomResourceOptions) {
  return origins.delivery === "redirect"
    ? {
        targetOriginId: "website",
        // A website endpoint has no TLS: CloudFront reaches it over plain HTTP, within AWS's network.
        origins: [customOrigin("website", origins.websiteHost, "http-only")],
      }
    : failoverOrigins(name, origins, opts);
}

function customOrigin(originId: string, domainName: pulumi.Input<string>, originProtocolPolicy: string) {
  return {
    originId,
    domainName,
    customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy, originSslProtocols: ["TLSv1.2"] },
  };
}

/**
 * CloudFront asks the bucket as itself, and the API for a missing key: within one request of the client (CloudFront
 * guide, "Optimize high availability with CloudFront origin failover").
 */
function failoverOrigins(
  name: string,
  { bucketHost, api, key }: Extract<CdnOrigins, { delivery: "failover" }>,
  opts: pulumi.CustomResourceOptions,
) {
  const access = new aws.cloudfront.OriginAccessControl(
    `${name}-access`,
    {
      description: "The distribution reads the bucket",
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    },
    opts,
  );
  return {
    targetOriginId: "variants",
    origins: [
      { originId: "bucket", domainName: bucketHost, originAccessControlId: access.id },
      {
        ...{ ...customOrigin("api", api.host, "https-only"), originPath: api.path },
        customHeaders: [{ name: CDN_KEY_HEADER, value: key }],
      },
    ],
    originGroups: [
      {
        originId: "variants",
        failoverCriteria: { statusCodes: [...MISS, ...TROUBLE] },
        members: [{ originId: "bucket" }, { originId: "api" }],
      },
    ],
    customErrorResponses: [
      { errorCode: 404, errorCachingMinTtl: MISSING_TTL },
      ...TROUBLE.map((errorCode) => ({ errorCode, errorCachingMinTtl: TROUBLE_TTL })),
    ],
  };
}
