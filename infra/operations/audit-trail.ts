import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { encryptWithoutAcls } from "../bucket/image-bucket";
import { bucketArn, type StackFacts } from "../names";

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
    new awsx.cloudtrail.Trail(
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

  /** Not the bucket that awsx creates by default, which is emptied and deleted with the stack. */
  #createLogBucket(name: string, args: AuditTrailArgs): aws.s3.Bucket {
    const { names, place, config } = args;
    const kept = { parent: this, retainOnDelete: true };
    const days = config.operations.logRetentionDays;
    const bucket = new aws.s3.Bucket(`${name}-logs`, { bucket: place.apply(names.trailBucket) }, kept);
    encryptWithoutAcls(`${name}-logs`, bucket.bucket, kept);
    new aws.s3.BucketPublicAccessBlock(
      `${name}-logs-public-access`,
      {
        bucket: bucket.bucket,
        ...{ blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true },
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
