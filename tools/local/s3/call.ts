import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { AwsError } from "../aws/aws-error";
import { parseQuery, percentDecode } from "../aws/uri";
import { xmlDocument, type XmlElements } from "../aws/xml";
import type { Reply } from "../http/serve-part";
import type { Access } from "./access";
import type { Bucket, ObjectChange } from "./bucket";

/** S3's limit of a key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** A parsed request to S3. */
export interface S3Request {
  readonly method: string;
  /** Decoded: `/bucket/p_1/a b.jpg`. */
  readonly path: string;
  /** Empty for a request to the service. */
  readonly bucket: string;
  /** Empty for a request to the bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  header(name: string): string | undefined;
  readonly message: IncomingMessage;
}

/** One call to S3 by an authenticated caller. */
export interface Call {
  readonly request: S3Request;
  readonly bucket: Bucket;
  readonly access: Access;
  /** Reports a change; resolves when it is recorded. */
  readonly changed: (change: Omit<ObjectChange, "bucket" | "call">) => Promise<void>;
}

/** A call that changes nothing. */
export type ReadCall = Omit<Call, "changed">;

/**
 * Parses a path-style request.
 * @throws AwsError InvalidURI, KeyTooLongError
 */
export function parseRequest(message: IncomingMessage, target = message.url ?? "/"): S3Request {
  const [rawPath = "", ...query] = target.split("?");
  const path = percentDecode(rawPath);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
  const { method = "GET", headers } = message;
  const header = (name: string) => headers[name]?.toString();
  return { method, path, bucket, key, query: new Map(parseQuery(query.join("?"))), headers, header, message };
}

export function xmlReply(root: string, content: XmlElements): Reply {
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root, content) };
}

/**
 * Returns S3's error for a missing key: NoSuchKey only for callers that may list the bucket, so that others cannot find
 * out which keys exist. (S3 API, GetObject)
 */
export async function missing(access: Access, bucket: string, key: string): Promise<AwsError> {
  return (await access.may("s3:ListBucket", bucket))
    ? new AwsError("NoSuchKey", { Key: key })
    : new AwsError("AccessDenied");
}
