import type { RegisteredResource } from "@image-resizer/lib/program";

/** A resource as the program would register it. */
export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>> = {},
): RegisteredResource {
  const all = { id: `${name}-id`, ...inputs, ...outputs };
  return {
    type,
    name,
    inputs,
    outputs: all,
    id: all.id,
    options: { dependsOn: [], protect: false, retainOnDelete: false },
  };
}

const NONE = { queryStringBehavior: "none", cookieBehavior: "none", headerBehavior: "none" };

export function cachePolicy(inputs: Readonly<Record<string, unknown>> = {}): RegisteredResource {
  const { minTtl = 0, defaultTtl = 0, maxTtl = 31_536_000, key = {} } = inputs;
  return resource("aws:cloudfront/cachePolicy:CachePolicy", "policy", {
    minTtl,
    defaultTtl,
    maxTtl,
    parametersInCacheKeyAndForwardedToOrigin: {
      queryStringsConfig: { queryStringBehavior: NONE.queryStringBehavior },
      cookiesConfig: { cookieBehavior: NONE.cookieBehavior },
      headersConfig: { headerBehavior: NONE.headerBehavior },
      ...(key as Record<string, unknown>),
    },
  });
}

export const ORIGIN_HOST = "bucket.s3-website.eu-central-1.amazonaws.com";

export const DISTRIBUTION_ARN = "arn:aws:cloudfront::123456789012:distribution/E123";

/** A distribution of one origin, whose default behaviour uses `cachePolicy`. */
export function distribution(inputs: Readonly<Record<string, unknown>> = {}): RegisteredResource {
  return resource(
    "aws:cloudfront/distribution:Distribution",
    "cdn",
    {
      origins: [{ originId: "website", domainName: ORIGIN_HOST, customOriginConfig: {} }],
      defaultCacheBehavior: behavior(),
      ...inputs,
    },
    { domainName: "d123.cloudfront.net", arn: DISTRIBUTION_ARN },
  );
}

export function behavior(inputs: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    targetOriginId: "website",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "policy-id",
    ...inputs,
  };
}
