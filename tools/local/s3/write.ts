import { AwsError } from "../aws/aws-error";
import { parseQuery } from "../aws/signature";
import { readTexts, type XmlElements } from "../aws/xml";
import type { Reply } from "../http/server";
import { type Call, type S3Request, xmlReply } from "./call";
import { MAX_PART_NUMBER } from "./multipart-uploads";
import type { ObjectMetadata } from "./object-store";
import { payload, textPayload } from "./payload";

/** (S3 API, DeleteObjects) */
const MAX_DELETED_KEYS = 1000;
/** (S3 user guide, Object tagging) */
const MAX_TAGS = 10;
const STORED_HEADER = /^(content-(type|disposition|language)|cache-control|expires|x-amz-meta-.+)$/;
/** Context of a part, which is no object of its own. */
export const PART = { "s3:ObjectCreationOperation": "false" };
const NO_TAGS = new Map<string, string>();

export async function putObject(call: Call): Promise<Reply> {
  const { request, bucket, changed } = call;
  const metadata = metadataOf(request);
  const mustNotExist = requireWrite(call, metadata.tags);
  const staged = await bucket.objects.stage(payload(request));
  const object = await bucket.objects.commit(request.key, staged, metadata, mustNotExist);
  changed({ key: request.key, reason: "PutObject", object });
  return { status: 200, headers: { etag: object.etag } };
}

export async function deleteObject({ request, bucket, access, changed }: Call): Promise<Reply> {
  access.require("s3:DeleteObject", request.key);
  const existed = await bucket.objects.delete(request.key);
  changed({ key: request.key, reason: "DeleteObject", existed });
  return { status: 204, headers: {} };
}

export async function deleteObjects({ request, bucket, access, changed }: Call): Promise<Reply> {
  const body = await textPayload(request);
  const keys = readTexts(body, "Delete", "Key");
  if (keys.length === 0 || keys.length > MAX_DELETED_KEYS || keys.includes("")) throw new AwsError("MalformedXML");
  const deleted: XmlElements[] = [];
  const errors: XmlElements[] = [];
  for (const key of keys) {
    if (access.may("s3:DeleteObject", key)) {
      const existed = await bucket.objects.delete(key);
      changed({ key, reason: "DeleteObject", existed });
      deleted.push({ Key: key });
    } else {
      errors.push({ Key: key, Code: "AccessDenied", Message: "Access Denied" });
    }
  }
  const isQuiet = readTexts(body, "Delete", "Quiet").some((text) => text.trim() === "true");
  return xmlReply("DeleteResult", { Deleted: isQuiet ? [] : deleted, Error: errors });
}

export function createMultipartUpload(call: Call): Reply {
  const { request, bucket } = call;
  const metadata = metadataOf(request);
  requireWrite(call, metadata.tags, false);
  const uploadId = bucket.uploads.create(request.key, metadata);
  return xmlReply("InitiateMultipartUploadResult", { Bucket: bucket.name, Key: request.key, UploadId: uploadId });
}

export async function uploadPart({ request, bucket, access }: Call): Promise<Reply> {
  access.require("s3:PutObject", request.key, PART);
  const etag = await bucket.uploads.put(uploadIdOf(request), request.key, partNumberOf(request), payload(request));
  return { status: 200, headers: { etag } };
}

/** @throws AwsError InvalidArgument */
export function partNumberOf({ query }: S3Request): number {
  const number = Number(query.get("partNumber"));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART_NUMBER) return number;
  const message = `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`;
  throw new AwsError("InvalidArgument", { ArgumentName: "partNumber" }, message);
}

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket, changed } = call;
  const { key } = request;
  const mustNotExist = requireWrite(call, NO_TAGS);
  const body = await textPayload(request);
  const etags = readTexts(body, "CompleteMultipartUpload", "ETag");
  const numbers = readTexts(body, "CompleteMultipartUpload", "PartNumber");
  if (etags.length !== numbers.length) throw new AwsError("MalformedXML");
  const named = etags.map((etag, index) => ({ number: Number(numbers[index]), etag }));
  const object = await bucket.uploads.complete(uploadIdOf(request), key, named, mustNotExist);
  changed({ key, reason: "CompleteMultipartUpload", object });
  const Location = `http://${request.header("host") ?? ""}/${bucket.name}/${key}`;
  return xmlReply("CompleteMultipartUploadResult", { Location, Bucket: bucket.name, Key: key, ETag: object.etag });
}

export async function abortMultipartUpload({ request, bucket, access }: Call): Promise<Reply> {
  access.require("s3:AbortMultipartUpload", request.key);
  await bucket.uploads.abort(uploadIdOf(request), request.key);
  return { status: 204, headers: {} };
}

export function uploadIdOf({ query }: S3Request): string {
  return query.get("uploadId") ?? "";
}

/**
 * Asserts the permissions of a write, tags included, and returns whether the object must not exist, as `If-None-Match: *`
 * demands. (S3 user guide, Conditional writes)
 * @param createsObject false for the start of an upload in parts, which IAM distinguishes from the rest
 * @throws AwsError AccessDenied, or NotImplemented for an `If-None-Match` other than `*`
 */
export function requireWrite(
  { request, access }: Call,
  tags: ReadonlyMap<string, string>,
  createsObject = true,
): boolean {
  const ifNoneMatch = request.header("if-none-match");
  access.require("s3:PutObject", request.key, {
    "s3:ObjectCreationOperation": String(createsObject),
    ...(ifNoneMatch === undefined ? {} : { "s3:if-none-match": ifNoneMatch }),
  });
  if (tags.size > 0) access.require("s3:PutObjectTagging", request.key);
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw new AwsError("NotImplemented", { Header: "If-None-Match" }, "S3 accepts only * in If-None-Match of a write.");
  }
  return ifNoneMatch !== undefined;
}

/** Reads what is stored with the object. @throws AwsError InvalidTag */
export function metadataOf(request: S3Request): ObjectMetadata {
  const names = Object.keys(request.headers).filter((name) => STORED_HEADER.test(name));
  const headers = Object.fromEntries(names.map((name) => [name, request.header(name) ?? ""]));
  // `aws-chunked` is an encoding of the transfer, not of the object.
  const encodings = (request.header("content-encoding") ?? "").split(",").map((encoding) => encoding.trim());
  const encoding = encodings.filter((each) => each !== "" && each !== "aws-chunked").join(", ");
  return { headers: encoding === "" ? headers : { ...headers, "content-encoding": encoding }, tags: tagsOf(request) };
}

export function tagsOf(request: S3Request): ReadonlyMap<string, string> {
  const list = parseQuery(request.header("x-amz-tagging") ?? "");
  const tags = new Map(list);
  const isValid = list.every(([name, value]) => name.length >= 1 && name.length <= 128 && value.length <= 256);
  if (!isValid || tags.size !== list.length || tags.size > MAX_TAGS) throw new AwsError("InvalidTag");
  return tags;
}
