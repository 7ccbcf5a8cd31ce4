import type { IncomingMessage } from "node:http";
import { AwsError } from "../aws/aws-error";
import { parseQuery, percentDecode } from "../aws/uri";

/** S3's limit of a key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** A request to the S3 endpoint, taken apart. */
export interface S3Request {
  readonly method: string;
  /** Decoded: `/bucket/p_1/a b.jpg`. */
  readonly path: string;
  readonly bucket: string;
  /** Empty for a request to the bucket. */
  readonly key: string;
  /** In the order sent; a name may come twice. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** The last value of each parameter. */
  readonly query: ReadonlyMap<string, string>;
  header(name: string): string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
}

/** @throws AwsError for a URI that cannot be read, or a key that is too long. */
export function parseRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? "/";
  const mark = target.indexOf("?");
  const path = percentDecode(mark === -1 ? target : target.slice(0, mark));
  const parameters = parseQuery(mark === -1 ? "" : target.slice(mark + 1));
  const slash = path.indexOf("/", 1);
  const [bucket, key] = slash === -1 ? [path.slice(1), ""] : [path.slice(1, slash), path.slice(slash + 1)];
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
  return {
    method: message.method ?? "GET",
    path,
    bucket,
    key,
    parameters,
    query: new Map(parameters),
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(",") : value;
    },
    headers: message.headers,
    body: message,
  };
}
