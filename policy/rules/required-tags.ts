import type { ResourceValidationArgs } from "@pulumi/policy";
import { resourceRule } from "../lib/rule";
import { words } from "../lib/rule-config";
import { parsed, propertyOf, recordOf, type Json } from "../lib/values";

/** Types that cost money or hold data, and can have tags. */
const TAGGED = [
  "aws:apigatewayv2/api:Api",
  "aws:apigatewayv2/stage:Stage",
  "aws:budgets/budget:Budget",
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:iam/role:Role",
  "aws:lambda/function:Function",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
];

/** The bill and the console show the project and the stack of a resource. */
export const requiredTags = resourceRule(
  {
    name: "required-tags",
    description: "A resource has the tags that the bill is split by.",
    severity: "low",
    enforcementLevel: "advisory",
    remediationSteps: "Add the tags, or set them once as the provider's default tags.",
  },
  TAGGED,
  { tags: words(["Project", "Stack"], "The tags that every resource must have, with a value") },
  (resource, report, { tags }) => {
    // Not the stack's to set: the tags of an adopted bucket, for example.
    if (resource.opts.ignoreChanges.includes("tags")) return;
    const all = { ...defaultTags(resource), ...recordOf(propertyOf(resource.props, "tags")) };
    const missing = tags.filter((tag) => {
      const value = propertyOf(all, tag);
      return typeof value !== "string" || value.trim() === "";
    });
    if (missing.length > 0) {
      report(`has no tag ${missing.join(", ")}`, "Add it, or set it in the provider's defaultTags");
    }
  },
);

/** Returns the provider's default tags, which AWS adds to every resource. The engine sends them as JSON text. */
function defaultTags({ provider }: ResourceValidationArgs): Readonly<Record<string, Json>> | undefined {
  return recordOf(propertyOf(parsed(propertyOf(provider?.props, "defaultTags")), "tags"));
}
