import type { PolicyResource } from "@pulumi/policy";
import { type BucketOrigin, bucketOriginsOf } from "../aws/bucket-origins";
import { BUCKETS, websitesOf } from "../aws/website";
import { isAbsent, propertyOf, shown } from "../kit/json";
import { linked } from "../kit/links";
import { type StackReport, stackRule } from "../kit/rule";
import { judgeAll } from "../kit/unknown";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const SETTINGS = ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"];

/** A bucket that the CDN asks as itself has no need of anybody else's eyes. */
export const cdnBucketPrivate = stackRule(
  {
    name: "cdn-bucket-private",
    description: "A bucket that a distribution reads by itself, not by its website, is open to nobody else.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Give the origin an origin access control, and the bucket a public access block with all four settings true.",
  },
  {},
  (resources, report) => {
    const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
    judgeAll(
      resources
        .filter(({ type }) => type === DISTRIBUTION)
        .flatMap((distribution) =>
          bucketOriginsOf(distribution, buckets).map((origin) => () => {
            judgeOrigin(distribution, origin, resources, report);
          }),
        ),
    );
  },
);

function judgeOrigin(
  distribution: PolicyResource,
  { id, buckets, asItself }: BucketOrigin,
  resources: readonly PolicyResource[],
  report: StackReport,
): void {
  if (!asItself) {
    report(
      distribution,
      `the origin ${id} asks a bucket as nobody in particular, so that it must be public`,
      "Give it an originAccessControlId, and let the distribution read in the bucket's policy",
    );
  }
  const blocks = resources.filter(({ type }) => type === PUBLIC_ACCESS_BLOCK);
  const websites = websitesOf(resources);
  judgeAll(
    buckets.map((bucket) => () => {
      const own = blocks.filter((block) => linked(block, "bucket", [bucket]).length > 0);
      if (own.length === 0) {
        report(
          bucket,
          "is read by a distribution and has no public access block",
          "Declare one, with all settings true",
        );
      }
      for (const block of own) {
        for (const setting of SETTINGS) {
          const given = propertyOf(block.props, setting);
          if (given === true) continue;
          report(
            block,
            `${setting} is ${isAbsent(given) ? "not set" : shown(given)} for a bucket that only the CDN is to read`,
            "Set it to true",
          );
        }
      }
      for (const website of websites.filter((it) => it.resources.includes(bucket))) {
        report(website.resource, "a bucket that only the CDN is to read is a website", "Remove the website");
      }
    }),
  );
}
