import { AwsError } from "../aws/aws-error";
import { percentDecode } from "../aws/signature";
import { type Range, requestedRange } from "../http/conditional";
import type { Reply } from "../http/server";
import { type Call, type S3Request, xmlReply } from "./call";
import { type ObjectStore, preconditionFailed, type StoredObject } from "./object-store";
import { missingObject } from "./read";
import { metadataOf, PART, partNumberOf, requireWrite, tagsOf, uploadIdOf } from "./write";

/** Header that makes a write a copy. */
export const COPY_SOURCE = "x-amz-copy-source";

type Opened = NonNullable<Awaited<ReturnType<ObjectStore["open"]>>>;

/** Copies an object of the bucket, with its headers and tags unless the request replaces them. (S3 API, CopyObject) */
export function copyObject(call: Call): Promise<Reply> {
  const { request, bucket, changed } = call;
  const { key } = request;
  return withSource(call, async ({ object: source, handle }) => {
    const replacesHeaders = replaces(request, "x-amz-metadata-directive");
    if (source.key === key && !replacesHeaders) {
      const message = "This copy request is illegal: it copies an object to itself without changing its metadata.";
      throw new AwsError("InvalidRequest", {}, message);
    }
    const { headers } = replacesHeaders ? metadataOf(request) : source;
    const tags = replaces(request, "x-amz-tagging-directive") ? tagsOf(request) : source.tags;
    const mustNotExist = requireWrite(call, tags);
    const staged = await bucket.objects.stage(handle.createReadStream({ autoClose: false }));
    const object = await bucket.objects.commit(key, staged, { headers, tags }, mustNotExist);
    changed({ key, reason: "CopyObject", object });
    return copied("CopyObjectResult", object.etag, object.lastModified);
  });
}

/** Copies an object of the bucket, or a range of it, into a part of an upload. (S3 API, UploadPartCopy) */
export function uploadPartCopy(call: Call): Promise<Reply> {
  const { request, bucket, access } = call;
  access.require("s3:PutObject", request.key, PART);
  return withSource(call, async ({ object, handle }) => {
    const { first: start, last: end } = copiedRange(request, object);
    const body = handle.createReadStream({ start, end, autoClose: false });
    const etag = await bucket.uploads.put(uploadIdOf(request), request.key, partNumberOf(request), body);
    return copied("CopyPartResult", etag, new Date());
  });
}

/** @throws AwsError InvalidArgument for a range beyond the source */
function copiedRange(request: S3Request, { etag, lastModified, size }: StoredObject): Range {
  const range = request.header("x-amz-copy-source-range");
  if (range === undefined) return { first: 0, last: Infinity };
  const copied = requestedRange({ range }, { etag, lastModified: lastModified.toUTCString() }, size);
  if (copied !== undefined && copied !== "unsatisfiable") return copied;
  throw new AwsError("InvalidArgument", { ArgumentName: "x-amz-copy-source-range", ArgumentValue: range });
}

function copied(root: string, ETag: string, modified: Date): Reply {
  return xmlReply(root, { LastModified: modified.toISOString(), ETag });
}

/**
 * Reads the object that a request copies, and closes it.
 * @throws AwsError AccessDenied, NoSuchKey, PreconditionFailed, or NotImplemented for a version or another bucket's object
 */
async function withSource(call: Call, use: (source: Opened) => Promise<Reply>): Promise<Reply> {
  const { request, bucket, access } = call;
  const [path = "", version] = (request.header(COPY_SOURCE) ?? "").replace(/^\//, "").split("?versionId=");
  const [, from = "", key = ""] = /^([^/]*)\/(.+)$/s.exec(percentDecode(path)) ?? [];
  if (key === "") throw new AwsError("InvalidArgument", { ArgumentName: COPY_SOURCE });
  if (version !== undefined) throw notCopied("versions");
  if (from !== bucket.name) throw notCopied("objects of other buckets");
  access.require("s3:GetObject", key);
  const source = await bucket.objects.open(key);
  if (!source) throw missingObject(access, key);
  try {
    const ifMatch = request.header("x-amz-copy-source-if-match");
    if (ifMatch !== undefined && ifMatch !== source.object.etag) throw preconditionFailed("x-amz-copy-source-If-Match");
    return await use(source);
  } finally {
    await source.handle.close();
  }
}

function notCopied(what: string): AwsError {
  return new AwsError("NotImplemented", {}, `The local stack does not copy ${what}.`);
}

/** @throws AwsError InvalidArgument for a directive that S3 does not know */
function replaces(request: S3Request, directive: string): boolean {
  const value = request.header(directive) ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw new AwsError("InvalidArgument", { ArgumentName: directive });
  return value === "REPLACE";
}
