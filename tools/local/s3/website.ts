import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { AwsError } from "../aws/aws-error";
import { percentDecode } from "../aws/signature";
import { escapeMarkup } from "../aws/xml";
import { inputsOf, ofType, rejectInputs } from "../declared";
import type { LocalServer, PartRequest, Reply } from "../http/server";
import { ANONYMOUS } from "../iam/iam";
import { Access } from "./call";
import { type AmzIds, serveBucket } from "./endpoint";
import { objectReply } from "./read";
import type { Bucket, Storage } from "./storage";

const TYPE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";

const text = z.string().optional();

const redirect = z
  .object({
    protocol: z.enum(["http", "https"]).default("http"),
    hostName: text,
    httpRedirectCode: z
      .string()
      .regex(/^3\d\d$/, "S3 accepts a 3xx code")
      .default("301"),
    replaceKeyPrefixWith: text,
    replaceKeyWith: text,
  })
  .refine((rule) => rule.replaceKeyPrefixWith === undefined || rule.replaceKeyWith === undefined, {
    message: "S3 accepts one of replaceKeyPrefixWith and replaceKeyWith",
  });

const routingRule = z.object({
  /** Without a condition a rule always applies. */
  condition: z.object({ keyPrefixEquals: z.string().default(""), httpErrorCodeReturnedEquals: text }).prefault({}),
  redirect,
});

const configuration = z.object({
  indexDocument: z.object({ suffix: z.string().regex(/^[^/]+$/, "S3 accepts a suffix without a slash") }),
  routingRules: z
    .array(routingRule)
    .nullish()
    .transform((rules) => rules ?? []),
});

type RoutingRule = z.output<typeof routingRule>;

/**
 * Starts a bucket's website endpoint: plain HTTP, GET and HEAD, anonymous. (S3 user guide, Website endpoints)
 * @param localize returns the local URL of a redirect, whose `Location` names hosts of AWS
 * @throws UserError if the port is taken, or for a website that S3 would reject, or that the local stack does not serve
 */
export function startWebsiteEndpoint(
  { iam, trace }: Pick<Storage, "iam" | "trace">,
  bucket: Bucket,
  resources: readonly RegisteredResource[],
  localize: (location: string) => string,
  port: number,
): Promise<LocalServer> {
  const { indexDocument, routingRules } = declaredWebsite(resources, bucket.name);
  const answer = async ({ method, target, message, requestId }: PartRequest): Promise<Reply> => {
    if (method !== "GET" && method !== "HEAD") {
      throw new AwsError("MethodNotAllowed", { Method: method, ResourceType: "OBJECT" });
    }
    const requested = percentDecode(target.split("?", 1)[0] ?? "").slice(1);
    const redirectReply = (errorStatus?: number): Reply | undefined => {
      const redirect = redirectFor(routingRules, requested, errorStatus, message.headers.host ?? "");
      return redirect && redirectTo(redirect.status, localize(redirect.location));
    };
    const unconditional = redirectReply();
    if (unconditional) return unconditional;
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
      const redirect = error instanceof AwsError ? redirectReply(error.status) : undefined;
      if (redirect) return redirect;
      throw error;
    }
  };
  return serveBucket({ part: "website", bucketOf: () => bucket, answer, errorReply: errorPage }, trace, port);
}

/** Returns the website that the program declares for a bucket. (S3 user guide, Website routing rules) */
function declaredWebsite(resources: readonly RegisteredResource[], bucket: string): z.output<typeof configuration> {
  const found = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  const [resource] = found;
  if (!resource || found.length > 1) {
    throw new UserError(`a website needs one ${TYPE}, and the bucket ${bucket} has ${found.length}`);
  }
  rejectInputs(resource.name, resource.inputs, ["routingRuleDetails", "errorDocument", "redirectAllRequestsTo"]);
  return inputsOf(resource, configuration);
}

function redirectTo(status: number, location: string): Reply {
  return { status, headers: { location, "content-length": "0" } };
}

/**
 * Returns the redirect of the first rule that applies.
 * @param errorStatus status of the error that the request led to; `undefined` before the object is looked for, when only
 *   rules without an error code apply
 * @param host host of the request, for rules that name none
 */
function redirectFor(
  rules: readonly RoutingRule[],
  key: string,
  errorStatus: number | undefined,
  host: string,
): { readonly status: number; readonly location: string } | undefined {
  const rule = rules.find(
    ({ condition: { keyPrefixEquals, httpErrorCodeReturnedEquals } }) =>
      httpErrorCodeReturnedEquals === errorStatus?.toString() && key.startsWith(keyPrefixEquals),
  );
  if (!rule) return undefined;
  const { protocol, hostName = host, httpRedirectCode } = rule.redirect;
  return { status: Number(httpRedirectCode), location: `${protocol}://${hostName}/${targetPath(rule, key)}` };
}

/** A replacement is sent as declared: `?` and `=` in it are a query string. */
function targetPath({ condition, redirect: { replaceKeyWith, replaceKeyPrefixWith } }: RoutingRule, key: string) {
  if (replaceKeyWith !== undefined) return replaceKeyWith;
  if (replaceKeyPrefixWith === undefined) return encodePath(key);
  return replaceKeyPrefixWith + encodePath(key.slice(condition.keyPrefixEquals.length));
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
