import { createServer, type IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import { answered, asked, requestIdOf } from "../http/exchange";
import type { Iam } from "../iam/iam";
import { ANONYMOUS } from "../iam/principal";
import type { Trace } from "../trace";
import { Access } from "./access";
import type { Bucket } from "./bucket";
import type { Call } from "./call";
import { preflightReply, withCors } from "./cors";
import type { Credentials } from "../aws/credentials";
import type { ObjectChange } from "./object-change";
import { listen, LOOPBACK, type LocalServer } from "../http/listen";
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from "./multipart-calls";
import type { Reply } from "./object-reply";
import { operationOf, type S3Operation } from "./operation";
import { getObject, getObjectTagging, listObjects } from "./read-calls";
import { AwsError } from "../aws/aws-error";
import { parseRequest } from "./s3-request";
import { newAmzIds, sendReply, type AmzIds } from "./send-reply";
import { authenticate } from "../aws/signature";
import { copyObject, deleteObject, deleteObjects, putObject } from "./write-calls";
import { xmlError } from "../aws/xml";

const HANDLERS: Readonly<Record<S3Operation, (call: Call) => Promise<Reply>>> = {
  GetObject: getObject,
  HeadObject: getObject,
  GetObjectTagging: getObjectTagging,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};

/** What the S3 endpoint works on. */
export interface S3Parts {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly iam: Iam;
  readonly credentials: Credentials;
  readonly trace: Trace;
  /** Told of every operation that was answered, whatever the answer. */
  readonly counted: (operation: S3Operation) => void;
  /** Told of every change that a call makes. */
  readonly changed: (change: ObjectChange) => Promise<void>;
}

/** What is learnt of a request on the way, for its error and its trace. */
interface Progress {
  requestId: string;
  entry: boolean;
  what: string;
  operation?: S3Operation;
  bucket?: Bucket;
}

/**
 * Starts the S3 endpoint: path-style requests, judged by IAM as the caller that their signature names.
 * @throws UserError if the port is taken
 */
export async function startEndpoint(parts: S3Parts, port: number): Promise<LocalServer> {
  const server = createServer((message, response) => {
    const startedAt = Date.now();
    const start = performance.now();
    const ids = newAmzIds();
    const progress: Progress = {
      ...requestIdOf(message, parts.trace),
      what: `${message.method ?? ""} ${message.url ?? ""}`,
    };
    void answer(message, parts, progress, ids)
      .catch(async (error: unknown) => {
        // A client that is still sending would miss an answer on a connection that closes under it.
        await finished(message.resume()).catch(() => undefined);
        return errorReply(error, ids);
      })
      .then((reply) => withCors(progress.bucket?.cors ?? [], message, reply))
      .then((reply) =>
        sendReply(response, message.method ?? "", reply, ids, (bytes) => {
          if (progress.operation) parts.counted(progress.operation);
          const { requestId, entry, what } = progress;
          const ms = performance.now() - start;
          const exchange = { ...asked(message), ...answered(reply.headers) };
          const hop = { requestId, entry, what, status: reply.status, startedAt, ms, bytes, ...exchange };
          parts.trace.report({ ...hop, part: "s3", ...(reply.error === undefined ? {} : { detail: reply.error }) });
        }),
      );
  });
  return listen(server, port);
}

async function answer(message: IncomingMessage, parts: S3Parts, progress: Progress, ids: AmzIds): Promise<Reply> {
  const request = parseRequest(message);
  const bucket = parts.buckets.get(request.bucket);
  if (bucket) progress.bucket = bucket;
  // A preflight carries no signature.
  if (request.method === "OPTIONS") return preflightReply(bucket?.cors ?? [], message);
  const identity = authenticate(request, parts.credentials, "s3");
  if (identity?.requestId !== undefined) {
    progress.requestId = identity.requestId;
    progress.entry = false;
  }
  const operation = operationOf(request);
  progress.operation = operation;
  progress.what = `${operation} ${request.key === "" ? (request.query.get("prefix") ?? "") : request.key}`.trimEnd();
  if (!bucket) throw new AwsError("NoSuchBucket", { BucketName: request.bucket });
  // On AWS these calls go over TLS.
  const access = new Access(parts.iam, parts.trace, identity?.principal ?? ANONYMOUS, progress.requestId, true);
  const sourceIp = message.socket.remoteAddress ?? LOOPBACK;
  const changed: Call["changed"] = (change) => {
    const { requestId } = progress;
    return parts.changed({
      ...change,
      bucket: bucket.name,
      call: { requestId, amzRequestId: ids.requestId, sourceIp },
    });
  };
  return HANDLERS[operation]({ request, bucket, buckets: parts.buckets, access, changed });
}

/** What S3 answers where a call fails. */
export function errorReply(error: unknown, ids: AmzIds): Reply {
  const known = error instanceof AwsError ? error : new AwsError("InternalError", { Detail: String(error) });
  const body = xmlError({
    Code: known.code,
    Message: known.message,
    ...known.details,
    RequestId: ids.requestId,
    HostId: ids.hostId,
  });
  return { status: known.status, headers: { "content-type": "application/xml" }, body, error: known.code };
}
