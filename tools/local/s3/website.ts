import { STATUS_CODES } from "node:http";
import { AwsError } from "../aws/aws-error";
import { percentDecode } from "../aws/uri";
import { escapeMarkup } from "../aws/xml";
import type { LocalServer } from "../http/listen";
import type { PartRequest, Reply } from "../http/serve-part";
import { ANONYMOUS } from "../iam/principal";
import { Access } from "./access";
import type { Bucket } from "./bucket";
import type { S3Services } from "./endpoint";
import { objectReply } from "./object-reply";
import { type AmzIds, serveBucket } from "./serve-bucket";
import { encodePath, redirectFor, type Redirect, type WebsiteConfiguration } from "./website-configuration";

/** Website of a bucket. */
export interface Website {
  readonly bucket: Bucket;
  /** `undefined` for a bucket without a website: every request is a 404. */
  readonly configuration: WebsiteConfiguration | undefined;
  /** Returns the local URL of a redirect, whose `Location` names hosts of AWS. */
  readonly localize: (location: string) => string;
}

type Services = Pick<S3Services, "iam" | "trace">;

/**
 * Starts a bucket's website endpoint: plain HTTP, GET and HEAD, anonymous. (S3 user guide, Website endpoints)
 * @throws UserError if the port is taken
 */
export function startWebsiteEndpoint(services: Services, website: Website, port: number): Promise<LocalServer> {
  const answer = (request: PartRequest) => answerWebsite(services, website, request);
  const bucketOf = () => website.bucket;
  return serveBucket({ part: "website", bucketOf, answer, errorReply: errorPage }, services.trace, port);
}

async function answerWebsite(services: Services, website: Website, http: PartRequest): Promise<Reply> {
  const { bucket, configuration, localize } = website;
  const { method, target, message, requestId } = http;
  if (!configuration) throw new AwsError("NoSuchWebsiteConfiguration", { BucketName: bucket.name });
  if (method !== "GET" && method !== "HEAD") {
    throw new AwsError("MethodNotAllowed", { Method: method, ResourceType: "OBJECT" });
  }
  const requested = percentDecode(target.split("?", 1)[0] ?? "").slice(1);
  const host = message.headers.host ?? "";
  const { indexDocument, routingRules } = configuration;
  const redirectReply = ({ status, location }: Redirect): Reply => ({
    status,
    headers: { location: localize(location), "content-length": "0" },
  });

  const unconditional = redirectFor(routingRules, requested, undefined, host);
  if (unconditional) return redirectReply(unconditional);
  // The website endpoint has no TLS on AWS either.
  const access = new Access(services, { principal: ANONYMOUS, requestId, secureTransport: false });
  const key = requested === "" || requested.endsWith("/") ? requested + indexDocument.suffix : requested;
  try {
    await access.require("s3:GetObject", bucket.name, key);
    const reply = await objectReply(bucket.objects, key, method, message.headers);
    if (reply) return reply;
    if (key === requested && (await bucket.objects.get(`${key}/${indexDocument.suffix}`))) {
      return { status: 302, headers: { location: `/${encodePath(key)}/`, "content-length": "0" } };
    }
    // Unlike GetObject, the website answers 404 whether or not the bucket may be listed.
    throw new AwsError("NoSuchKey", { Key: key });
  } catch (error) {
    const redirect = error instanceof AwsError && redirectFor(routingRules, requested, error.status, host);
    if (redirect) return redirectReply(redirect);
    throw error;
  }
}

/** Returns the website's error: a page, with code and message in headers, too. */
function errorPage({ status, code, message, details }: AwsError, ids: AmzIds): Reply {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  const facts = { Code: code, Message: message, ...details, RequestId: ids.requestId, HostId: ids.hostId };
  const items = Object.entries(facts).map(([name, value]) => `<li>${name}: ${escapeMarkup(value)}</li>\n`);
  const body = `<html>
<head><title>${title}</title></head>
<body>
<h1>${title}</h1>
<ul>
${items.join("")}</ul>
<hr/>
</body>
</html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "x-amz-error-code": code,
    "x-amz-error-message": message,
  };
  return { status, headers, body };
}
