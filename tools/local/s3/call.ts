import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { AwsError } from "../aws/aws-error";
import { parseQuery, percentDecode } from "../aws/signature";
import { xmlDocument, type XmlElements } from "../aws/xml";
import { splitTarget } from "../http/exchange";
import type { Reply } from "../http/server";
import type { AccessRequest, Iam, Principal } from "../iam/iam";
import type { Bucket, ObjectChange } from "./storage";

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
  /** Bucket of the request; any, for a request to the service. */
  readonly bucket: Bucket;
  /** Names of all buckets. */
  readonly buckets: readonly string[];
  readonly access: Access;
  /** Reports a change. */
  readonly changed: (change: Omit<ObjectChange, "bucket" | "requestId">) => void;
}

/** A call that changes nothing. */
export type ReadCall = Omit<Call, "changed">;

/** Permissions of one caller in a bucket, within one client's request. */
export class Access {
  readonly #authorize: (
    action: string,
    key?: string,
    context?: AccessRequest["context"],
  ) => ReturnType<Iam["authorize"]>;
  readonly #isRole: boolean;

  /** @param secureTransport true for a request that uses TLS on AWS */
  constructor(iam: Iam, bucket: string, principal: Principal, requestId: string, secureTransport = true) {
    this.#isRole = principal.kind === "role";
    this.#authorize = (action, key, context = {}) => {
      const resource = `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
      return iam.authorize(requestId, { principal, action, resource, secureTransport, context });
    };
  }

  /** Returns whether an action on an object, or on the bucket if there is no key, is allowed. */
  may(action: string, key?: string): boolean {
    return this.#authorize(action, key).allowed;
  }

  /** @param context condition keys of the call, such as `s3:if-none-match` @throws AwsError AccessDenied */
  require(action: string, key?: string, context?: AccessRequest["context"]): void {
    const { allowed, message } = this.#authorize(action, key, context);
    if (!allowed) throw new AwsError("AccessDenied", {}, this.#isRole ? message : undefined);
  }
}

/**
 * Parses a path-style request.
 * @throws AwsError InvalidURI, KeyTooLongError
 */
export function parseRequest(message: IncomingMessage, target = message.url ?? "/"): S3Request {
  const [rawPath, query] = splitTarget(target);
  const path = percentDecode(rawPath);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
  const { method = "GET", headers } = message;
  const header = (name: string) => headers[name]?.toString();
  return { method, path, bucket, key, query: new Map(parseQuery(query)), headers, header, message };
}

export function xmlReply(root: string, content: XmlElements): Reply {
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root, content) };
}
