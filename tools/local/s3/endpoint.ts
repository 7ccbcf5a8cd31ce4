import { randomBytes } from "node:crypto";
import { finished } from "node:stream/promises";
import { AwsError } from "../aws/aws-error";
import { authenticate } from "../aws/signature";
import { xmlError } from "../aws/xml";
import { type LocalServer, type PartRequest, type Reply, servePart } from "../http/server";
import { ANONYMOUS, type Principal } from "../iam/iam";
import type { Trace } from "../trace";
import { Access, parseRequest } from "./call";
import { preflightReply, withCors } from "./cors";
import { notImplemented, operationOf } from "./operations";
import { getObject } from "./read";
import type { Bucket, Storage } from "./storage";

/** Ids that S3 assigns to a request; the client's request has another. */
export interface AmzIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** Behavior of one of S3's endpoints. */
interface BucketEndpoint {
  readonly part: "s3" | "website";
  /** Bucket of a request; `undefined` for one that the program does not declare. */
  readonly bucketOf: (request: PartRequest) => Bucket | undefined;
  readonly answer: (request: PartRequest) => Promise<Reply>;
  /** Default: S3's error document. */
  readonly errorReply?: (error: AwsError, ids: AmzIds) => Reply;
}

/**
 * Serves one of S3's endpoints: ids, preflights, CORS headers and error documents are common to all.
 * @throws UserError if the port is taken
 */
export function serveBucket(endpoint: BucketEndpoint, trace: Trace, port: number): Promise<LocalServer> {
  const { part, bucketOf, answer, errorReply = xmlErrorReply } = endpoint;
  return servePart(part, trace, port, async (request) => {
    const { message } = request;
    const ids = {
      requestId: randomBytes(8).toString("hex").toUpperCase(),
      hostId: randomBytes(56).toString("base64"),
    };
    const cors = bucketOf(request)?.cors;
    const answered = async () => (request.method === "OPTIONS" ? preflightReply(cors, message) : answer(request));
    const reply = await answered().catch(async (error: unknown) => {
      // A client that is still sending would miss a response on a connection that closes under it.
      await finished(message.resume()).catch(() => undefined);
      const known = error instanceof AwsError ? error : new AwsError("InternalError", { Detail: String(error) });
      return { ...errorReply(known, ids), detail: known.code };
    });
    const { headers, ...rest } = withCors(cors, message, reply);
    const own = { "x-amz-id-2": ids.hostId, "x-amz-request-id": ids.requestId, server: "AmazonS3" };
    return { ...rest, headers: { ...own, ...headers } };
  });
}

function xmlErrorReply({ status, code, message, details }: AwsError, ids: AmzIds): Reply {
  const body = xmlError({ Code: code, Message: message, ...details, RequestId: ids.requestId, HostId: ids.hostId });
  return { status, headers: { "content-type": "application/xml" }, body };
}

/**
 * Starts the S3 endpoint: path-style requests, each allowed or denied by IAM as the owner of the key that signed it.
 * @throws UserError if the port is taken
 */
export function startEndpoint(storage: Storage, port: number): Promise<LocalServer> {
  const bucketOf = ({ target }: PartRequest) => storage.findBucket(/^\/([^/?]*)/.exec(target)?.[1] ?? "");
  const answer = async (http: PartRequest) => {
    const request = parseRequest(http.message);
    const identity = await authenticate(request, storage.credentials, "s3");
    if (identity?.requestId !== undefined) {
      http.requestId = identity.requestId;
      http.entry = false;
    }
    const { name, handle } = operationOf(request);
    http.what = `${name} ${request.key === "" ? (request.query.get("prefix") ?? "") : request.key}`.trimEnd();
    storage.counted(name);
    const { buckets } = storage;
    const isService = request.bucket === "";
    const bucket = storage.findBucket(isService ? (buckets[0] ?? "") : request.bucket);
    if (!bucket && name === "CreateBucket")
      throw notImplemented("CreateBucket of a bucket that the program does not declare");
    if (!bucket) throw new AwsError("NoSuchBucket", { BucketName: request.bucket });
    const { requestId } = http;
    return handle({
      request,
      bucket,
      buckets,
      access: new Access(storage.iam, isService ? "*" : bucket.name, identity?.principal ?? ANONYMOUS, requestId),
      changed: (change) => {
        storage.changed({ ...change, bucket: bucket.name, requestId });
      },
    });
  };
  return serveBucket({ part: "s3", bucketOf, answer }, storage.trace, port);
}

/**
 * Starts a bucket's own host, as CloudFront requests objects: by path alone. An origin access control signs every
 * request, so each is allowed or denied as `principal`'s.
 * @throws UserError if the port is taken
 */
export function startOriginEndpoint(
  storage: Storage,
  bucket: Bucket,
  principal: Principal,
  port: number,
): Promise<LocalServer> {
  const answer = async (http: PartRequest) => {
    const { message, method, requestId } = http;
    // S3 ignores parameters that it does not know.
    const [path = "/"] = http.target.split("?", 1);
    http.what = `GetObject ${path.slice(1)}`;
    storage.counted(method === "HEAD" ? "HeadObject" : "GetObject");
    if (method !== "GET" && method !== "HEAD") throw new AwsError("MethodNotAllowed", { Method: method });
    const request = parseRequest(message, `/${bucket.name}${path}`);
    if (request.key === "") throw new AwsError("AccessDenied");
    return getObject({
      request,
      bucket,
      buckets: [bucket.name],
      access: new Access(storage.iam, bucket.name, principal, requestId),
    });
  };
  return serveBucket({ part: "s3", bucketOf: () => bucket, answer }, storage.trace, port);
}
