import { describe } from "mocha";
import type { Subject } from "@image-resizer/policy-check/check-stack";
import { cdnBucketPrivate } from "../../../policy/rules/cdn-bucket-private";
import { accepts, changed, rejects, resource } from "../support/check";

const SETTINGS = ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"];
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** A valid stack, by the names of its resources. */
const STACK = {
  bucket: resource("aws:s3/bucket:Bucket", { bucket: "photos" }, "bucket"),
  block: resource(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    { bucket: "photos", ...Object.fromEntries(SETTINGS.map((setting) => [setting, true])) },
    "block",
  ),
  cdn: resource(
    DISTRIBUTION,
    {
      origins: [
        { originId: "bucket", domainName: "photos.s3.eu-central-1.amazonaws.com", originAccessControlId: "E1" },
        { originId: "api", domainName: "abc.execute-api.eu-central-1.amazonaws.com", customOriginConfig: {} },
      ],
    },
    "cdn",
  ),
} satisfies Readonly<Record<string, Subject>>;
const WEBSITE = resource(
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  { bucket: "photos", routingRules: [] },
  "website",
);
const websiteOrigin = { originId: "website", domainName: "photos.s3-website.eu-central-1.amazonaws.com" };

function withChange(name: keyof typeof STACK, path: string, to: unknown): Subject[] {
  return Object.values({ ...STACK, [name]: { ...STACK[name], inputs: changed(STACK[name].inputs, path, to) } });
}

describe("cdn-bucket-private", () => {
  accepts(cdnBucketPrivate, [
    ["a private bucket", Object.values(STACK)],
    ["a website", [STACK.bucket, WEBSITE, resource(DISTRIBUTION, { origins: [websiteOrigin] })]],
    [
      "a bucket that no distribution reads",
      [...Object.values(STACK), resource("aws:s3/bucket:Bucket", { bucket: "logs" }, "logs")],
    ],
  ]);

  const unsigned = 'aws.cloudfront.Distribution "cdn": the origin bucket reads a bucket without signing its requests';
  rejects(cdnBucketPrivate, [
    ...SETTINGS.flatMap((setting) => [
      [
        `${setting} that is false`,
        withChange("block", setting, false),
        `aws.s3.BucketPublicAccessBlock "block": ${setting} is false for a bucket that only the CDN may read`,
      ] as const,
      [`no ${setting}`, withChange("block", setting, undefined), `${setting} is not set for a bucket that`] as const,
    ]),
    [
      "a block of another bucket",
      withChange("block", "bucket", "others"),
      'aws.s3.Bucket "bucket": is read by a distribution and has no public access block',
    ],
    ["no access control", withChange("cdn", "origins.0.originAccessControlId", undefined), unsigned],
    ["an empty access control", withChange("cdn", "origins.0.originAccessControlId", ""), unsigned],
    [
      "a website on the bucket",
      [...Object.values(STACK), WEBSITE],
      'aws.s3.BucketWebsiteConfiguration "website": makes a website of a bucket that only the CDN may read. Remove the',
    ],
  ]);

  const open = { ...STACK.block, inputs: changed(STACK.block.inputs, "blockPublicPolicy", false) };
  rejects(
    cdnBucketPrivate,
    ["photos.s3.amazonaws.com", "photos.s3-eu-west-1.amazonaws.com", "photos.s3.cn-north-1.amazonaws.com.cn"].map(
      (host) => [
        `an open bucket at ${host}`,
        [...withChange("cdn", "origins.0.domainName", host).filter((one) => one !== STACK.block), open],
        "blockPublicPolicy is false",
      ],
    ),
  );
});
