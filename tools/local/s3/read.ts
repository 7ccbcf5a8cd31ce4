import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../aws/aws-error";
import { isNotModified, requestedRange } from "../http/conditional";
import type { Reply } from "../http/server";
import type { Access, ReadCall } from "./call";
import type { ObjectStore, StoredObject } from "./object-store";

/** Serves GetObject and HeadObject. */
export async function getObject({ request: { key, method, headers }, bucket, access }: ReadCall): Promise<Reply> {
  access.require("s3:GetObject", key);
  const reply = await objectReply(bucket.objects, key, method, headers);
  if (reply) return reply;
  throw missingObject(access, key);
}

/**
 * Returns the error of a missing object. Only callers that may list the bucket are told that it is missing, so that others
 * cannot find out which keys exist. (S3 API, GetObject)
 */
export function missingObject(access: Access, key: string): AwsError {
  return access.may("s3:ListBucket") ? new AwsError("NoSuchKey", { Key: key }) : new AwsError("AccessDenied");
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
