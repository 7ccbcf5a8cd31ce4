import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { historyRules, variantsExpire } from "./lifecycle";
import { cdnReadPolicy, publicReadPolicy } from "./policy";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";
import { bucketArn, bucketHost, websiteHost } from "../names";

/** A bucket of the stack's own, or one that is there already and somebody else's. */
export type BucketSource =
  | {
      readonly adopt: false;
      /** Its physical name; given rather than made up by Pulumi, so that its ARN is known in a preview. */
      readonly bucketName: pulumi.Input<string>;
      /** Whether Pulumi refuses to delete it. */
      readonly protect: boolean;
      /** Whether all that is in it is deleted with it; else AWS refuses to delete it as long as there is anything. */
      readonly emptyOnDelete: boolean;
    }
  | { readonly adopt: true; readonly bucketName: string };

export interface ImageBucketArgs {
  readonly source: BucketSource;
  readonly region: pulumi.Input<string>;
  readonly partition: pulumi.Input<string>;
  /** Whether everybody may read objects, as a website needs it; else nobody does who is not let in by `letRead`. */
  readonly publicReads: boolean;
  /** The origins whose pages may read objects from scripts, or `*` alone; empty for none. */
  readonly corsOrigins: readonly string[];
  /** Days after which tagged variants are deleted; undefined for never. */
  readonly variantExpiryDays: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The bucket of originals and variants: everybody or the CDN alone may read an object, nobody may write one without a
 * role, and what is overwritten or deleted can be brought back for 30 days. Its website, where it has one, is configured
 * by MissRouting, the last in the flow.
 *
 * An adopted bucket gets what serving it takes, and keeps everything else as its owner has it: encryption, versioning,
 * ownership of objects, tags, and what becomes of old versions and failed uploads.
 */
export class ImageBucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** The host that speaks S3's own protocol. */
  readonly host: pulumi.Output<string>;
  /** The host of the website endpoint, which speaks plain HTTP only. */
  readonly websiteHost: pulumi.Output<string>;
  readonly #name: string;
  readonly #isAdopted: boolean;

  constructor(name: string, args: ImageBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ImageBucket", name, {}, opts);
    this.#name = name;
    this.#isAdopted = args.source.adopt;

    const bucket = args.source.adopt ? this.#adopted(args.source.bucketName) : this.#made(args.source, args.tags);
    this.name = bucket.bucket;
    // Made of the name rather than read from the bucket: a preview knows a resource's inputs only.
    this.arn = pulumi.all([args.partition, bucket.bucket]).apply(([partition, it]) => bucketArn(partition, it));
    this.host = pulumi.all([bucket.bucket, args.region]).apply(([it, region]) => bucketHost(it, region));
    this.websiteHost = pulumi.all([bucket.bucket, args.region]).apply(([it, region]) => websiteHost(it, region));

    if (!args.source.adopt) this.#keepPrivateByDefault(name, bucket);
    this.#lifecycle(name, bucket, args);
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

  #made(source: Extract<BucketSource, { adopt: false }>, tags: Readonly<Record<string, string>>): aws.s3.Bucket {
    return new aws.s3.Bucket(
      this.#name,
      {
        bucket: source.bucketName,
        ...(source.emptyOnDelete ? { forceDestroy: true } : {}),
        tags: { ...tags },
      },
      { parent: this, protect: source.protect },
    );
  }

  /**
   * Read into the stack as it is, and left behind as it is. Once the stack has it, the import option does nothing more
   * (Pulumi's developer docs, "Importing resources").
   */
  #adopted(bucketName: string): aws.s3.Bucket {
    return new aws.s3.Bucket(
      // Another name than that of a bucket of the stack's own: who takes `adoptBucket` back is stopped by the protection,
      // rather than given the lifecycle rules, tags and versioning of such a one.
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

  /**
   * A bucket has one lifecycle configuration, and old versions in an adopted one are its owner's: only what the stack
   * itself has put there may go.
   */
  #lifecycle(name: string, bucket: aws.s3.Bucket, { source, variantExpiryDays }: ImageBucketArgs): void {
    const rules = [
      ...(source.adopt ? [] : historyRules()),
      ...(variantExpiryDays === undefined ? [] : [variantsExpire(variantExpiryDays)]),
    ];
    if (rules.length === 0) return;
    const versioning = source.adopt ? [] : [this.#versioning(name, bucket)];
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.bucket, rules },
      { parent: this, dependsOn: versioning },
    );
  }

  #versioning(name: string, bucket: aws.s3.Bucket): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
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
      // Without the block, ACLs of long ago would count again: an adopted bucket is never left more open than it was.
      { parent: this, dependsOn, retainOnDelete: this.#isAdopted },
    );
  }

  /** A bucket has one policy: under one name in either delivery, or a switch would end with deleting it. */
  #policy(policy: pulumi.Output<aws.iam.PolicyDocument>, dependsOn: pulumi.Resource[]): aws.s3.BucketPolicy {
    return new aws.s3.BucketPolicy(`${this.#name}-policy`, { bucket: this.name, policy }, { parent: this, dependsOn });
  }
}
