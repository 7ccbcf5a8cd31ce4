import { AwsError } from "../aws/aws-error";
import type { S3Request } from "./s3-request";

/** The calls that the S3 endpoint serves, named as S3 names them. */
export type S3Operation =
  | "GetObject"
  | "HeadObject"
  | "GetObjectTagging"
  | "PutObject"
  | "CopyObject"
  | "DeleteObject"
  | "DeleteObjects"
  | "ListObjectsV2"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload";

/** Parameters that any request may have: the SDK's name of the operation, and what it puts into a presigned URL. */
const COMMON_PARAMETER = /^(x-id|X-Amz-.+|x-amz-checksum-mode)$/;

const OBJECT_OPERATIONS: Readonly<Record<string, S3Operation>> = {
  "GET ": "GetObject",
  "HEAD ": "HeadObject",
  "GET tagging": "GetObjectTagging",
  "PUT ": "PutObject",
  "DELETE ": "DeleteObject",
  "POST uploads": "CreateMultipartUpload",
  "PUT partNumber,uploadId": "UploadPart",
  "POST uploadId": "CompleteMultipartUpload",
  "DELETE uploadId": "AbortMultipartUpload",
};

const LIST_PARAMETERS = new Set([
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "continuation-token",
  "start-after",
  "encoding-type",
  "fetch-owner",
]);

/** Headers that ask for what is not here; to ignore them would be to store something else than was asked. */
const UNSUPPORTED_HEADER =
  /^x-amz-(acl|grant-.+|website-redirect-location|object-lock-.+|storage-class|write-offset-bytes|copy-source-(range|if-.+)|server-side-encryption-(customer|aws-kms).*)$/;

/**
 * The operation that a request asks for.
 * @throws AwsError NotImplemented for one that the local stack does not serve
 */
export function operationOf(request: S3Request): S3Operation {
  const names = [...request.query.keys()].filter((name) => !COMMON_PARAMETER.test(name)).sort();
  const unsupported = Object.keys(request.headers).find((name) => UNSUPPORTED_HEADER.test(name));
  if (unsupported !== undefined) throw new AwsError("NotImplemented", { Header: unsupported });

  const operation =
    request.key === "" ? bucketOperation(request, names) : OBJECT_OPERATIONS[`${request.method} ${names.join(",")}`];
  const isCopy = request.header("x-amz-copy-source") !== undefined;
  if (operation === "PutObject" && isCopy) return "CopyObject";
  if (!operation || isCopy) throw new AwsError("NotImplemented");
  return operation;
}

function bucketOperation({ method, query }: S3Request, names: readonly string[]): S3Operation | undefined {
  if (method === "POST" && names.join(",") === "delete") return "DeleteObjects";
  const isList = method === "GET" && query.get("list-type") === "2" && names.every((name) => LIST_PARAMETERS.has(name));
  return isList ? "ListObjectsV2" : undefined;
}
