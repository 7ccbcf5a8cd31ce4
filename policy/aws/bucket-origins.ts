import type { PolicyResource } from "@pulumi/policy";
import { givenOf } from "../kit/given";
import { isAbsent, listOf, propertyOf, type Json } from "../kit/json";
import { linked } from "../kit/links";
import { attempt } from "../kit/unknown";
import { hostsOf } from "./served-hosts";

/** An origin of a distribution that is a bucket, asked in S3's own protocol. */
export interface BucketOrigin {
  readonly id: string;
  /** The buckets of the stack that it may be: one, as soon as its host is known. */
  readonly buckets: readonly PolicyResource[];
  /** Whether CloudFront asks as itself: with an origin access control, or the older origin access identity. */
  readonly asItself: boolean;
}

/** The bucket that a host of S3's own protocol is: `photos.s3.eu-central-1.amazonaws.com`. Websites are not. */
export function bucketOfHost(host: string): string | undefined {
  return /^(.+)\.s3(?:[.-](?!website)[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/i.exec(host)?.[1];
}

/** The origins of a distribution that are buckets of the stack. */
export function bucketOriginsOf(
  distribution: PolicyResource,
  buckets: readonly PolicyResource[],
): readonly BucketOrigin[] {
  return listOf(givenOf(distribution, "origins")).flatMap((origin): BucketOrigin[] => {
    if (!isAbsent(propertyOf(origin, "customOriginConfig"))) return [];
    const read = (): Json => propertyOf(origin, "domainName");
    const host = attempt(read);
    const name = host.known && typeof host.value === "string" ? bucketOfHost(host.value) : undefined;
    const found = host.known
      ? buckets.filter((bucket) => name !== undefined && propertyOf(bucket.props, "bucket") === name)
      : linked(distribution, "origins", buckets, read);
    if (found.length === 0) return [];
    const id = propertyOf(origin, "originId");
    return [{ id: typeof id === "string" ? id : "?", buckets: found, asItself: isAskedAsItself(origin) }];
  });
}

/** An id that a preview does not know yet is one. */
function isAskedAsItself(origin: Json): boolean {
  return ["originAccessControlId", "s3OriginConfig"].some((property) => {
    const read = attempt(() => propertyOf(origin, property));
    return !read.known || !(isAbsent(read.value) || read.value === "");
  });
}

/** The ids of a distribution's origin groups that fall back on one of some servers: what answers a miss there. */
export function failoverTargets(distribution: PolicyResource, servers: readonly PolicyResource[]): readonly Json[] {
  const hosts = hostsOf(servers);
  const served = listOf(givenOf(distribution, "origins"))
    .filter((origin) => {
      const read = (): Json => propertyOf(origin, "domainName");
      const host = attempt(read);
      if (!host.known) return linked(distribution, "origins", servers, read).length > 0;
      return typeof host.value === "string" && hosts.has(host.value.toLowerCase());
    })
    .map((origin) => propertyOf(origin, "originId"));
  return listOf(givenOf(distribution, "originGroups"))
    .filter((group) => listOf(propertyOf(group, "members")).some((it) => served.includes(propertyOf(it, "originId"))))
    .map((group) => propertyOf(group, "originId"));
}
