import type { Access } from "./access";
import type { Bucket } from "./bucket";
import type { ObjectChange } from "./object-change";
import type { Reply } from "./object-reply";
import { AwsError } from "../aws/aws-error";
import type { S3Request } from "./s3-request";
import { xmlDocument, type XmlElements } from "../aws/xml";

/** One call to the S3 endpoint, its caller known. */
export interface Call {
  readonly request: S3Request;
  readonly bucket: Bucket;
  /** All buckets: a copy may read from another one. */
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly access: Access;
  /** Tells of a change that this call has made; resolves when it is taken note of. */
  readonly changed: (change: Omit<ObjectChange, "bucket" | "call">) => Promise<void>;
}

/** A call that changes nothing. */
export type ReadCall = Omit<Call, "changed">;

export function xmlReply(root: string, content: XmlElements): Reply {
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root, content) };
}

/**
 * What S3 says of a key that is not there: that it is not only to callers who may list the bucket, else 403, so that
 * nobody can find out by asking. (S3 API, GetObject)
 */
export async function missing(access: Access, bucket: string, key: string): Promise<AwsError> {
  return (await access.may("s3:ListBucket", bucket))
    ? new AwsError("NoSuchKey", { Key: key })
    : new AwsError("AccessDenied");
}
