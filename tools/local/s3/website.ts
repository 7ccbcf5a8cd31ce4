import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { AwsError } from "../aws/aws-error";
import { percentDecode } from "../aws/signature";
import { escapeMarkup } from "../aws/xml";
import { inputsOf, single, unserved } from "../declared";
import type { LocalServer, PartRequest, Reply } from "../http/server";
import { ANONYMOUS } from "../iam/iam";
import { Access } from "./call";
import { type AmzIds, serveBucket } from "./endpoint";
import { objectReply } from "./read";
import type { Bucket, Storage } from "./storage";

export const WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";

const routingRule = z.strictObject({
  condition: z.strictObject({ httpErrorCodeReturnedEquals: z.string() }),
  redirect: z.strictObject({
    protocol: z.enum(["http", "https"]),
    hostName: z.string(),
    httpRedirectCode: z.string().regex(/^3\d\d$/, "S3 accepts a 3xx code"),
    replaceKeyPrefixWith: z.string(),
  }),
});

/** Only rules of an error that put a prefix before the key are served. (S3 user guide, Website routing rules) */
const configuration = z.object({
  ...unserved("routingRuleDetails", "errorDocument", "redirectAllRequestsTo"),
  indexDocument: z.object({ suffix: z.string().regex(/^[^/]+$/, "S3 accepts a suffix without a slash") }),
  routingRules: z.array(routingRule).default([]),
});

/**
 * Starts a bucket's website endpoint: plain HTTP, GET and HEAD, anonymous. (S3 user guide, Website endpoints)
 * @throws UserError if the port is taken, or for a website that S3 would reject, or that the local stack does not serve
 */
export function startWebsiteEndpoint(
  { iam, trace }: Pick<Storage, "iam" | "trace">,
  bucket: Bucket,
  resources: readonly RegisteredResource[],
  localize: (location: string) => string,
  port: number,
): Promise<LocalServer> {
  const resource = single(
    resources.filter(({ inputs }) => inputs.bucket === bucket.name),
    WEBSITE,
  );
  const { indexDocument, routingRules } = inputsOf(resource, configuration);
  const answer = async ({ method, target, message, requestId }: PartRequest): Promise<Reply> => {
    if (method !== "GET" && method !== "HEAD") {
      throw new AwsError("MethodNotAllowed", { Method: method, ResourceType: "OBJECT" });
    }
    const requested = percentDecode(target.split("?", 1)[0] ?? "").slice(1);
    // The website endpoint has no TLS on AWS either.
    const access = new Access(iam, bucket.name, ANONYMOUS, requestId, false);
    const key = requested === "" || requested.endsWith("/") ? requested + indexDocument.suffix : requested;
    try {
      access.require("s3:GetObject", key);
      const reply = await objectReply(bucket.objects, key, method, message.headers);
      if (reply) return reply;
      if (key === requested && (await bucket.objects.get(`${key}/${indexDocument.suffix}`))) {
        return redirectTo(302, `/${encodePath(key)}/`);
      }
      // Unlike GetObject, the website answers 404 whether or not the bucket may be listed.
      throw new AwsError("NoSuchKey", { Key: key });
    } catch (error) {
      const status = error instanceof AwsError ? String(error.status) : undefined;
      const rule = routingRules.find(({ condition }) => condition.httpErrorCodeReturnedEquals === status);
      if (!rule) throw error;
      const { protocol, hostName, httpRedirectCode, replaceKeyPrefixWith } = rule.redirect;
      // The replacement is sent as declared: `?` and `=` in it are a query string.
      const location = `${protocol}://${hostName}/${replaceKeyPrefixWith}${encodePath(requested)}`;
      return redirectTo(Number(httpRedirectCode), localize(location));
    }
  };
  return serveBucket({ part: "website", bucketOf: () => bucket, answer, errorReply: errorPage }, trace, port);
}

function redirectTo(status: number, location: string): Reply {
  return { status, headers: { location, "content-length": "0" } };
}

/** Percent-encodes a key once as the path of a URI; `&`, `=`, `+` and the like stay. */
function encodePath(key: string): string {
  return encodeURI(key).replace(/[?#]/g, encodeURIComponent);
}

/** Returns the website's error: a page, with code and message in headers, too. */
function errorPage({ status, code, message, details }: AwsError, ids: AmzIds): Reply {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  const facts = { Code: code, Message: message, ...details, RequestId: ids.requestId, HostId: ids.hostId };
  const items = Object.entries(facts).map(([name, value]) => `<li>${name}: ${escapeMarkup(value)}</li>\n`);
  const head = `<html>\n<head><title>${title}</title></head>\n`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "x-amz-error-code": code,
    "x-amz-error-message": message,
  };
  const body = `${head}<body>\n<h1>${title}</h1>\n<ul>\n${items.join("")}</ul>\n<hr/>\n</body>\n</html>\n`;
  return { status, headers, body };
}
