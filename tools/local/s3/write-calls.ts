import { missing, xmlReply, type Call } from "./call";
import { metadataOf } from "./metadata";
import type { ObjectMetadata, StoredObject, WriteCondition } from "./object-store";
import type { Reply } from "./object-reply";
import { payload, textPayload } from "./payload";
import { AwsError } from "../aws/aws-error";
import { percentDecode } from "../aws/uri";
import { readElements, type XmlElements } from "../aws/xml";

/** (S3 API, DeleteObjects) */
const MAX_DELETED_KEYS = 1000;

export async function putObject(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const metadata = metadataOf(request);
  const condition = await requireWrite(call, metadata);
  const staged = await bucket.objects.stage(payload(request));
  const object = await bucket.objects.commit(request.key, staged, metadata, condition);
  await call.changed({ key: request.key, reason: "PutObject", object });
  return { status: 200, headers: { etag: object.etag, "content-length": "0" } };
}

export async function copyObject(call: Call): Promise<Reply> {
  const { request, bucket, access } = call;
  const source = await copySource(call);
  const replacesMetadata = directive(call, "x-amz-metadata-directive");
  const replacesTags = directive(call, "x-amz-tagging-directive");
  if (source.bucket === bucket.name && source.object.key === request.key && !replacesMetadata) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing it.";
    throw new AwsError("InvalidRequest", {}, message);
  }
  if (!replacesTags && source.object.tags.size > 0) {
    await access.require("s3:GetObjectTagging", source.bucket, source.object.key);
  }
  const own = metadataOf(request);
  const metadata = {
    headers: replacesMetadata ? own.headers : source.object.headers,
    tags: replacesTags ? own.tags : source.object.tags,
  };
  const condition = await requireWrite(call, metadata);
  const opened = await source.objects.open(source.object.key);
  if (!opened) throw await missing(access, source.bucket, source.object.key);
  const staged = await bucket.objects.stage(opened.handle.createReadStream() as AsyncIterable<Buffer>);
  const object = await bucket.objects.commit(request.key, staged, metadata, condition);
  await call.changed({ key: request.key, reason: "CopyObject", object });
  return xmlReply("CopyObjectResult", { LastModified: object.lastModified.toISOString(), ETag: object.etag });
}

export async function deleteObject({ request, bucket, access, changed }: Call): Promise<Reply> {
  await access.require("s3:DeleteObject", bucket.name, request.key);
  const existed = await bucket.objects.delete(request.key);
  await changed({ key: request.key, reason: "DeleteObject", existed });
  return { status: 204, headers: {} };
}

export async function deleteObjects({ request, bucket, access, changed }: Call): Promise<Reply> {
  const body = await textPayload(request);
  const keys = readElements(body, "Delete", "Object", ["Key"]).map(({ Key }) => Key);
  if (keys.length === 0 || keys.length > MAX_DELETED_KEYS) throw new AwsError("MalformedXML");
  const deleted: XmlElements[] = [];
  const errors: XmlElements[] = [];
  for (const key of keys) {
    if (key === undefined || key === "") throw new AwsError("MalformedXML");
    if (await access.may("s3:DeleteObject", bucket.name, key)) {
      const existed = await bucket.objects.delete(key);
      await changed({ key, reason: "DeleteObject", existed });
      deleted.push({ Key: key });
    } else {
      errors.push({ Key: key, Code: "AccessDenied", Message: "Access Denied" });
    }
  }
  const isQuiet = /<Quiet>\s*true\s*<\/Quiet>/i.test(body);
  return xmlReply("DeleteResult", { Deleted: isQuiet ? [] : deleted, Error: errors });
}

/**
 * Asks for what a write needs, and reads its conditions; `If-None-Match` needs nothing more, `If-Match` reading, tags their own
 * permission. (S3 user guide, Conditional writes)
 * @param createsObject false for the start of an upload in parts, which IAM tells from the rest
 * @throws AwsError AccessDenied, or NotImplemented for an `If-None-Match` other than `*`
 */
export async function requireWrite(
  { request, bucket, access }: Call,
  { tags }: Pick<ObjectMetadata, "tags">,
  createsObject = true,
): Promise<WriteCondition> {
  const ifNoneMatch = request.header("if-none-match");
  const ifMatch = request.header("if-match");
  await access.require("s3:PutObject", bucket.name, request.key, {
    "s3:ObjectCreationOperation": String(createsObject),
    ...(ifNoneMatch === undefined ? {} : { "s3:if-none-match": ifNoneMatch }),
    ...(ifMatch === undefined ? {} : { "s3:if-match": ifMatch }),
  });
  if (tags.size > 0) await access.require("s3:PutObjectTagging", bucket.name, request.key);
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    throw new AwsError("NotImplemented", { Header: "If-None-Match" });
  if (ifMatch !== undefined) await access.require("s3:GetObject", bucket.name, request.key);
  return {
    mustNotExist: ifNoneMatch !== undefined,
    ...(ifMatch === undefined ? {} : { etag: `"${ifMatch.replaceAll('"', "")}"` }),
  };
}

async function copySource({ request, buckets, access }: Call) {
  const header = request.header("x-amz-copy-source") ?? "";
  if (header.includes("?")) throw new AwsError("NotImplemented", { Header: "x-amz-copy-source" });
  const source = percentDecode(header).replace(/^\//, "");
  const slash = source.indexOf("/");
  const [name, key] = [source.slice(0, slash), source.slice(slash + 1)];
  if (slash === -1 || key === "") throw new AwsError("InvalidArgument", { ArgumentName: "x-amz-copy-source" });
  const bucket = buckets.get(name);
  if (!bucket) throw new AwsError("NoSuchBucket", { BucketName: name });
  await access.require("s3:GetObject", name, key);
  const object: StoredObject | undefined = await bucket.objects.get(key);
  if (!object) throw await missing(access, name, key);
  return { bucket: name, objects: bucket.objects, object };
}

function directive({ request }: Call, name: string): boolean {
  const value = request.header(name) ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw new AwsError("InvalidArgument", { ArgumentName: name });
  return value === "REPLACE";
}
