import type * as aws from "@pulumi/aws";
import { policyDocument } from "../names";

/** Lets anyone read objects. Writes need TLS; reads do not, because the website endpoint is plain HTTP. */
export function publicReadPolicy(arn: string): aws.iam.PolicyDocument {
  return policyDocument(
    { Sid: "ReadObjects", Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [`${arn}/*`] },
    denyWithoutTls("DenyWritesWithoutTls", arn, [
      "s3:Put*",
      "s3:Delete*",
      "s3:AbortMultipartUpload",
      "s3:RestoreObject",
    ]),
  );
}

/** Lets one distribution read objects, and no one do anything without TLS. */
export function cdnReadPolicy(arn: string, distributionArn: string): aws.iam.PolicyDocument {
  return policyDocument(
    {
      Sid: "CdnReadsObjects",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: ["s3:GetObject"],
      Resource: [`${arn}/*`],
      Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
    },
    denyWithoutTls("DenyWithoutTls", arn, ["s3:*"]),
  );
}

function denyWithoutTls(Sid: string, arn: string, Action: string[]): aws.iam.PolicyStatement {
  return {
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
