import { AwsError } from "../aws/aws-error";
import type { Reply } from "../http/server";
import type { Call, S3Request } from "./call";
import { createBucket, getBucketLocation, headBucket, listBuckets } from "./buckets";
import { COPY_SOURCE, copyObject, uploadPartCopy } from "./copy";
import { listObjects, listObjectsV2 } from "./list";
import { getObject } from "./read";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  deleteObject,
  deleteObjects,
  putObject,
  uploadPart,
} from "./write";

/** Operation of S3's API. */
interface Operation {
  readonly method: string;
  readonly of: "service" | "bucket" | "object";
  /** Query parameters that distinguish it from others of the same method. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Set for an operation with the header `x-amz-copy-source`. */
  readonly copies: boolean;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** Served operations, by S3's names. */
const OPERATIONS = {
  ListBuckets: operation("GET", "service", listBuckets),
  CreateBucket: operation("PUT", "bucket", createBucket),
  HeadBucket: operation("HEAD", "bucket", headBucket),
  GetBucketLocation: operation("GET", "bucket", getBucketLocation, ["location"]),
  GetObject: operation("GET", "object", getObject),
  HeadObject: operation("HEAD", "object", getObject),
  PutObject: operation("PUT", "object", putObject),
  DeleteObject: operation("DELETE", "object", deleteObject),
  DeleteObjects: operation("POST", "bucket", deleteObjects, ["delete"]),
  CopyObject: copyOperation(copyObject),
  ListObjects: operation(
    "GET",
    "bucket",
    listObjects,
    [],
    ["prefix", "delimiter", "max-keys", "marker", "encoding-type"],
  ),
  ListObjectsV2: operation(
    "GET",
    "bucket",
    listObjectsV2,
    ["list-type"],
    ["prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"],
  ),
  CreateMultipartUpload: operation("POST", "object", createMultipartUpload, ["uploads"]),
  UploadPart: operation("PUT", "object", uploadPart, ["partNumber", "uploadId"]),
  UploadPartCopy: copyOperation(uploadPartCopy, ["partNumber", "uploadId"]),
  CompleteMultipartUpload: operation("POST", "object", completeMultipartUpload, ["uploadId"]),
  AbortMultipartUpload: operation("DELETE", "object", abortMultipartUpload, ["uploadId"]),
};

export type S3Operation = keyof typeof OPERATIONS;

/** Parameters of any request: the SDK's name of the operation, and those of a presigned URL. */
const COMMON_PARAMETER = /^(x-id|X-Amz-.+|x-amz-checksum-mode)$/;

/** Headers of features that are not served; to ignore them would store something else than the client asked for. */
const UNSERVED_HEADER =
  /^(x-amz-(grant-.+|website-redirect-location|object-lock-.+|write-offset-bytes|copy-source-if-(none-match|(un)?modified-since)|server-side-encryption-(customer|aws-kms).*))$/;

/** Values of headers that change nothing: the owner of the bucket owns each object, in the one storage class. */
const OWNER_ACLS = ["private", "bucket-owner-full-control"];

/**
 * Returns the operation that a request asks for.
 * @throws AwsError NotImplemented for one that the local stack does not serve, AccessControlListNotSupported for an ACL,
 *   as of a bucket with BucketOwnerEnforced
 */
export function operationOf(request: S3Request): { readonly name: S3Operation; readonly handle: Operation["handle"] } {
  const of = request.bucket === "" ? "service" : request.key === "" ? "bucket" : "object";
  const isCopy = request.header(COPY_SOURCE) !== undefined;
  const names = [...request.query.keys()].filter((name) => !COMMON_PARAMETER.test(name));
  const found = (Object.keys(OPERATIONS) as S3Operation[]).find((name) => {
    const { method, required, optional, copies, ...rest } = OPERATIONS[name];
    return (
      method === request.method &&
      rest.of === of &&
      copies === isCopy &&
      required.every((parameter) => names.includes(parameter)) &&
      names.every((parameter) => required.includes(parameter) || optional.includes(parameter))
    );
  });
  if (!found) {
    const name = request.query.get("x-id") ?? `${request.method} of the ${of}`;
    const features = [...names, ...(isCopy ? [COPY_SOURCE] : [])];
    throw notImplemented(features.length === 0 ? name : `${name} with ${features.join(", ")}`);
  }
  if (!OWNER_ACLS.includes(request.header("x-amz-acl") ?? "private"))
    throw new AwsError("AccessControlListNotSupported");
  if ((request.header("x-amz-storage-class") ?? "STANDARD") !== "STANDARD") {
    throw notImplemented(`${found} with another x-amz-storage-class than STANDARD`);
  }
  const header = Object.keys(request.headers).find((name) => UNSERVED_HEADER.test(name));
  if (header !== undefined) throw notImplemented(`${request.query.get("x-id") ?? found} with ${header}`);
  if (request.header("if-match") !== undefined && !["GET", "HEAD"].includes(request.method)) {
    throw notImplemented(`${found} with if-match`);
  }
  return { name: found, handle: OPERATIONS[found].handle };
}

function operation(
  method: string,
  of: Operation["of"],
  handle: Operation["handle"],
  required: readonly string[] = [],
  optional: readonly string[] = [],
): Operation {
  return { method, of, copies: false, handle, required, optional };
}

function copyOperation(handle: Operation["handle"], required: readonly string[] = []): Operation {
  return { ...operation("PUT", "object", handle, required), copies: true };
}

export function notImplemented(name: string): AwsError {
  return new AwsError("NotImplemented", {}, `The local stack does not serve ${name}.`);
}
