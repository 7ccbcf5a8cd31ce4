import { createServer, type IncomingMessage } from "node:http";
import { requestIdOf } from "../http/exchange";
import type { Principal } from "../iam/principal";
import { Access } from "./access";
import type { Bucket } from "./bucket";
import { withCors } from "./cors";
import { errorReply, type S3Parts } from "./endpoint";
import { listen, type LocalServer } from "../http/listen";
import type { Reply } from "./object-reply";
import { getObject } from "./read-calls";
import { parseRequest } from "./s3-request";
import { AwsError } from "../aws/aws-error";
import { newAmzIds, sendReply } from "./send-reply";

/**
 * Starts a bucket as CloudFront asks for its objects: at the bucket's own host, by path alone. An origin access control
 * signs every request, so that each is judged as `principal`'s.
 * @throws UserError if the port is taken
 */
export async function startOriginEndpoint(
  parts: S3Parts,
  bucket: Bucket,
  principal: Principal,
  port: number,
): Promise<LocalServer> {
  const server = createServer((message, response) => {
    const startedAt = Date.now();
    const start = performance.now();
    const ids = newAmzIds();
    const { requestId, entry } = requestIdOf(message, parts.trace);
    const method = message.method ?? "";
    const what = `GetObject ${message.url?.split("?", 1)[0]?.slice(1) ?? ""}`;
    void answer(message, parts, bucket, principal, requestId)
      .catch((error: unknown) => errorReply(error, ids))
      .then((reply) => withCors(bucket.cors, message, reply))
      .then((reply) =>
        sendReply(response, method, reply, ids, (bytes) => {
          parts.counted(method === "HEAD" ? "HeadObject" : "GetObject");
          const hop = { requestId, entry, what, status: reply.status, startedAt, ms: performance.now() - start, bytes };
          parts.trace.report({ ...hop, part: "s3", ...(reply.error === undefined ? {} : { detail: reply.error }) });
        }),
      );
  });
  return listen(server, port);
}

async function answer(
  message: IncomingMessage,
  parts: S3Parts,
  bucket: Bucket,
  principal: Principal,
  requestId: string,
): Promise<Reply> {
  const method = message.method ?? "";
  if (method !== "GET" && method !== "HEAD") throw new AwsError("MethodNotAllowed", { Method: method });
  // Parameters that S3 does not know change nothing.
  message.url = `/${bucket.name}${message.url?.split("?", 1)[0] ?? "/"}`;
  const request = parseRequest(message);
  if (request.key === "") throw new AwsError("AccessDenied");
  const access = new Access(parts.iam, parts.trace, principal, requestId, true);
  return getObject({ request, bucket, buckets: parts.buckets, access });
}
