import type { ResourceValidationArgs } from "@pulumi/policy";
import { propertyOf, recordOf, type Json } from "../kit/json";
import { resourceRule } from "../kit/rule";
import { words } from "../kit/tunables";

/** The types that cost money or hold something, and take tags. */
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

/** The bill and the console say which project and stack a resource belongs to. */
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
    // They are somebody else's to set: of a bucket that the stack has adopted, say.
    if (resource.opts.ignoreChanges.includes("tags")) return;
    const given = { ...defaultTags(resource), ...recordOf(propertyOf(resource.props, "tags")) };
    const missing = tags.filter((tag) => {
      const value = propertyOf(given, tag);
      return typeof value !== "string" || value.trim() === "";
    });
    if (missing.length > 0)
      report(`has no tag ${missing.join(", ")}`, "Add it, or set it in the provider's defaultTags");
  },
);

/** The provider's default tags, which AWS adds to every resource; the engine passes them on as JSON text. */
function defaultTags({ provider }: ResourceValidationArgs): Readonly<Record<string, Json>> | undefined {
  const setting = propertyOf(provider?.props, "defaultTags");
  return recordOf(propertyOf(typeof setting === "string" ? parsed(setting) : setting, "tags"));
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
