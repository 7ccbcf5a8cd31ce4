import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VARIANT_TAG } from "../functions/variant-marks";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "./cors";
import { bucketArn } from "./names";
import { bucketHost, websiteHost } from "./bucket-hosts";

/** Days that an overwritten or deleted object can be brought back. */
const OLD_VERSION_DAYS = 30;
/** Days after which the parts of a failed upload are deleted. */
const FAILED_UPLOAD_DAYS = 1;

export interface ImageBucketArgs {
  /** The bucket's physical name; given rather than made up by Pulumi, so that its ARN is known in a preview. */
  readonly bucketName: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly partition: pulumi.Input<string>;
  /** Whether everybody may read objects, as a website needs it; else nobody does who is not let in by `letRead`. */
  readonly publicReads: boolean;
  /** The origins whose pages may read objects from scripts, or `*` alone; empty for none. */
  readonly corsOrigins: readonly string[];
  /** Whether Pulumi refuses to delete the bucket. */
  readonly protect: boolean;
  /** Days after which tagged variants are deleted; 0 for never. */
  readonly variantExpiryDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The bucket of originals and variants: everybody or the CDN alone may read an object, nobody may write one without a
 * role, and what is overwritten or deleted can be brought back for 30 days. Its website, where it has one, is configured
 * by MissRouting, the last in the flow.
 */
export class ImageBucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** The host that speaks S3's own protocol. */
  readonly host: pulumi.Output<string>;
  /** The host of the website endpoint, which speaks plain HTTP only. */
  readonly websiteHost: pulumi.Output<string>;
  readonly #name: string;

  constructor(name: string, args: ImageBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageBucket", name, {}, opts);
    this.#name = name;

    const bucket = new aws.s3.Bucket(
      name,
      { bucket: args.bucketName, tags: { ...args.tags } },
      { parent: this, protect: args.protect },
    );
    this.name = bucket.bucket;
    // Made of the name rather than read from the bucket: a preview knows a resource's inputs only.
    this.arn = pulumi.all([args.partition, bucket.bucket]).apply(([partition, it]) => bucketArn(partition, it));
    this.host = pulumi.all([bucket.bucket, args.region]).apply(([it, region]) => bucketHost(it, region));
    this.websiteHost = pulumi.all([bucket.bucket, args.region]).apply(([it, region]) => websiteHost(it, region));

    this.#keepPrivateByDefault(name, bucket);
    this.#keepHistory(name, bucket, args.variantExpiryDays);
    if (args.publicReads) this.#letEverybodyRead();
    if (args.corsOrigins.length > 0) this.#letPagesRead(name, bucket, args.corsOrigins);

    this.registerOutputs({ name: this.name, arn: this.arn, host: this.host, websiteHost: this.websiteHost });
  }

  /**
   * Lets a distribution read the objects of a bucket that is not public. After the distribution, so that one which has
   * read the website until now goes on doing so until it reads the bucket itself.
   */
  letRead(distributionArn: pulumi.Input<string>): void {
    const policy = this.#policy(
      pulumi.all([this.arn, distributionArn]).apply(([arn, distribution]) => cdnReadPolicy(arn, distribution)),
      [],
    );
    this.#publicAccessBlock(true, [policy]);
  }

  /** Encrypted, and without ACLs: the bucket policy alone decides. */
  #keepPrivateByDefault(name: string, bucket: aws.s3.Bucket): void {
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this },
    );
  }

  #keepHistory(name: string, bucket: aws.s3.Bucket, variantExpiryDays: number): void {
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
    const variantsExpire = {
      id: "variants",
      status: "Enabled",
      filter: { tag: { ...VARIANT_TAG } },
      expiration: { days: variantExpiryDays },
    };
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "failed-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: FAILED_UPLOAD_DAYS },
          },
          {
            id: "old-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: OLD_VERSION_DAYS },
            expiration: { expiredObjectDeleteMarker: true },
          },
          ...(variantExpiryDays > 0 ? [variantsExpire] : []),
        ],
      },
      { parent: this, dependsOn: [versioning] },
    );
  }

  #letEverybodyRead(): void {
    // The website endpoint serves what everybody may read, and CloudFront is everybody to it. New buckets block public
    // policies: the block must be lifted first.
    const publicAccess = this.#publicAccessBlock(false, []);
    this.#policy(this.arn.apply(publicReadPolicy), [publicAccess]);
  }

  /** Says so to browsers. Whether a request may read is the bucket policy's business still. */
  #letPagesRead(name: string, bucket: aws.s3.Bucket, corsOrigins: readonly string[]): void {
    new aws.s3.BucketCorsConfiguration(
      `${name}-cors`,
      {
        bucket: bucket.bucket,
        corsRules: [
          {
            allowedOrigins: [...corsOrigins],
            allowedMethods: CORS_METHODS,
            exposeHeaders: CORS_EXPOSED_HEADERS,
            maxAgeSeconds: PREFLIGHT_SECONDS,
          },
        ],
      },
      { parent: this },
    );
  }

  #publicAccessBlock(blockPolicies: boolean, dependsOn: pulumi.Resource[]): aws.s3.BucketPublicAccessBlock {
    return new aws.s3.BucketPublicAccessBlock(
      `${this.#name}-public-access`,
      {
        bucket: this.name,
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: blockPolicies,
        restrictPublicBuckets: blockPolicies,
      },
      { parent: this, dependsOn },
    );
  }

  /** A bucket has one policy: under one name in either delivery, or a switch would end with deleting it. */
  #policy(policy: pulumi.Output<aws.iam.PolicyDocument>, dependsOn: pulumi.Resource[]): aws.s3.BucketPolicy {
    return new aws.s3.BucketPolicy(`${this.#name}-policy`, { bucket: this.name, policy }, { parent: this, dependsOn });
  }
}

/** Everybody reads objects. Writes need TLS; reads do not, for the website endpoint is plain HTTP. */
function publicReadPolicy(arn: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadObjects",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject"],
        Resource: [`${arn}/*`],
      },
      {
        Sid: "DenyWritesWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:Put*", "s3:Delete*", "s3:AbortMultipartUpload", "s3:RestoreObject"],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}

/** One distribution reads objects, and nobody does anything without TLS. */
function cdnReadPolicy(arn: string, distributionArn: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "CdnReadsObjects",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: ["s3:GetObject"],
        Resource: [`${arn}/*`],
        Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
