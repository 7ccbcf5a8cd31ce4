import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VARIANT_TAG } from "../../functions/shared/object-metadata";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";
import { bucketArn, bucketHost, type StackFacts, websiteHost } from "../names";
import { cdnReadPolicy, publicReadPolicy } from "./policy";

/** Rules of a bucket of the stack's own: what is overwritten or deleted can be brought back for 30 days. */
const OWN_RULES = [
  {
    id: "failed-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
  },
  {
    id: "old-versions",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    expiration: { expiredObjectDeleteMarker: true },
  },
];

/**
 * The bucket of originals and variants: anyone or the CDN alone may read an object, and only a role may write one.
 * MissRouting configures its website, where it has one.
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
  readonly #args: StackFacts;
  /** Resources that a bucket policy waits for: S3 rejects one that follows them too closely. */
  readonly #beforePolicy: pulumi.Resource[] = [];

  constructor(name: string, args: StackFacts, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageBucket", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { adopt } = args.config.bucket;
    const { corsOrigins } = args.config.cdn;

    const bucket = adopt ? this.#adopt() : this.#create();
    this.name = bucket.bucket;
    // Built from the name rather than read from the bucket: a preview knows only the inputs of a resource.
    const known = pulumi.all([args.place, this.name]);
    this.arn = known.apply(([place, bucket]) => bucketArn(place, bucket));
    this.host = known.apply(([{ region }, bucket]) => bucketHost(bucket, region));
    this.websiteHost = known.apply(([{ region }, bucket]) => websiteHost(bucket, region));

    if (!adopt) this.#beforePolicy.push(...encryptWithoutAcls(name, bucket, this.#kept));
    this.#addLifecycle();
    if (corsOrigins.length > 0) this.#addCors(corsOrigins);

    this.registerOutputs({ name: this.name, arn: this.arn, host: this.host, websiteHost: this.websiteHost });
  }

  /**
   * Lets anyone read the objects, which a website takes. New buckets block public policies: the block is lifted first, and
   * S3 may go on rejecting the policy for some seconds, in which the website is configured.
   */
  publish(website: pulumi.Resource): void {
    this.#addPolicy(this.arn.apply(publicReadPolicy), [this.#blockPublicAccess(false), website]);
  }

  /**
   * Lets a distribution read the objects, which with failover are not public. After the distribution, so that one which has
   * read the website until now goes on doing so until it reads the bucket itself.
   */
  grantRead(distributionArn: pulumi.Input<string>): void {
    const document = pulumi.all([this.arn, distributionArn]).apply(([arn, reader]) => cdnReadPolicy(arn, reader));
    this.#blockPublicAccess(true, [this.#addPolicy(document)]);
  }

  /**
   * Options that a bucket of the stack's own always has. AWS deletes no bucket with objects in it, and \`pulumi destroy\` would
   * have taken all of this off before it finds out; a bucket that AWS deletes takes it along.
   */
  get #kept(): pulumi.CustomResourceOptions {
    return { parent: this, retainOnDelete: !this.#args.config.bucket.adopt };
  }

  #create(): aws.s3.Bucket {
    const { config, names, place } = this.#args;
    const { name = place.apply(names.bucket), forceDestroy, protect } = config.bucket;
    return new aws.s3.Bucket(
      this.#name,
      { bucket: name, ...(forceDestroy ? { forceDestroy } : {}) },
      { parent: this, protect },
    );
  }

  /**
   * Read into the stack as it is, and left behind as it is. Once the stack has it, the import option does nothing more
   * (Pulumi's developer docs, "Importing resources").
   */
  #adopt(): aws.s3.Bucket {
    const { name = "" } = this.#args.config.bucket;
    return new aws.s3.Bucket(
      // Another name than that of a bucket of the stack's own: a stack that no longer adopts it is stopped by the
      // protection, and does not get the lifecycle rules, tags and versioning of such a one.
      `${this.#name}-adopted`,
      { bucket: name },
      {
        parent: this,
        import: name,
        protect: true,
        retainOnDelete: true,
        // The one thing that an import would change: setting a bucket's tags replaces all that it has.
        ignoreChanges: ["tags", "tagsAll"],
      },
    );
  }

  /** Old versions in an adopted bucket are its owner's: only objects that the stack itself has written expire there. */
  #addLifecycle(): void {
    const { adopt, variantExpiryDays: days } = this.#args.config.bucket;
    const variants = { id: "variants", status: "Enabled", filter: { tag: { ...VARIANT_TAG } } };
    const rules = [...(adopt ? [] : OWN_RULES), ...(days === undefined ? [] : [{ ...variants, expiration: { days } }])];
    if (rules.length === 0) return;
    new aws.s3.BucketLifecycleConfiguration(
      `${this.#name}-lifecycle`,
      { bucket: this.name, rules },
      { ...this.#kept, dependsOn: adopt ? [] : [this.#addVersioning()] },
    );
  }

  #addVersioning(): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(
      `${this.#name}-versioning`,
      { bucket: this.name, versioningConfiguration: { status: "Enabled" } },
      this.#kept,
    );
  }

  /** For browsers. The bucket policy decides whether a request may read. */
  #addCors(allowedOrigins: string[]): void {
    const rule = {
      allowedOrigins,
      allowedMethods: CORS_METHODS,
      exposeHeaders: CORS_EXPOSED_HEADERS,
      maxAgeSeconds: PREFLIGHT_SECONDS,
    };
    new aws.s3.BucketCorsConfiguration(
      `${this.#name}-cors`,
      { bucket: this.name, corsRules: [rule] },
      { parent: this },
    );
  }

  #blockPublicAccess(blockPolicies: boolean, dependsOn: pulumi.Resource[] = []): aws.s3.BucketPublicAccessBlock {
    return new aws.s3.BucketPublicAccessBlock(
      `${this.#name}-public-access`,
      {
        bucket: this.name,
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: blockPolicies,
        restrictPublicBuckets: blockPolicies,
      },
      // Without the block, old ACLs would count again: an adopted bucket is never left more open than it was either.
      { parent: this, dependsOn, retainOnDelete: true },
    );
  }

  /** A bucket has one policy: under one name in either delivery, or a switch would end with deleting it. */
  #addPolicy(policy: pulumi.Output<aws.iam.PolicyDocument>, dependsOn: pulumi.Resource[] = []): aws.s3.BucketPolicy {
    return new aws.s3.BucketPolicy(
      `${this.#name}-policy`,
      { bucket: this.name, policy },
      { ...this.#kept, dependsOn: [...dependsOn, ...this.#beforePolicy] },
    );
  }
}

/** Encrypts a bucket, and turns its ACLs off: the bucket policy alone decides. Returns the resources that do so. */
export function encryptWithoutAcls(
  name: string,
  { id, bucket }: aws.s3.Bucket,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const rule = { objectOwnership: "BucketOwnerEnforced" };
  const ownership = new aws.s3.BucketOwnershipControls(`${name}-ownership`, { bucket: id, rule }, opts);
  const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
  const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(`${name}-encryption`, { bucket, rules }, opts);
  return [ownership, encryption];
}
