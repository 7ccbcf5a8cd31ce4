import { AwsError } from "../aws/aws-error";
import type { Reply } from "../http/server";
import { type ReadCall, xmlReply } from "./call";

/** All buckets of a stack are created when it starts. */
const CREATED = new Date().toISOString();

/** Owner of all buckets and objects. */
export const OWNER = { ID: "local", DisplayName: "local" };

export function listBuckets({ access, buckets }: ReadCall): Reply {
  access.require("s3:ListAllMyBuckets");
  return xmlReply("ListAllMyBucketsResult", {
    Owner: OWNER,
    Buckets: { Bucket: buckets.map((Name) => ({ Name, CreationDate: CREATED })) },
  });
}

export function headBucket({ access }: ReadCall): Reply {
  access.require("s3:ListBucket");
  return { status: 200, headers: { "content-type": "application/xml" } };
}

/** Returns the empty location, which stands for us-east-1: clients then sign for the region that they are set to. */
export function getBucketLocation({ access }: ReadCall): Reply {
  access.require("s3:GetBucketLocation");
  return xmlReply("LocationConstraint", {});
}

/** Serves clients that create a bucket before they write to it. Other buckets are not found before this is called. */
export function createBucket({ access }: ReadCall): never {
  access.require("s3:CreateBucket");
  throw new AwsError("BucketAlreadyOwnedByYou");
}
