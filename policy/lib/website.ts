import type { PolicyResource } from "@pulumi/policy";
import { inputOf, linked } from "./links";
import { attempt } from "./unknown";
import { fieldOf, isAbsent, listOf, parsed, propertyOf, type Json } from "./values";

/** Types of buckets. */
export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const WEBSITES = [
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
];

/** A routing rule of a bucket's website. Its fields are functions, because one may be unknown in a preview. */
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
  /** Names of the bucket, as far as they are known. */
  readonly bucketNames: readonly string[];
  /** The website's resource and its bucket: an origin for the website depends on one of them. */
  readonly resources: readonly PolicyResource[];
}

/** Lists the websites of a stack: resources of their own, or (in older programs) a property of the bucket. */
export function websitesOf(resources: readonly PolicyResource[]): readonly Website[] {
  const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
  return resources.flatMap((resource) => {
    if (BUCKETS.includes(resource.type)) {
      // A bucket has one `website`, a BucketV2 a list of `websites`.
      return ["website", "websites"].flatMap((property) =>
        listOf(inputOf(resource, property)).flatMap((website) => {
          const rules = propertyOf(website, "routingRules");
          return isAbsent(rules) ? [] : [websiteOf(resource, property, rules, [resource])];
        }),
      );
    }
    if (!WEBSITES.includes(resource.type)) return [];
    const property = isAbsent(inputOf(resource, "routingRules")) ? "routingRuleDetails" : "routingRules";
    const rules = inputOf(resource, property);
    return [websiteOf(resource, property, rules, [resource, ...linked(resource, "bucket", buckets)])];
  });
}

/** Returns the bucket of a website endpoint's host, with a dash or a dot before the region. */
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
    // A list, or the JSON text of one.
    rules: listOf(parsed(rules)).map(ruleOf),
    bucketNames: names.flatMap((name) => (name.known && typeof name.value === "string" ? [name.value] : [])),
    resources,
  };
}

/** Reads `condition.httpErrorCodeReturnedEquals` (Pulumi's form) or `Condition.HttpErrorCodeReturnedEquals` (S3's). */
function ruleOf(rule: Json): RoutingRule {
  const field = (part: "condition" | "redirect", name: string) => (): Json => {
    return fieldOf(fieldOf(rule, part), name);
  };
  return {
    errorCode: field("condition", "httpErrorCodeReturnedEquals"),
    keyPrefix: field("condition", "keyPrefixEquals"),
    host: field("redirect", "hostName"),
    redirectCode: field("redirect", "httpRedirectCode"),
    protocol: field("redirect", "protocol"),
  };
}
