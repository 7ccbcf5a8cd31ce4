import { createServer, type IncomingMessage } from "node:http";
import { answered, asked, requestIdOf } from "../http/exchange";
import type { Iam } from "../iam/iam";
import { ANONYMOUS } from "../iam/principal";
import type { Trace } from "../trace";
import { Access } from "./access";
import type { Bucket } from "./bucket";
import { preflightReply, withCors } from "./cors";
import { listen, type LocalServer } from "../http/listen";
import { objectReply, type Reply } from "./object-reply";
import { encodePath, redirectFor, type Redirect } from "./routing-rules";
import { AwsError } from "../aws/aws-error";
import { newAmzIds, sendReply } from "./send-reply";
import { percentDecode } from "../aws/uri";
import type { WebsiteConfiguration } from "./website-configuration";
import { websiteError } from "./website-error";

/** What a website endpoint works on. */
export interface WebsiteParts {
  readonly bucket: Bucket;
  /** `undefined` for a bucket without a website: every request is a 404. */
  readonly configuration: WebsiteConfiguration | undefined;
  readonly iam: Iam;
  readonly trace: Trace;
  /** Turns the `Location` of a redirect, which names hosts of AWS, into the local one. */
  readonly localize: (location: string) => string;
}

/**
 * Starts a bucket's website endpoint: plain HTTP, GET and HEAD, read as nobody in particular.
 * (S3 user guide, Website endpoints)
 * @throws UserError if the port is taken
 */
export async function startWebsiteEndpoint(parts: WebsiteParts, port: number): Promise<LocalServer> {
  const server = createServer((message, response) => {
    const startedAt = Date.now();
    const start = performance.now();
    const ids = newAmzIds();
    const { requestId, entry } = requestIdOf(message, parts.trace);
    const method = message.method ?? "";
    void answer(message, parts, requestId)
      .catch((error: unknown) => {
        const known = error instanceof AwsError ? error : new AwsError("InternalError", { Detail: String(error) });
        return websiteError(known, ids);
      })
      .then((reply) => withCors(parts.bucket.cors, message, reply))
      .then((reply) =>
        sendReply(response, method, reply, ids, (bytes) => {
          const what = `${method} ${message.url ?? ""}`;
          const ms = performance.now() - start;
          const detail = reply.error ?? reply.headers.location;
          const exchange = { ...asked(message), ...answered(reply.headers) };
          const hop = { requestId, entry, what, status: reply.status, startedAt, ms, bytes, ...exchange };
          parts.trace.report({ ...hop, part: "website", ...(detail === undefined ? {} : { detail }) });
        }),
      );
  });
  return listen(server, port);
}

async function answer(message: IncomingMessage, parts: WebsiteParts, requestId: string): Promise<Reply> {
  const { bucket, configuration, localize } = parts;
  const method = message.method ?? "";
  if (!configuration) throw new AwsError("NoSuchWebsiteConfiguration", { BucketName: bucket.name });
  if (method === "OPTIONS") return preflightReply(bucket.cors, message);
  if (method !== "GET" && method !== "HEAD") {
    throw new AwsError("MethodNotAllowed", { Method: method, ResourceType: "OBJECT" });
  }
  const requested = percentDecode((message.url ?? "/").split("?", 1)[0] ?? "").slice(1);
  const host = message.headers.host ?? "";
  const { indexSuffix, routingRules } = configuration;
  const toReply = ({ status, location }: Redirect): Reply => ({
    status,
    headers: { location: localize(location), "content-length": "0" },
  });

  const always = redirectFor(routingRules, requested, undefined, host);
  if (always) return toReply(always);
  // The website endpoint has no TLS, on AWS either.
  const access = new Access(parts.iam, parts.trace, ANONYMOUS, requestId, false);
  const key = requested === "" || requested.endsWith("/") ? requested + indexSuffix : requested;
  try {
    await access.require("s3:GetObject", bucket.name, key);
    const reply = await objectReply(bucket.objects, key, method, message.headers);
    if (reply) return reply;
    if (key === requested && (await bucket.objects.get(`${key}/${indexSuffix}`))) {
      return { status: 302, headers: { location: `/${encodePath(key)}/`, "content-length": "0" } };
    }
    // Unlike GetObject, the website says so whether or not the bucket may be listed.
    throw new AwsError("NoSuchKey", { Key: key });
  } catch (error) {
    const redirect = error instanceof AwsError && redirectFor(routingRules, requested, error.status, host);
    if (redirect) return toReply(redirect);
    throw error;
  }
}
