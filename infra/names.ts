import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config";

/** Names that S3 allows for buckets (S3 user guide, "Bucket naming rules"), without dots: TLS has no wildcard for them. */
export const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3|--table-s3)$/;

/** Account, region and partition of a stack. A preview knows them. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

export type Names = ReturnType<typeof namesOf>;

/** Facts of a stack that most components are built from. */
export interface StackFacts {
  readonly config: StackConfig;
  readonly names: Names;
  readonly place: pulumi.Output<Place>;
}

/** Returns the physical names of a stack. They are fixed, so that a preview knows every ARN and every policy. */
export function namesOf(project: string, stack: string) {
  const prefix = `${project}-${stack}`;
  return {
    project,
    stack,
    /** The default name of the bucket: unique in the world by the account's id. */
    bucket: ({ accountId }: Pick<Place, "accountId">) => `${prefix}-${accountId}`,
    resizer: `${prefix}-resizer`,
    /**
     * Below `/aws/vendedlogs/` a log group does not count towards the size of the account's one resource policy for log
     * delivery (CloudWatch Logs user guide, "Enable logging from AWS services").
     */
    apiLogGroup: `/aws/vendedlogs/apigateway/${prefix}`,
    /** In the Parameter Store. */
    cdnKey: (generation: number) => `/${prefix}/cdn-key/${generation}`,
    purge: `${prefix}-purge`,
    /** The rule that changes of originals match. */
    purgeRule: `${prefix}-originals`,
    purgeQueues: {
      immediate: `${prefix}-purge-now`,
      delayed: `${prefix}-purge-again`,
      failed: `${prefix}-purge-failed`,
    },
    trail: prefix,
    /** Pulumi adds a dash and seven random digits. */
    trailBucket: `${prefix}-trail`,
    alarmTopic: `${prefix}-alarms`,
    /** The slashes keep the alarms of `dev` from matching those of `dev-2`. */
    alarmPrefix: `${project}/${stack}/`,
    dashboard: prefix,
    budget: prefix,
  };
}

/** Returns the name of the log group that Lambda writes to for a function. */
export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

export function bucketArn({ partition }: Pick<Place, "partition">, bucketName: string): string {
  return `arn:${partition}:s3:::${bucketName}`;
}

/** Returns the ARN of a resource that has an account and a region: `arn:aws:sqs:us-east-1:123456789012:name`. */
export function arnOf({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Returns the document of a policy with these statements. */
export function policyDocument(...Statement: aws.iam.PolicyStatement[]): aws.iam.PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

/** Regions whose website hosts are written with a dash (Amazon S3 endpoints and quotas, "Amazon S3 website endpoints"). */
const DASHED = [
  ...["us-east-1", "us-west-1", "us-west-2", "us-gov-west-1", "eu-west-1", "sa-east-1"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-northeast-1"],
];

/** Returns the host of a bucket's website endpoint, known from name and region before the website is configured. */
export function websiteHost(bucketName: string, region: string): string {
  return `${bucketName}.s3-website${DASHED.includes(region) ? "-" : "."}${region}.${dnsSuffix(region)}`;
}

/** Returns the host of a bucket that speaks S3's own protocol, in the bucket's region. */
export function bucketHost(bucketName: string, region: string): string {
  return `${bucketName}.s3.${region}.${dnsSuffix(region)}`;
}

function dnsSuffix(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
