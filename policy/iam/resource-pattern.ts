import { globMatches, hasWildcard } from "../lib/glob";

const PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"];
/** Services of S3 whose ARNs name a bucket, an access point or a file system. */
const SERVICES = ["s3", "s3express", "s3-object-lambda", "s3-outposts", "s3tables", "s3vectors", "s3files"];
/** A name that no bucket has: a pattern that matches it matches every bucket. */
const ANY_BUCKET = "b5q2-any-bucket-z9";

interface ArnPattern {
  readonly service: string;
  readonly resource: string;
}

/**
 * Checks whether a resource of a statement includes every bucket, in any partition: `*`, `arn:aws:s3:::*`, the same key
 * of every bucket, every access point.
 */
export function coversEveryBucket(pattern: string): boolean {
  const matchesAny = PARTITIONS.some((partition) => {
    const arn = `arn:${partition}:s3:::${ANY_BUCKET}`;
    return globMatches(pattern, arn) || globMatches(pattern, `${arn}/${ANY_BUCKET}`);
  });
  if (matchesAny) return true;
  const arn = splitArn(pattern);
  if (arn === undefined || !SERVICES.some((service) => globMatches(arn.service, service))) return false;
  return isShapeless(bucketOf(arn.resource));
}

/** Checks whether a resource of a statement includes all buckets with all objects, in any partition. */
export function coversS3(pattern: string): boolean {
  return PARTITIONS.some((partition) => {
    const arn = `arn:${partition}:s3:::${ANY_BUCKET}`;
    return globMatches(pattern, arn) && globMatches(pattern, `${arn}/${ANY_BUCKET}`);
  });
}

/**
 * Checks whether a resource of a statement is no narrower than a service: `*`, `arn:aws:logs:*:*:*`, every bucket.
 * `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x:*` is narrower.
 */
export function coversEverything(pattern: string): boolean {
  if (coversEveryBucket(pattern)) return true;
  const arn = splitArn(pattern);
  return arn === undefined ? hasWildcard(pattern) : isShapeless(arn.resource);
}

/** Checks whether a resource of a statement can only be objects: `arn:aws:s3:::photos/*`, and not the bucket itself. */
export function isObjectPattern(pattern: string): boolean {
  const resource = splitArn(pattern)?.resource;
  if (resource === undefined) return false;
  return resource.startsWith("accesspoint/") ? /^accesspoint\/[^/]+\/object\//.test(resource) : resource.includes("/");
}

/**
 * Returns the key pattern of a resource that is objects of one named bucket; undefined for any other resource, because
 * `*` in a bucket's name also matches `/` and part of the key.
 */
export function keyPatternOf(pattern: string): string | undefined {
  const arn = splitArn(pattern);
  return arn?.service === "s3" ? /^[a-z0-9][a-z0-9.-]+\/(.+)$/s.exec(arn.resource)?.[1] : undefined;
}

function splitArn(pattern: string): ArnPattern | undefined {
  const [arn, , service, , , ...resource] = pattern.split(":");
  if (arn === undefined || service === undefined || resource.length === 0) return undefined;
  return { service, resource: resource.join(":") };
}

/** Returns the name of an S3 resource's bucket, access point or file system. */
function bucketOf(resource: string): string {
  return resource.replace(/^(?:outpost\/[^/]+\/)?(?:accesspoint|bucket|file-system)\//, "").split("/")[0] ?? "";
}

/** Checks whether a text has nothing but wildcards and punctuation. */
function isShapeless(text: string): boolean {
  return !/[a-z0-9]/i.test(text);
}
