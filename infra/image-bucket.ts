import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VARIANT_TAG } from "../functions/resizer/variant-tag";
import { bucketArn } from "./names";
import { bucketHost, websiteHost } from "./bucket-hosts";

/** Days that an overwritten or deleted object can be brought back. */
const OLD_VERSION_DAYS = 30;
/** Days after which the parts of a failed upload are deleted. */
const FAILED_UPLOAD_DAYS = 1;

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
  /** Days after which tagged variants are deleted; 0 for never. */
  readonly variantExpiryDays: number;
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
      this.#name,
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
      ...(variantExpiryDays > 0 ? [variantsExpire(variantExpiryDays)] : []),
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

/** What is left of failed uploads goes, and what has been overwritten or deleted, after a while. */
function historyRules() {
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
      noncurrentVersionExpiration: { noncurrentDays: OLD_VERSION_DAYS },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

function variantsExpire(days: number) {
  return { id: "variants", status: "Enabled", filter: { tag: { ...VARIANT_TAG } }, expiration: { days } };
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
