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
