import type { PolicyResource } from "@pulumi/policy";
import { isAbsent, listOf, propertyOf, type Json } from "../kit/json";
import { givenOf } from "../kit/given";
import { linked } from "../kit/links";
import { attempt } from "../kit/unknown";

/** The types that are a bucket. */
export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const WEBSITES = [
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
];

/** A routing rule of a bucket's website. Its fields are read when asked for: one may be unknown in a preview. */
export interface RoutingRule {
  readonly errorCode: () => Json;
  readonly keyPrefix: () => Json;
  readonly host: () => Json;
  readonly redirectCode: () => Json;
  readonly protocol: () => Json;
}

/** A bucket's website with its routing rules. */
export interface Website {
  readonly resource: PolicyResource;
  /** The property that the rules are read from. */
  readonly property: string;
  readonly rules: readonly RoutingRule[];
  /** The names of the bucket, as far as they are known. */
  readonly bucketNames: readonly string[];
  /** The website's resource and its bucket's: what an origin depends on that stands for the website. */
  readonly resources: readonly PolicyResource[];
}

/** The websites of a stack: by resources of their own, or (as in older programs) by a property of the bucket. */
export function websitesOf(resources: readonly PolicyResource[]): readonly Website[] {
  const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
  return resources.flatMap((resource) => {
    if (BUCKETS.includes(resource.type)) {
      const inline = propertyOf(givenOf(resource, "website"), "routingRules");
      return isAbsent(inline) ? [] : [websiteOf(resource, "website", inline, [resource])];
    }
    if (!WEBSITES.includes(resource.type)) return [];
    const property = isAbsent(givenOf(resource, "routingRules")) ? "routingRuleDetails" : "routingRules";
    const rules = givenOf(resource, property);
    return [websiteOf(resource, property, rules, [resource, ...linked(resource, "bucket", buckets)])];
  });
}

/** The name of the bucket whose website endpoint a host is, with a dash or a dot before the region. */
export function bucketOfWebsiteHost(host: string): string | undefined {
  return /^(.+)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/i.exec(host)?.[1];
}

function websiteOf(
  resource: PolicyResource,
  property: string,
  rules: Json,
  resources: readonly PolicyResource[],
): Website {
  const names = resources.map(({ props }) => attempt(() => propertyOf(props, "bucket")));
  return {
    resource,
    property,
    rules: rulesOf(rules).map(ruleOf),
    bucketNames: names.flatMap((name) => (name.known && typeof name.value === "string" ? [name.value] : [])),
    resources,
  };
}

/** A list of rules, or the JSON text of one. */
function rulesOf(rules: Json): readonly Json[] {
  if (typeof rules !== "string") return listOf(rules);
  try {
    return listOf(JSON.parse(rules) as Json);
  } catch {
    return [rules];
  }
}

/** `condition.httpErrorCodeReturnedEquals` in Pulumi's form, `Condition.HttpErrorCodeReturnedEquals` in S3's own. */
function ruleOf(rule: Json): RoutingRule {
  const field = (part: "condition" | "redirect", name: string) => (): Json => {
    const holder = propertyOf(rule, part) ?? propertyOf(rule, capitalised(part));
    return propertyOf(holder, name) ?? propertyOf(holder, capitalised(name));
  };
  return {
    errorCode: field("condition", "httpErrorCodeReturnedEquals"),
    keyPrefix: field("condition", "keyPrefixEquals"),
    host: field("redirect", "hostName"),
    redirectCode: field("redirect", "httpRedirectCode"),
    protocol: field("redirect", "protocol"),
  };
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
