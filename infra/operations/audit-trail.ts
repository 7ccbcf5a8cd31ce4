import * as aws from "@pulumi/aws";
// Not the whole of awsx, which would load Docker's packages, too: it takes a second.
import { Trail } from "@pulumi/awsx/cloudtrail";
import * as pulumi from "@pulumi/pulumi";
import { encryptWithoutAcls } from "../bucket/image-bucket";
import { arnOf, bucketArn, type StackFacts } from "../names";

export interface AuditTrailArgs extends StackFacts {
  /** The ARN of the bucket whose objects are watched. */
  readonly bucketArn: pulumi.Output<string>;
}

/**
 * Records writes and deletions of a bucket's objects, with user and time: a trail whose records are in a bucket of their
 * own, signed so that a change of them shows. The records outlive the stack.
 */
export class AuditTrail extends pulumi.ComponentResource {
  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:AuditTrail", name, {}, opts);

    const logs = this.#createLogBucket(name, args);
    completeTrailPolicy(
      name,
      args.place.apply((place) => arnOf(place, "cloudtrail", `trail/${args.names.trail}`)),
    );
    new Trail(
      name,
      {
        name: args.names.trail,
        // By its ARN: of a name, awsx 3.9 makes an ARN without the service. awsx adds the policy that lets CloudTrail write.
        s3Bucket: {
          existing: { arn: pulumi.all([args.place, logs.bucket]).apply(([place, bucket]) => bucketArn(place, bucket)) },
        },
        advancedEventSelectors: [writesTo(args.bucketArn)],
        enableLogFileValidation: true,
        isMultiRegionTrail: false,
        includeGlobalServiceEvents: false,
      },
      { parent: this },
    );

    this.registerOutputs({ logBucketName: logs.bucket });
  }

  /**
   * Not the bucket that awsx creates by default, which is emptied and deleted with the stack. It has a new name each time that
   * a trail is switched on, because the one before is kept: Pulumi adds seven random digits to the resource's.
   */
  #createLogBucket(name: string, args: AuditTrailArgs): aws.s3.Bucket {
    const kept = { parent: this, retainOnDelete: true };
    const days = args.config.operations.logRetentionDays;
    const bucket = new aws.s3.Bucket(args.names.trailBucket, {}, kept);
    encryptWithoutAcls(`${name}-logs`, bucket, kept);
    new aws.s3.BucketPublicAccessBlock(
      `${name}-logs-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: true,
        restrictPublicBuckets: true,
      },
      kept,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-logs-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [{ id: "records", status: "Enabled", filter: { prefix: "" }, expiration: { days } }],
      },
      kept,
    );
    return bucket;
  }
}

/**
 * Selects writes to the bucket's objects, and nothing else: management events, which a trail records unless it selects
 * events itself, are paid for from an account's second trail on (CloudTrail pricing).
 */
function writesTo(bucketArn: pulumi.Input<string>): aws.types.input.cloudtrail.TrailAdvancedEventSelector {
  return {
    name: "Writes to objects",
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::S3::Object"] },
      { field: "readOnly", equals: ["false"] },
      // With the slash: without it the objects of a bucket whose name goes on would be recorded too.
      { field: "resources.ARN", startsWiths: [pulumi.interpolate`${bucketArn}/`] },
    ],
  };
}

/**
 * Lets the stack's own trail alone write to the bucket: awsx's policy lets CloudTrail write for every trail that
 * names the bucket (CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"). Only the engine creates awsx's
 * resources, and only a transform of the engine's sees them.
 */
function completeTrailPolicy(name: string, trailArn: pulumi.Output<string>): void {
  try {
    pulumi.runtime.registerResourceTransform(({ type, name: ofChild, props, opts }) => {
      if (type !== "aws:s3/bucketPolicy:BucketPolicy" || ofChild !== name) return undefined;
      const policy = pulumi
        .all([pulumi.output<unknown>(props.policy), trailArn])
        .apply(([it, arn]) => onlyFor(it, arn));
      return { props: { ...props, policy }, opts };
    });
  } catch {
    // An engine that only listens, as a check's may, has no transforms, and none of awsx's resources.
  }
}

interface ConditionalStatement {
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Returns the policy of a bucket for records, as an object or as JSON, with one trail as the only one that it serves. */
export function onlyFor(policy: unknown, trailArn: string): string {
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement: ConditionalStatement[] };
  const Statement = document.Statement.map((statement) => ({
    ...statement,
    Condition: {
      ...statement.Condition,
      StringEquals: { ...statement.Condition?.StringEquals, "aws:SourceArn": trailArn },
    },
  }));
  return JSON.stringify({ ...document, Statement });
}
