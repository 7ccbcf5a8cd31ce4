import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Reply } from "./object-reply";

/** S3's own ids of a request; the viewer's request has another. */
export interface AmzIds {
  readonly requestId: string;
  readonly hostId: string;
}

export function newAmzIds(): AmzIds {
  return { requestId: randomBytes(8).toString("hex").toUpperCase(), hostId: randomBytes(56).toString("base64") };
}

/**
 * Sends a reply to the end. A client that goes away ends it without an error.
 * @param method a HEAD gets the headers only
 * @param report is told the bytes of the body once, before the client can have the last of them: whoever has the answer
 *   finds the call in the trace
 */
export async function sendReply(
  response: ServerResponse,
  method: string,
  { status, headers, body }: Reply,
  ids: AmzIds,
  report: (bytes: number) => void,
): Promise<void> {
  response.writeHead(status, {
    "x-amz-id-2": ids.hostId,
    "x-amz-request-id": ids.requestId,
    server: "AmazonS3",
    ...(typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {}),
    ...headers,
  });
  if (typeof body === "string" || body === undefined) {
    const bytes = method === "HEAD" ? "" : (body ?? "");
    report(Buffer.byteLength(bytes));
    response.end(bytes);
    return;
  }
  let sent = 0;
  let isReported = false;
  const reportOnce = () => {
    if (!isReported) report(sent);
    isReported = true;
  };
  async function* lastHeldBack(chunks: AsyncIterable<Buffer>) {
    let last: Buffer | undefined;
    for await (const chunk of chunks) {
      if (last) yield last;
      last = chunk;
      sent += chunk.length;
    }
    reportOnce();
    if (last) yield last;
  }
  await pipeline(body, lastHeldBack, response).catch(() => {
    reportOnce();
    response.destroy();
  });
}
