import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../aws/aws-error";
import { awsEncodePath } from "../aws/signature";
import { isNotModified, requestedRange } from "../http/conditional";
import type { Reply } from "../http/server";
import { type ReadCall, xmlReply } from "./call";
import type { ObjectStore, StoredObject } from "./object-store";

const MAX_KEYS = 1000;

/**
 * Serves GetObject and HeadObject. Only callers that may list the bucket are told that a key is missing, so that others
 * cannot find out which keys exist. (S3 API, GetObject)
 */
export async function getObject({ request: { key, method, headers }, bucket, access }: ReadCall): Promise<Reply> {
  access.require("s3:GetObject", key);
  const reply = await objectReply(bucket.objects, key, method, headers);
  if (reply) return reply;
  throw access.may("s3:ListBucket") ? new AwsError("NoSuchKey", { Key: key }) : new AwsError("AccessDenied");
}

export async function listObjectsV2({ request, bucket, access }: ReadCall): Promise<Reply> {
  access.require("s3:ListBucket");
  const { query } = request;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const maxKeys = Number(query.get("max-keys") ?? MAX_KEYS);
  const encodingType = query.get("encoding-type");
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new AwsError("InvalidArgument", { ArgumentName: "max-keys" });
  if (encodingType !== undefined && encodingType !== "url") {
    throw new AwsError("InvalidArgument", { ArgumentName: "encoding-type" });
  }

  const after = token === undefined ? (startAfter ?? "") : Buffer.from(token, "base64url").toString();
  const entries = entriesOf(bucket.objects, prefix, delimiter, after);
  const page = entries.slice(0, Math.min(maxKeys, MAX_KEYS));
  const isTruncated = maxKeys > 0 && page.length < entries.length;
  const encode = encodingType === "url" ? awsEncodePath : (key: string) => key;
  const contents = [];
  const commonPrefixes = [];
  for (const entry of page) {
    const object = await bucket.objects.get(entry);
    if (commonPrefix(entry, prefix, delimiter) !== undefined) commonPrefixes.push({ Prefix: encode(entry) });
    else if (object) {
      contents.push({
        Key: encode(entry),
        LastModified: object.lastModified.toISOString(),
        ETag: object.etag,
        Size: object.size,
        StorageClass: "STANDARD",
      });
    }
  }
  return xmlReply("ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: isTruncated ? Buffer.from(page.at(-1) ?? "").toString("base64url") : undefined,
    EncodingType: encodingType,
    KeyCount: contents.length + commonPrefixes.length,
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    Contents: contents,
    CommonPrefixes: commonPrefixes,
  });
}

/** Returns the keys after `after` in the order of their UTF-8 bytes, those below a common prefix as one entry. */
function entriesOf(store: ObjectStore, prefix: string, delimiter: string, after: string): string[] {
  const afterBytes = Buffer.from(after);
  const isPrefix = delimiter !== "" && after.endsWith(delimiter);
  const keys = [...store.keys()]
    .filter((key) => key.startsWith(prefix) && !(isPrefix && key.startsWith(after)))
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .filter(({ bytes }) => Buffer.compare(bytes, afterBytes) > 0)
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return [...new Set(keys.map(({ key }) => commonPrefix(key, prefix, delimiter) ?? key))];
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** Headers of a 304 beside its validators. */
const CACHE_HEADERS = ["cache-control", "expires"];

/**
 * Answers GET or HEAD with an object, its bytes streamed: 200, 206 or 304 as conditions and range demand.
 * Returns `undefined` for a missing object.
 * @throws AwsError PreconditionFailed, InvalidRange
 */
export async function objectReply(
  store: ObjectStore,
  key: string,
  method: string,
  requestHeaders: IncomingHttpHeaders,
): Promise<Reply | undefined> {
  const opened = await store.open(key);
  if (!opened) return undefined;
  const { object, handle } = opened;
  const { etag, size } = object;
  const lastModified = object.lastModified.toUTCString();
  const validators = { etag, "last-modified": lastModified };
  let isStreaming = false;
  try {
    assertPreconditions(requestHeaders, object);
    if (isNotModified(requestHeaders, { etag, lastModified })) {
      const kept = Object.entries(object.headers).filter(([name]) => CACHE_HEADERS.includes(name));
      return { status: 304, headers: { ...Object.fromEntries(kept), ...validators } };
    }
    const range = requestedRange(requestHeaders, { etag, lastModified }, size);
    if (range === "unsatisfiable") {
      const RangeRequested = requestHeaders.range ?? "";
      throw new AwsError("InvalidRange", { RangeRequested, ActualObjectSize: String(size) });
    }
    const { first: start, last: end } = range ?? { first: 0, last: size - 1 };
    const headers = {
      "content-type": "binary/octet-stream",
      ...object.headers,
      ...validators,
      "accept-ranges": "bytes",
      "content-length": String(end - start + 1),
      ...(range ? { "content-range": `bytes ${start}-${end}/${size}` } : {}),
    };
    const status = range ? 206 : 200;
    if (method === "HEAD" || size === 0) return { status, headers };
    isStreaming = true;
    return { status, headers, body: handle.createReadStream({ start, end }) };
  } finally {
    if (!isStreaming) await handle.close();
  }
}

/**
 * Evaluates the conditions that come before the others. (RFC 9110, 13.2.2)
 * @throws AwsError PreconditionFailed
 */
function assertPreconditions(headers: IncomingHttpHeaders, { etag, lastModified }: StoredObject): void {
  const ifMatch = headers["if-match"]?.split(",").map((tag) => tag.trim());
  if (ifMatch && !ifMatch.includes("*") && !ifMatch.includes(etag)) {
    throw new AwsError("PreconditionFailed", { Condition: "If-Match" });
  }
  if (!ifMatch && lastModified.getTime() > Date.parse(headers["if-unmodified-since"] ?? "")) {
    throw new AwsError("PreconditionFailed", { Condition: "If-Unmodified-Since" });
  }
}
