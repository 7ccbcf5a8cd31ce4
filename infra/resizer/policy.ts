import type * as aws from "@pulumi/aws";
import { type AllowList, listSpecs } from "../../functions/variant-key";
import { sendTraces, variantsIn, writeLogs } from "./policy-statements";

/** The longest that a role's inline policies may be together, in characters without white space (IAM quotas). */
export const MAX_INLINE_POLICY_CHARACTERS = 10_240;

/** The segment patterns that stand for any size where a stack allows unlisted ones. IAM knows no digits. */
const UNLISTED_PATTERNS = ["*x*", "*w", "*w.*", "*h", "*h.*"];

export interface ResizerPolicyArgs {
  readonly bucketArn: string;
  readonly logGroupArn: string;
  readonly allowList: AllowList;
  /** Whether variants are tagged as they are written. */
  readonly tagVariants: boolean;
  /** Whether X-Ray traces the function. */
  readonly tracing: boolean;
}

/** Everything that the resizer may do: read objects, write variants that are not there yet, and log. */
export function resizerPolicy(args: ResizerPolicyArgs): aws.iam.PolicyDocument {
  const specs = args.allowList.sizes === "any" ? UNLISTED_PATTERNS : listSpecs(args.allowList);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadOriginals",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [`${args.bucketArn}/*`],
      },
      {
        Sid: "WriteVariants",
        Effect: "Allow",
        // Tagging an object as it is put, and giving up a failed upload in parts, are permissions of their own.
        Action: ["s3:PutObject", "s3:AbortMultipartUpload", ...(args.tagVariants ? ["s3:PutObjectTagging"] : [])],
        Resource: variantsIn(args.bucketArn, specs),
      },
      {
        // An original in a folder that is called like a size is at such a path too. Starting an upload and sending its
        // parts create no object and take no condition (S3 user guide, "Enforce conditional writes").
        Sid: "OverwriteNothing",
        Effect: "Deny",
        Action: ["s3:PutObject"],
        Resource: [`${args.bucketArn}/*`],
        Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      },
      writeLogs(args.logGroupArn),
      ...sendTraces(args.tracing),
    ],
  };
}
