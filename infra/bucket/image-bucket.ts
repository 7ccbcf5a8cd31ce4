import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VARIANT_TAG } from "../../functions/shared/object-metadata";
import type { StackConfig } from "../config";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";
import { bucketArn, bucketHost, type Names, type Place, websiteHost } from "../names";
import { cdnReadPolicy, publicReadPolicy } from "./policy";

/** Days that an overwritten or deleted object can be brought back. */
const NONCURRENT_DAYS = 30;
/** Days after which the parts of a failed upload are deleted. */
const FAILED_UPLOAD_DAYS = 1;

export interface ImageBucketArgs {
  readonly config: StackConfig["bucket"];
  readonly names: Names;
  readonly place: pulumi.Output<Place>;
  /** True if anyone may read objects, as a website needs it; otherwise only a distribution with `grantRead`. */
  readonly publicReads: boolean;
  /** Origins whose pages may read objects from scripts, or `*` alone. */
  readonly corsOrigins: readonly string[];
}

/**
 * The bucket of originals and variants: anyone or the CDN alone may read an object, only a role may write one, and
 * overwritten and deleted objects can be brought back for 30 days. MissRouting configures its website, where it has one.
 *
 * An adopted bucket gets what serving it takes, and keeps everything else as its owner has it: encryption, versioning,
 * ownership of objects, tags, and the expiry of old versions and failed uploads.
 */
export class ImageBucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** The host that speaks S3's own protocol. */
  readonly host: pulumi.Output<string>;
  /** The host of the website endpoint, which speaks plain HTTP only. */
  readonly websiteHost: pulumi.Output<string>;
  readonly #name: string;
  readonly #args: ImageBucketArgs;

  constructor(name: string, args: ImageBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageBucket", name, {}, opts);
    this.#name = name;
    this.#args = args;

    const bucket = args.config.adopt ? this.#adopt(args.config.name ?? "") : this.#create();
    this.name = bucket.bucket;
    // Built from the name rather than read from the bucket: a preview knows only the inputs of a resource.
    const known = pulumi.all([args.place, this.name]);
    this.arn = known.apply(([place, it]) => bucketArn(place, it));
    this.host = known.apply(([{ region }, it]) => bucketHost(it, region));
    this.websiteHost = known.apply(([{ region }, it]) => websiteHost(it, region));

    if (!args.config.adopt) this.#keepPrivateByDefault(bucket);
    this.#addLifecycle(bucket);
    if (args.publicReads) this.#allowPublicRead();
    if (args.corsOrigins.length > 0) this.#addCors(bucket);

    this.registerOutputs({ name: this.name, arn: this.arn, host: this.host, websiteHost: this.websiteHost });
  }

  /**
   * Lets a distribution read the objects of a bucket that is not public. After the distribution, so that one which has
   * read the website until now goes on doing so until it reads the bucket itself.
   */
  grantRead(distributionArn: pulumi.Input<string>): void {
    const policy = this.#addPolicy(
      pulumi.all([this.arn, distributionArn]).apply(([arn, distribution]) => cdnReadPolicy(arn, distribution)),
      [],
    );
    this.#blockPublicAccess(true, [policy]);
  }

  #create(): aws.s3.Bucket {
    const { config, names, place } = this.#args;
    return new aws.s3.Bucket(
      this.#name,
      { bucket: config.name ?? place.apply(names.bucket), ...(config.forceDestroy ? { forceDestroy: true } : {}) },
      { parent: this, protect: config.protect },
    );
  }

  /**
   * Read into the stack as it is, and left behind as it is. Once the stack has it, the import option does nothing more
   * (Pulumi's developer docs, "Importing resources").
   */
  #adopt(bucketName: string): aws.s3.Bucket {
    return new aws.s3.Bucket(
      // Another name than that of a bucket of the stack's own: a stack that no longer adopts it is stopped by the
      // protection, and does not get the lifecycle rules, tags and versioning of such a one.
      `${this.#name}-adopted`,
      { bucket: bucketName },
      {
        parent: this,
        import: bucketName,
        protect: true,
        retainOnDelete: true,
        // The one thing that an import would change: setting a bucket's tags replaces all that it has.
        ignoreChanges: ["tags", "tagsAll"],
      },
    );
  }

  /** Encrypted, and without ACLs: the bucket policy alone decides. */
  #keepPrivateByDefault(bucket: aws.s3.Bucket): void {
    new aws.s3.BucketOwnershipControls(
      `${this.#name}-ownership`,
      { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${this.#name}-encryption`,
      { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      { parent: this },
    );
  }

  /**
   * A bucket has one lifecycle configuration, and old versions in an adopted one are its owner's: only objects that the
   * stack itself has written expire there.
   */
  #addLifecycle(bucket: aws.s3.Bucket): void {
    const { adopt, variantExpiryDays } = this.#args.config;
    const rules = [
      ...(adopt ? [] : noncurrentVersionRules()),
      ...(variantExpiryDays === undefined ? [] : [variantRule(variantExpiryDays)]),
    ];
    if (rules.length === 0) return;
    new aws.s3.BucketLifecycleConfiguration(
      `${this.#name}-lifecycle`,
      { bucket: bucket.bucket, rules },
      { parent: this, dependsOn: adopt ? [] : [this.#addVersioning(bucket)] },
    );
  }

  #addVersioning(bucket: aws.s3.Bucket): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(
      `${this.#name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
  }

  /** The website endpoint serves what anyone may read. New buckets block public policies: the block is lifted first. */
  #allowPublicRead(): void {
    this.#addPolicy(this.arn.apply(publicReadPolicy), [this.#blockPublicAccess(false, [])]);
  }

  /** For browsers. The bucket policy decides whether a request may read. */
  #addCors(bucket: aws.s3.Bucket): void {
    new aws.s3.BucketCorsConfiguration(
      `${this.#name}-cors`,
      {
        bucket: bucket.bucket,
        corsRules: [
          {
            allowedOrigins: [...this.#args.corsOrigins],
            allowedMethods: CORS_METHODS,
            exposeHeaders: CORS_EXPOSED_HEADERS,
            maxAgeSeconds: PREFLIGHT_SECONDS,
          },
        ],
      },
      { parent: this },
    );
  }

  #blockPublicAccess(blockPolicies: boolean, dependsOn: pulumi.Resource[]): aws.s3.BucketPublicAccessBlock {
    return new aws.s3.BucketPublicAccessBlock(
      `${this.#name}-public-access`,
      {
        bucket: this.name,
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: blockPolicies,
        restrictPublicBuckets: blockPolicies,
      },
      // Without the block, old ACLs would count again: an adopted bucket is never left more open than it was.
      { parent: this, dependsOn, retainOnDelete: this.#args.config.adopt },
    );
  }

  /** A bucket has one policy: under one name in either delivery, or a switch would end with deleting it. */
  #addPolicy(policy: pulumi.Output<aws.iam.PolicyDocument>, dependsOn: pulumi.Resource[]): aws.s3.BucketPolicy {
    return new aws.s3.BucketPolicy(`${this.#name}-policy`, { bucket: this.name, policy }, { parent: this, dependsOn });
  }
}

/** Deletes what is left of failed uploads, and overwritten and deleted objects, after a while. */
function noncurrentVersionRules() {
  return [
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
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

/** Deletes variants, which are created again on demand. */
function variantRule(days: number) {
  return { id: "variants", status: "Enabled", filter: { tag: { ...VARIANT_TAG } }, expiration: { days } };
}
