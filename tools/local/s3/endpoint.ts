import { AwsError } from "../aws/aws-error";
import type { Credentials } from "../aws/credentials";
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

/** State and services that the endpoints share. */
export interface S3Services {
  readonly iam: Iam;
  readonly credentials: Credentials;
  readonly trace: Trace;
  findBucket(name: string): Bucket | undefined;
  /** Counts a call, whatever the response. */
  counted(operation: S3Operation): void;
  /** Reports a change that a call makes. */
  changed(change: ObjectChange): Promise<void>;
}

/**
 * Starts the S3 endpoint: path-style requests, each allowed or denied by IAM as the owner of the key that signed it.
 * @throws UserError if the port is taken
 */
export function startEndpoint(services: S3Services, port: number): Promise<LocalServer> {
  const bucketOf = ({ target }: PartRequest) => services.findBucket(/^\/([^/?]*)/.exec(target)?.[1] ?? "");
  const answer = (request: PartRequest, ids: AmzIds) => answerCall(services, request, ids);
  return serveBucket({ part: "s3", bucketOf, answer, errorReply: xmlErrorReply }, services.trace, port);
}

async function answerCall(services: S3Services, http: PartRequest, ids: AmzIds): Promise<Reply> {
  const request = parseRequest(http.message);
  const identity = await authenticate(request, services.credentials, "s3");
  if (identity?.requestId !== undefined) {
    http.requestId = identity.requestId;
    http.entry = false;
  }
  const { name, handle } = operationOf(request);
  http.what = `${name} ${request.key === "" ? (request.query.get("prefix") ?? "") : request.key}`.trimEnd();
  services.counted(name);
  const bucket = services.findBucket(request.bucket);
  if (!bucket) throw new AwsError("NoSuchBucket", { BucketName: request.bucket });
  const { requestId, message } = http;
  // On AWS these calls use TLS.
  const caller = { principal: identity?.principal ?? ANONYMOUS, requestId, secureTransport: true };
  const origin = { requestId, amzRequestId: ids.requestId, sourceIp: message.socket.remoteAddress ?? LOOPBACK };
  return handle({
    request,
    bucket,
    access: new Access(services, caller),
    changed: (change) => services.changed({ ...change, bucket: bucket.name, call: origin }),
  });
}

/**
 * Starts a bucket's own host, as CloudFront requests objects: by path alone. An origin access control signs every
 * request, so each is allowed or denied as `principal`'s.
 * @throws UserError if the port is taken
 */
export function startOriginEndpoint(
  services: S3Services,
  bucket: Bucket,
  principal: Principal,
  port: number,
): Promise<LocalServer> {
  const answer = async (http: PartRequest) => {
    const { message, method, requestId } = http;
    // S3 ignores parameters that it does not know.
    const [path = "/"] = http.target.split("?", 1);
    http.what = `GetObject ${path.slice(1)}`;
    services.counted(method === "HEAD" ? "HeadObject" : "GetObject");
    if (method !== "GET" && method !== "HEAD") throw new AwsError("MethodNotAllowed", { Method: method });
    const request = parseRequest(message, `/${bucket.name}${path}`);
    if (request.key === "") throw new AwsError("AccessDenied");
    const access = new Access(services, { principal, requestId, secureTransport: true });
    return getObject({ request, bucket, access });
  };
  const endpoint = { part: "s3", bucketOf: () => bucket, answer, errorReply: xmlErrorReply } as const;
  return serveBucket(endpoint, services.trace, port);
}
