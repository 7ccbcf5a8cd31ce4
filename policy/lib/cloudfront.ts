import type { PolicyResource } from "@pulumi/policy";
import { inputOf, linked } from "./links";
import { attempt, checkEach } from "./unknown";
import { isAbsent, listOf, propertyOf, type Json } from "./values";

export const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** Types that answer requests, and the properties that hold their hosts or URLs. */
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  "aws:apigatewayv2/api:Api": ["apiEndpoint"],
  "aws:apigatewayv2/domainName:DomainName": ["domainName"],
  "aws:apigateway/stage:Stage": ["invokeUrl"],
  "aws:apigateway/domainName:DomainName": ["domainName"],
  "aws:lambda/functionUrl:FunctionUrl": ["functionUrl"],
  [DISTRIBUTION]: ["domainName", "aliases"],
};

/** A cache behaviour of a distribution. */
export interface Behaviour {
  /** Name for messages: `the default behaviour`, `the behaviour of *.jpg`. */
  readonly label: string;
  /** Property of the distribution that holds it. */
  readonly property: "defaultCacheBehavior" | "orderedCacheBehaviors";
  readonly value: Json;
}

/** An origin that is a bucket of the stack, reached by S3's own protocol. */
export interface BucketOrigin {
  readonly id: string;
  /** Candidates: exactly one as soon as the origin's host is known. */
  readonly buckets: readonly PolicyResource[];
  /** True if CloudFront signs its requests, by an origin access control or the older origin access identity. */
  readonly isSigned: boolean;
}

/**
 * Lists the behaviours of a distribution: the default one and those for path patterns.
 * @param read reads a property of the distribution
 */
export function behavioursOf(read: (property: Behaviour["property"]) => Json): readonly Behaviour[] {
  const property = "defaultCacheBehavior";
  return [
    { label: "the default behaviour", property, value: read(property) },
    ...listOf(read("orderedCacheBehaviors")).map((value): Behaviour => {
      const pattern = propertyOf(value, "pathPattern");
      const label = typeof pattern === "string" ? `the behaviour of ${pattern}` : "a behaviour";
      return { label, property: "orderedCacheBehaviors", value };
    }),
  ];
}

/** Returns, for a host, a check whether a resource answers at it. */
type HostCheck = (host: string) => (resource: PolicyResource) => boolean;

/** Lists the origins of a distribution that are buckets of the stack. */
export function bucketOriginsOf(
  distribution: PolicyResource,
  buckets: readonly PolicyResource[],
): readonly BucketOrigin[] {
  return originsOf(distribution).flatMap((origin): BucketOrigin[] => {
    if (!isAbsent(propertyOf(origin, "customOriginConfig"))) return [];
    const isBucket = (host: string) => {
      const name = bucketOfHost(host);
      return (bucket: PolicyResource) => {
        // A host that is known is of no bucket whose name is unknown.
        const own = attempt(() => propertyOf(bucket.props, "bucket"));
        return name !== undefined && own.known && own.value === name;
      };
    };
    const found = matching(distribution, origin, buckets, isBucket);
    if (found.length === 0) return [];
    const id = propertyOf(origin, "originId");
    return [{ id: typeof id === "string" ? id : "?", buckets: found, isSigned: isSigned(origin) }];
  });
}

/** Lists the ids of a distribution's origins that stand for one of some resources, and of the origin groups with one. */
export function targetsOf(
  distribution: PolicyResource,
  resources: readonly PolicyResource[],
  isHostOf: HostCheck,
): { readonly origins: readonly Json[]; readonly groups: readonly Json[] } {
  const origins = originsOf(distribution)
    .filter((origin) => matching(distribution, origin, resources, isHostOf).length > 0)
    .map((origin) => propertyOf(origin, "originId"));
  const groups = listOf(inputOf(distribution, "originGroups"))
    .filter((group) => listOf(propertyOf(group, "members")).some((it) => origins.includes(propertyOf(it, "originId"))))
    .map((group) => propertyOf(group, "originId"));
  return { origins, groups };
}

/** Lists the resources that answer requests. */
export function serversOf(resources: readonly PolicyResource[]): readonly PolicyResource[] {
  return resources.filter(({ type }) => type in SERVERS);
}

/** Lists the hosts, in lower case, of the resources that answer requests, as far as they are known. */
export function hostsOf(servers: readonly PolicyResource[]): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { type, props } of servers) {
    for (const property of SERVERS[type] ?? []) {
      attempt(() => {
        checkEach(listOf(propertyOf(props, property)), (value) => {
          if (typeof value === "string") hosts.add(hostOf(value));
        });
      });
    }
  }
  return hosts;
}

function hostOf(url: string): string {
  return (/^(?:https?:\/\/)?([^/:]*)/.exec(url)?.[1] ?? "").toLowerCase();
}

function originsOf(distribution: PolicyResource): readonly Json[] {
  return listOf(inputOf(distribution, "origins"));
}

/** Lists the resources that an origin stands for: by its host, or by its dependencies while the host is unknown. */
function matching(
  distribution: PolicyResource,
  origin: Json,
  resources: readonly PolicyResource[],
  isHostOf: HostCheck,
): readonly PolicyResource[] {
  const read = (): Json => propertyOf(origin, "domainName");
  const host = attempt(read);
  if (!host.known) return linked(distribution, "origins", resources, read);
  const { value } = host;
  return typeof value === "string" ? resources.filter(isHostOf(value)) : [];
}

/** Returns the bucket of a host of S3's own protocol: `photos.s3.eu-central-1.amazonaws.com`, but no website. */
function bucketOfHost(host: string): string | undefined {
  return /^(.+)\.s3(?:[.-](?!website)[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/i.exec(host)?.[1];
}

/** An id that is unknown in a preview exists. */
function isSigned(origin: Json): boolean {
  return ["originAccessControlId", "s3OriginConfig"].some((property) => {
    const read = attempt(() => propertyOf(origin, property));
    return !read.known || !(isAbsent(read.value) || read.value === "");
  });
}
