/** Names that S3 allows for buckets (S3 user guide, "Bucket naming rules"), without dots: TLS has no wildcard for them. */
export const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3|--table-s3)$/;

/** The default name of a stack's bucket: known in a preview, unique in the world by the account's id. */
export function defaultBucketName(project: string, stack: string, accountId: string): string {
  return `${project}-${stack}-${accountId}`;
}

/** The resizer's name in Lambda, fixed so that its log group's ARN is known in a preview. */
export function functionName(project: string, stack: string): string {
  return `${project}-${stack}-resizer`;
}

/** The log group that Lambda writes to for a function of this name. */
export function functionLogGroup(name: string): string {
  return `/aws/lambda/${name}`;
}

/**
 * The log group of an API's access log. Below `/aws/vendedlogs/` it does not count towards the size of the account's
 * one resource policy for log delivery (CloudWatch Logs user guide, "Enable logging from AWS services").
 */
export function apiLogGroup(project: string, stack: string): string {
  return `/aws/vendedlogs/apigateway/${project}-${stack}`;
}

/** The name of the trail of writes to a stack's objects. */
export function trailName(project: string, stack: string): string {
  return `${project}-${stack}`;
}

/** The name of the bucket that gets the trail's records. */
export function trailBucketName(project: string, stack: string, accountId: string): string {
  return `${project}-${stack}-${accountId}-trail`;
}

/** The ARN of a bucket. */
export function bucketArn(partition: string, name: string): string {
  return `arn:${partition}:s3:::${name}`;
}

/** The purge function's name in Lambda. */
export function purgeFunctionName(project: string, stack: string): string {
  return `${project}-${stack}-purge`;
}

/** The name of the rule that changes of originals match. */
export function purgeRuleName(project: string, stack: string): string {
  return `${project}-${stack}-originals`;
}

/** The names of the queues of changes, and of the one of those that could not be dealt with. */
export function purgeQueueName(project: string, stack: string, which: "now" | "again" | "failed"): string {
  return `${project}-${stack}-purge-${which}`;
}

/** The ARN of a queue. */
export function queueArn(partition: string, region: string, accountId: string, name: string): string {
  return `arn:${partition}:sqs:${region}:${accountId}:${name}`;
}

/** The topic that the alarms go to. */
export function alarmTopicName(project: string, stack: string): string {
  return `${project}-${stack}-alarms`;
}

/** What the names of a stack's alarms begin with. The slashes keep `dev` from beginning `dev-2`. */
export function alarmNamePrefix(project: string, stack: string): string {
  return `${project}/${stack}/`;
}

/** The name of a stack's dashboard, and of its budget. */
export function stackName(project: string, stack: string): string {
  return `${project}-${stack}`;
}
/**
 * The regions whose website hosts are written with a dash: all before 2014 (Amazon S3 endpoints and quotas,
 * "Amazon S3 website endpoints").
 */
const DASHED = new Set([
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "us-gov-west-1",
  "eu-west-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "sa-east-1",
]);

/** The host of a bucket's website endpoint, known from name and region before the website is configured. */
export function websiteHost(bucketName: string, region: string): string {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${bucketName}.s3-website${DASHED.has(region) ? "-" : "."}${region}.${suffix}`;
}

/** The host of a bucket that speaks S3's own protocol, in the bucket's region. */
export function bucketHost(bucketName: string, region: string): string {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${bucketName}.s3.${region}.${suffix}`;
}
