import type * as aws from "@pulumi/aws";
import { type AllowList, listSpecs } from "../../functions/variant-key";
import { bucketArn, type Names, type Place, policyDocument } from "../names";
import { logsAndTraces } from "./lambda-function";

/** Longest that a role's inline policies may be together, in characters without white space (IAM quotas). */
export const MAX_INLINE_POLICY_CHARACTERS = 10_240;

/** The segment patterns that stand for any size where a stack allows unlisted ones. IAM has no pattern for digits. */
const UNLISTED_PATTERNS = ["*x*", "*w", "*w.*", "*h", "*h.*"];

export interface FunctionPolicyArgs {
  readonly names: Names;
  readonly bucketName: string;
  readonly allowList: AllowList;
  /** True if X-Ray traces the function. */
  readonly tracing: boolean;
}

export interface ResizerPolicyArgs extends FunctionPolicyArgs {
  /** True if variants are tagged as they are written. */
  readonly tagVariants: boolean;
}

/** Lets the resizer read objects, write variants that do not exist yet, and log; and nothing else. */
export function resizerPolicy(place: Place, args: ResizerPolicyArgs): aws.iam.PolicyDocument {
  const arn = bucketArn(place, args.bucketName);
  return policyDocument(
    { Sid: "ReadOriginals", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${arn}/*`] },
    {
      Sid: "WriteVariants",
      Effect: "Allow",
      // Tagging an object as it is put, and ending a failed upload in parts, are permissions of their own.
      Action: ["s3:PutObject", "s3:AbortMultipartUpload", ...(args.tagVariants ? ["s3:PutObjectTagging"] : [])],
      Resource: variantsIn(arn, args.allowList),
    },
    {
      // An original in a folder named like a size is at such a path too. Starting an upload and sending its parts
      // create no object and accept no condition (S3 user guide, "Enforce conditional writes").
      Sid: "OverwriteNothing",
      Effect: "Deny",
      Action: ["s3:PutObject"],
      Resource: [`${arn}/*`],
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    },
    ...logsAndTraces(place, args.names.resizer, args.tracing),
  );
}

/** Returns the objects under each spec. `*` crosses `/`, so the first covers any depth; the second has no prefix. */
export function variantsIn(arn: string, allowList: AllowList): string[] {
  const specs = allowList.sizes === "any" ? UNLISTED_PATTERNS : listSpecs(allowList);
  return specs.flatMap((spec) => [`${arn}/*/${spec}/*`, `${arn}/${spec}/*`]);
}
