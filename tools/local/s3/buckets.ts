import type { Reply } from "../http/server";
import { type ReadCall, xmlReply } from "./call";

/** All buckets of a stack are created when it starts. */
const CREATED = new Date().toISOString();

export function listBuckets({ access, buckets }: ReadCall): Reply {
  access.require("s3:ListAllMyBuckets");
  return xmlReply("ListAllMyBucketsResult", {
    Owner: { ID: "local" },
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
