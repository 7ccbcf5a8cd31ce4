import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Subject } from "@image-resizer/policy-check/evaluate";
import { cdnBucketPrivate } from "../../policy/rules/cdn-bucket-private";
import { changed, judge, resource } from "./judge";

/** A stack that is as it should be, by the names of its resources. */
const STACK = {
  bucket: resource("aws:s3/bucket:Bucket", { bucket: "photos" }, "bucket"),
  block: resource(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    {
      bucket: "photos",
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    },
    "block",
  ),
  cdn: resource(
    "aws:cloudfront/distribution:Distribution",
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

type Name = keyof typeof STACK;

function withChange(name: Name, path: string, to: unknown): Promise<string[]> {
  const stack: Record<Name, Subject> = {
    ...STACK,
    [name]: { ...STACK[name], inputs: changed(STACK[name].inputs, path, to) },
  };
  return judge(cdnBucketPrivate, Object.values(stack));
}

describe("cdn-bucket-private", () => {
  it("lets a stack pass that is as it should be", async () => {
    assert.deepEqual(await judge(cdnBucketPrivate, Object.values(STACK)), []);
  });

  it("has nothing to say of a website, which must be public", async () => {
    const origins = [{ originId: "website", domainName: "photos.s3-website.eu-central-1.amazonaws.com" }];
    const cdn = resource("aws:cloudfront/distribution:Distribution", { origins }, "cdn");
    assert.deepEqual(await judge(cdnBucketPrivate, [STACK.bucket, WEBSITE, cdn]), []);
  });

  const broken: readonly (readonly [name: Name, path: string, to: unknown, says: string])[] = [
    ...["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"].flatMap(
      (setting) =>
        [
          ["block", setting, false, `aws.s3.BucketPublicAccessBlock "block": ${setting} is false for a bucket that`],
          [
            "block",
            setting,
            undefined,
            `${setting} is not set for a bucket that only the CDN is to read. Set it to true.`,
          ],
        ] as const,
    ),
    ["block", "bucket", "others", 'aws.s3.Bucket "bucket": is read by a distribution and has no public access block'],
    [
      "cdn",
      "origins.0.originAccessControlId",
      undefined,
      'aws.cloudfront.Distribution "cdn": the origin bucket asks a bucket as nobody in particular',
    ],
    ["cdn", "origins.0.originAccessControlId", "", "the origin bucket asks a bucket as nobody in particular"],
  ];
  for (const [name, path, to, says] of broken) {
    it(`complains of ${path} being ${String(to)}`, async () => {
      const violations = await withChange(name, path, to);
      assert.equal(violations.length, 1);
      assert.ok(violations[0]?.includes(says), violations[0]);
    });
  }

  it("knows a bucket by each of its hosts", async () => {
    for (const host of [
      "photos.s3.amazonaws.com",
      "photos.s3-eu-west-1.amazonaws.com",
      "PHOTOS.s3.cn-north-1.amazonaws.com.cn",
    ]) {
      const open = changed(STACK.block.inputs, "blockPublicPolicy", false);
      const cdn = changed(STACK.cdn.inputs, "origins.0.domainName", host.replace("PHOTOS", "photos"));
      const violations = await judge(cdnBucketPrivate, [
        STACK.bucket,
        { ...STACK.block, inputs: open },
        { ...STACK.cdn, inputs: cdn },
      ]);
      assert.equal(violations.length, 1, host);
    }
  });

  it("complains of a website on the bucket", async () => {
    assert.deepEqual(await judge(cdnBucketPrivate, [...Object.values(STACK), WEBSITE]), [
      'aws.s3.BucketWebsiteConfiguration "website": a bucket that only the CDN is to read is a website. Remove the website.',
    ]);
  });

  it("is not concerned with buckets that no distribution asks", async () => {
    const other = resource("aws:s3/bucket:Bucket", { bucket: "logs" }, "logs");
    assert.deepEqual(await judge(cdnBucketPrivate, [...Object.values(STACK), other]), []);
  });
});
