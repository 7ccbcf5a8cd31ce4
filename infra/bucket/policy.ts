import type * as aws from "@pulumi/aws";

/** Everybody reads objects. Writes need TLS; reads do not, for the website endpoint is plain HTTP. */
export function publicReadPolicy(arn: string): aws.iam.PolicyDocument {
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
export function cdnReadPolicy(arn: string, distributionArn: string): aws.iam.PolicyDocument {
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
