import type { Credentials } from "../aws/credentials";
import { AwsError } from "../aws/aws-error";
import { authenticate } from "../aws/signature";
import { LOOPBACK, type LocalServer } from "../http/listen";
import type { PartRequest, Reply } from "../http/serve-part";
import type { Iam } from "../iam/iam";
import { ANONYMOUS, type Principal } from "../iam/principal";
import type { Trace } from "../trace";
import { Access } from "./access";
import type { Bucket, ObjectChange } from "./bucket";
import { parseRequest } from "./call";
import { operationOf, type S3Operation } from "./operations";
import { getObject } from "./read";
import { type AmzIds, serveBucket, xmlErrorReply } from "./serve-bucket";

/** Dependencies of the endpoints of S3's API. */
export interface S3Parts {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly iam: Iam;
  readonly credentials: Credentials;
  readonly trace: Trace;
  /** Counts a call, whatever the response. */
  readonly counted: (operation: S3Operation) => void;
  /** Reports a change that a call makes. */
  readonly changed: (change: ObjectChange) => Promise<void>;
}

/**
 * Starts the S3 endpoint: path-style requests, each allowed or denied by IAM as the owner of the key that signed it.
 * @throws UserError if the port is taken
 */
export function startEndpoint(parts: S3Parts, port: number): Promise<LocalServer> {
  const bucketOf = ({ target }: PartRequest) => parts.buckets.get(/^\/([^/?]*)/.exec(target)?.[1] ?? "");
  const answer = (request: PartRequest, ids: AmzIds) => answerCall(parts, request, ids);
  return serveBucket({ part: "s3", bucketOf, answer, errorReply: xmlErrorReply }, parts.trace, port);
}

async function answerCall(parts: S3Parts, http: PartRequest, ids: AmzIds): Promise<Reply> {
  const request = parseRequest(http.message);
  const identity = await authenticate(request, parts.credentials, "s3");
  if (identity?.requestId !== undefined) {
    http.requestId = identity.requestId;
    http.entry = false;
  }
  const { name, handle } = operationOf(request);
  http.what = `${name} ${request.key === "" ? (request.query.get("prefix") ?? "") : request.key}`.trimEnd();
  const bucket = parts.buckets.get(request.bucket);
  // Counted before the client can have the response, whatever it is.
  parts.counted(name);
  if (!bucket) throw new AwsError("NoSuchBucket", { BucketName: request.bucket });
  const { requestId } = http;
  // On AWS these calls use TLS.
  const access = new Access(parts.iam, parts.trace, identity?.principal ?? ANONYMOUS, requestId, true);
  const call = { requestId, amzRequestId: ids.requestId, sourceIp: http.message.socket.remoteAddress ?? LOOPBACK };
  return handle({
    request,
    bucket,
    access,
    changed: (change) => parts.changed({ ...change, bucket: bucket.name, call }),
  });
}

/**
 * Starts a bucket's own host, as CloudFront requests objects: by path alone. An origin access control signs every
 * request, so each is allowed or denied as `principal`'s.
 * @throws UserError if the port is taken
 */
export function startOriginEndpoint(
  parts: S3Parts,
  bucket: Bucket,
  principal: Principal,
  port: number,
): Promise<LocalServer> {
  const answer = (request: PartRequest) => answerOrigin(parts, bucket, principal, request);
  const endpoint = { part: "s3", bucketOf: () => bucket, answer, errorReply: xmlErrorReply } as const;
  return serveBucket(endpoint, parts.trace, port);
}

async function answerOrigin(parts: S3Parts, bucket: Bucket, principal: Principal, http: PartRequest): Promise<Reply> {
  const { message, method, requestId } = http;
  // S3 ignores parameters that it does not know.
  const [path = "/"] = http.target.split("?", 1);
  http.what = `GetObject ${path.slice(1)}`;
  parts.counted(method === "HEAD" ? "HeadObject" : "GetObject");
  if (method !== "GET" && method !== "HEAD") throw new AwsError("MethodNotAllowed", { Method: method });
  const request = parseRequest(message, `/${bucket.name}${path}`);
  if (request.key === "") throw new AwsError("AccessDenied");
  const access = new Access(parts.iam, parts.trace, principal, requestId, true);
  return getObject({ request, bucket, access });
}
