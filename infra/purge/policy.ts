import type * as aws from "@pulumi/aws";
import { type AllowList, listSpecs } from "../../functions/variant-key";
import { sendTraces, variantsIn, writeLogs } from "../resizer/policy-statements";

export interface PurgePolicyArgs {
  readonly bucketArn: string;
  readonly logGroupArn: string;
  /** The queues that it is started by. */
  readonly queueArns: readonly string[];
  readonly allowList: AllowList;
  /** Whether X-Ray traces it. */
  readonly tracing: boolean;
}

/** What the purge function may do but for the CDN, which has no ARN before it is made: look, delete variants, and log. */
export function purgePolicy({
  bucketArn,
  logGroupArn,
  queueArns,
  allowList,
  tracing,
}: PurgePolicyArgs): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "LookAtObjects", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${bucketArn}/*`] },
      {
        Sid: "DeleteVariants",
        Effect: "Allow",
        Action: ["s3:DeleteObject"],
        Resource: variantsIn(bucketArn, listSpecs(allowList)),
      },
      {
        Sid: "TakeMessages",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: [...queueArns],
      },
      writeLogs(logGroupArn),
      ...sendTraces(tracing),
    ],
  };
}

/** And the one thing that it may do to the CDN. */
export function invalidationPolicy(distributionArn: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "InvalidateVariants",
        Effect: "Allow",
        Action: ["cloudfront:CreateInvalidation"],
        Resource: [distributionArn],
      },
    ],
  };
}

/** What a queue lets the rule do, and nobody else: send it changes. */
export function sendPolicy(queueArn: string, ruleArn: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "RuleSendsChanges",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["sqs:SendMessage"],
        Resource: [queueArn],
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    ],
  };
}
