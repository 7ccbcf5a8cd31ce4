import type { IncomingHttpHeaders } from "node:http";
import type { Reply } from "../http/serve-part";
import type { ObjectStore, StoredObject } from "./object-store";
import { AwsError } from "../aws/aws-error";

/** Bytes `start` to `end` inclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

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
  let isStreaming = false;
  try {
    if (isNotModified(requestHeaders, object)) return { status: 304, headers: notModifiedHeaders(object) };
    const span = requestedSpan(requestHeaders, object);
    const headers = {
      ...objectHeaders(object),
      "content-length": String(span ? span.end - span.start + 1 : object.size),
      ...(span ? { "content-range": `bytes ${span.start}-${span.end}/${object.size}` } : {}),
    };
    const status = span ? 206 : 200;
    if (method === "HEAD" || object.size === 0) return { status, headers };
    isStreaming = true;
    return { status, headers, body: handle.createReadStream({ ...(span ?? { start: 0, end: object.size - 1 }) }) };
  } finally {
    if (!isStreaming) await handle.close();
  }
}

function objectHeaders(object: StoredObject): Record<string, string> {
  return {
    "content-type": "binary/octet-stream",
    ...object.headers,
    etag: object.etag,
    "last-modified": object.lastModified.toUTCString(),
    "accept-ranges": "bytes",
  };
}

function notModifiedHeaders(object: StoredObject): Record<string, string> {
  const { "cache-control": cacheControl, expires } = object.headers;
  return {
    etag: object.etag,
    "last-modified": object.lastModified.toUTCString(),
    ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
    ...(expires === undefined ? {} : { expires }),
  };
}

/**
 * Evaluates preconditions in the order of RFC 9110, section 13.2.2.
 * @throws AwsError PreconditionFailed
 */
function isNotModified(headers: IncomingHttpHeaders, object: StoredObject): boolean {
  const modified = object.lastModified.getTime();
  if (headers["if-match"] !== undefined) {
    if (!matches(headers["if-match"], object)) throw new AwsError("PreconditionFailed", { Condition: "If-Match" });
  } else if (modified > Date.parse(headers["if-unmodified-since"] ?? "")) {
    throw new AwsError("PreconditionFailed", { Condition: "If-Unmodified-Since" });
  }
  if (headers["if-none-match"] !== undefined) return matches(headers["if-none-match"], object);
  return modified <= Date.parse(headers["if-modified-since"] ?? "");
}

function matches(list: string, { etag }: StoredObject): boolean {
  return list.split(",").some((candidate) => {
    const tag = candidate.trim().replace(/^W\//, "");
    return tag === "*" || tag === etag || `"${tag}"` === etag;
  });
}

/**
 * Returns the range to answer with; `undefined` for the whole object, as S3 answers several ranges and malformed ones.
 * @throws AwsError InvalidRange
 */
function requestedSpan(headers: IncomingHttpHeaders, object: StoredObject): Span | undefined {
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "");
  if (!range || !isCurrent(headers["if-range"], object)) return undefined;
  const [, first = "", last = ""] = range;
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, object.size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? object.size - 1 : Math.min(Number(last), object.size - 1);
  if (start > end) {
    throw new AwsError("InvalidRange", { RangeRequested: headers.range ?? "", ActualObjectSize: String(object.size) });
  }
  return { start, end };
}

/** `If-Range` demands the exact ETag or time; a weak ETag never matches. */
function isCurrent(ifRange: string | string[] | undefined, object: StoredObject): boolean {
  return ifRange === undefined || ifRange === object.etag || ifRange === object.lastModified.toUTCString();
}
