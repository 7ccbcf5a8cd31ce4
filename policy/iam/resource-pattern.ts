import { globMatches, hasWildcard } from "../kit/glob";

const PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"];
/** A bucket that nobody means: a pattern that matches it matches every bucket. */
const ANY_BUCKET = "b5q2-any-bucket-z9";

interface ArnPattern {
  readonly service: string;
  readonly resource: string;
}

/**
 * Whether a resource of a statement takes in every bucket, in any partition: `*`, `arn:aws:s3:::*`, the same key of
 * every bucket, every access point.
 */
export function coversEveryBucket(pattern: string): boolean {
  const matchesAny = PARTITIONS.some((partition) => {
    const arn = `arn:${partition}:s3:::${ANY_BUCKET}`;
    return globMatches(pattern, arn) || globMatches(pattern, `${arn}/${ANY_BUCKET}`);
  });
  if (matchesAny) return true;
  const arn = splitArn(pattern);
  return arn !== undefined && globMatches(arn.service, "s3") && isShapeless(bucketOf(arn.resource));
}

/**
 * Whether a resource of a statement is no narrower than a service: `*`, `arn:aws:logs:*:*:*`, every bucket.
 * `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x:*` is narrower.
 */
export function coversEverything(pattern: string): boolean {
  if (coversEveryBucket(pattern)) return true;
  const arn = splitArn(pattern);
  return arn === undefined ? hasWildcard(pattern) : isShapeless(arn.resource);
}

/** Whether a resource of a statement can only be objects: `arn:aws:s3:::photos/*`, and not the bucket itself. */
export function isObjectPattern(pattern: string): boolean {
  const resource = splitArn(pattern)?.resource;
  if (resource === undefined) return false;
  return resource.startsWith("accesspoint/") ? /^accesspoint\/[^/]+\/object\//.test(resource) : resource.includes("/");
}

/**
 * The bucket and key of a resource that is objects of one bucket, spelled out: `*` in a bucket's name would run on into
 * the key. Undefined for any other resource.
 */
export function objectsOf(pattern: string): { readonly bucket: string; readonly key: string } | undefined {
  const arn = splitArn(pattern);
  if (arn?.service !== "s3") return undefined;
  const match = /^([a-z0-9][a-z0-9.-]+)\/(.+)$/s.exec(arn.resource);
  return match === null ? undefined : { bucket: match[1] ?? "", key: match[2] ?? "" };
}

function splitArn(pattern: string): ArnPattern | undefined {
  const [arn, , service, , , ...resource] = pattern.split(":");
  if (arn === undefined || service === undefined || resource.length === 0) return undefined;
  return { service, resource: resource.join(":") };
}

/** The first segment of an S3 resource, or the access point's name. */
function bucketOf(resource: string): string {
  return resource.replace(/^accesspoint\//, "").split("/")[0] ?? "";
}

/** Nothing but wildcards and punctuation. */
function isShapeless(text: string): boolean {
  return !/[a-z0-9]/i.test(text);
}
