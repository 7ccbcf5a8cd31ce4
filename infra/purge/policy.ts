import type * as aws from "@pulumi/aws";
import { ofStored } from "../../functions/variant-key";
import { arnOf, bucketArn, type Place, policyDocument } from "../names";
import { logsAndTraces } from "../resizer/lambda-function";
import { type FunctionPolicyArgs, variantsIn } from "../resizer/policy";

/** Lets the purge function read objects, delete variants, receive messages, and log. */
export function purgePolicy(place: Place, args: FunctionPolicyArgs): aws.iam.PolicyDocument {
  const arn = bucketArn(place, args.bucketName);
  const { immediate, delayed } = args.names.purgeQueues;
  return policyDocument(
    { Sid: "LookAtObjects", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${arn}/*`] },
    {
      Sid: "DeleteVariants",
      Effect: "Allow",
      Action: ["s3:DeleteObject"],
      Resource: variantsIn(arn, ofStored(args.allowList)),
    },
    {
      Sid: "TakeMessages",
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: [immediate, delayed].map((queue) => arnOf(place, "sqs", queue)),
    },
    ...logsAndTraces(place, args.names.purge, args.tracing),
  );
}

/** Lets the purge function invalidate paths of the distribution, which has no ARN before it is created. */
export function invalidationPolicy(distributionArn: string): aws.iam.PolicyDocument {
  return policyDocument({
    Sid: "InvalidateVariants",
    Effect: "Allow",
    Action: ["cloudfront:CreateInvalidation"],
    Resource: [distributionArn],
  });
}

/** Lets the rule, and nothing else, send changes to a queue. */
export function sendPolicy(queueArn: string, ruleArn: string): aws.iam.PolicyDocument {
  return policyDocument({
    Sid: "RuleSendsChanges",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["sqs:SendMessage"],
    Resource: [queueArn],
    Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
  });
}
