import { randomBytes } from "node:crypto";
import { finished } from "node:stream/promises";
import { AwsError } from "../aws/aws-error";
import { xmlError } from "../aws/xml";
import type { LocalServer } from "../http/listen";
import { type PartRequest, type Reply, servePart } from "../http/serve-part";
import type { Trace } from "../trace";
import type { Bucket } from "./bucket";
import { preflightReply, withCors } from "./cors";

/** Ids that S3 assigns to a request; the viewer's request has another. */
export interface AmzIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** Behavior of one of S3's endpoints. */
export interface BucketEndpoint {
  readonly part: "s3" | "website";
  /** Bucket of a request; `undefined` for one that the program does not declare. */
  readonly bucketOf: (request: PartRequest) => Bucket | undefined;
  readonly answer: (request: PartRequest, ids: AmzIds) => Promise<Reply>;
  readonly errorReply: (error: AwsError, ids: AmzIds) => Reply;
}

/**
 * Serves one of S3's endpoints: ids, preflights, CORS headers and error documents are common to all.
 * @throws UserError if the port is taken
 */
export function serveBucket(endpoint: BucketEndpoint, trace: Trace, port: number): Promise<LocalServer> {
  const { part, bucketOf, answer, errorReply } = endpoint;
  return servePart(part, trace, port, async (request) => {
    const { message } = request;
    const ids = {
      requestId: randomBytes(8).toString("hex").toUpperCase(),
      hostId: randomBytes(56).toString("base64"),
    };
    const cors = bucketOf(request)?.cors ?? [];
    const answered = async () => (request.method === "OPTIONS" ? preflightReply(cors, message) : answer(request, ids));
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

/** Returns S3's error document. */
export function xmlErrorReply({ status, code, message, details }: AwsError, ids: AmzIds): Reply {
  const body = xmlError({
    Code: code,
    Message: message,
    ...details,
    RequestId: ids.requestId,
    HostId: ids.hostId,
  });
  return { status, headers: { "content-type": "application/xml" }, body };
}
