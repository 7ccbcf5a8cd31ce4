import type { PolicyDocument } from "./policy-store";

const allow = (Action: string | string[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

/** The AWS managed policies that a stack of this kind may attach to a role (AWS Managed Policy Reference). */
const KNOWN = new Map<string, PolicyDocument>([
  ["arn:aws:iam::aws:policy/AdministratorAccess", allow("*")],
  ["arn:aws:iam::aws:policy/AmazonS3FullAccess", allow(["s3:*", "s3-object-lambda:*"])],
  [
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    allow(["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"]),
  ],
  [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
  ],
  [
    "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    allow([
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ]),
  ],
]);

/** The document of a policy that AWS manages, or `undefined` for one that is not known here. */
export function managedPolicy(arn: string): PolicyDocument | undefined {
  return KNOWN.get(arn);
}
