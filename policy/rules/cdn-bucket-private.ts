import type { PolicyResource } from "@pulumi/policy";
import { type BucketOrigin, bucketOriginsOf, DISTRIBUTION } from "../lib/cloudfront";
import { linked } from "../lib/links";
import { type StackReport, stackRule } from "../lib/rule";
import { checkEach } from "../lib/unknown";
import { isAbsent, propertyOf, shown } from "../lib/values";
import { BUCKETS, type Website, websitesOf } from "../lib/website";

const PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const SETTINGS = ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"];

/** A bucket that a distribution reads with signed requests is private. */
export const cdnBucketPrivate = stackRule(
  {
    name: "cdn-bucket-private",
    description: "A bucket that a distribution reads directly, not by its website, is closed to everybody else.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Give the origin an origin access control, and the bucket a public access block with all four settings true.",
  },
  {},
  (resources, report) => {
    const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
    const distributions = resources.filter(({ type }) => type === DISTRIBUTION);
    const blocks = new Map<PolicyResource, PolicyResource[]>();
    for (const block of resources.filter(({ type }) => type === PUBLIC_ACCESS_BLOCK)) {
      for (const bucket of linked(block, "bucket", buckets)) {
        blocks.set(bucket, [...(blocks.get(bucket) ?? []), block]);
      }
    }
    const websites = websitesOf(resources);
    checkEach(distributions, (distribution) => {
      checkEach(bucketOriginsOf(distribution, buckets), (origin) => {
        checkOrigin(distribution, origin, blocks, websites, report);
      });
    });
  },
);

function checkOrigin(
  distribution: PolicyResource,
  { id, buckets, isSigned }: BucketOrigin,
  blocks: ReadonlyMap<PolicyResource, readonly PolicyResource[]>,
  websites: readonly Website[],
  report: StackReport,
): void {
  if (!isSigned) {
    report(
      distribution,
      `the origin ${id} reads a bucket without signing its requests, so the bucket must be public`,
      "Set its originAccessControlId, and allow the distribution to read in the bucket's policy",
    );
  }
  checkEach(buckets, (bucket) => {
    const own = blocks.get(bucket) ?? [];
    if (own.length === 0) {
      report(bucket, "is read by a distribution and has no public access block", "Add one, with all settings true");
    }
    for (const block of own) {
      for (const setting of SETTINGS) {
        const value = propertyOf(block.props, setting);
        if (value === true) continue;
        const state = isAbsent(value) ? "not set" : shown(value);
        report(block, `${setting} is ${state} for a bucket that only the CDN may read`, "Set it to true");
      }
    }
    for (const website of websites.filter((it) => it.resources.includes(bucket))) {
      report(website.resource, "makes a website of a bucket that only the CDN may read", "Remove the website");
    }
  });
}
