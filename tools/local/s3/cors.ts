import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { AwsError } from "../aws/aws-error";
import { inputsOf, ofType, strings } from "../declared";
import { type CorsRule, corsRequest, isAllowed, preflightHeaders, sharingHeaders } from "../http/cors";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { Reply } from "../http/server";

const TYPE = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

const pattern = z.string().regex(/^[^*]*\*?[^*]*$/, "S3 accepts one * at most");

/** (S3 user guide, "Elements of a CORS configuration") */
const rule = z.object({
  allowedOrigins: z.array(pattern).min(1, "S3 needs one origin at least"),
  allowedMethods: z.array(z.enum(["GET", "PUT", "HEAD", "POST", "DELETE"])).min(1),
  allowedHeaders: z
    .array(pattern)
    .nullish()
    .transform((list) => list ?? []),
  exposeHeaders: strings,
  maxAgeSeconds: z.number().nullish(),
  id: z.string().nullish(),
});

/**
 * Returns the CORS rules that the program declares for a bucket; none if it declares none.
 * @throws UserError for rules that S3 would reject
 */
export function corsRules(resources: readonly RegisteredResource[], bucket: string): readonly CorsRule[] {
  const [resource, ...others] = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  if (!resource) return [];
  if (others.length > 0) throw new UserError(`the bucket ${bucket} has more than one ${TYPE}`);
  return inputsOf(resource, z.looseObject({ corsRules: z.array(rule).min(1) })).corsRules;
}

/**
 * Answers a preflight.
 * @throws AwsError BadRequest, AccessForbidden where no rule allows it
 */
export function preflightReply(rules: readonly CorsRule[], message: IncomingMessage): Reply {
  const { origin, "access-control-request-method": method } = message.headers;
  if (origin === undefined) {
    throw new AwsError("BadRequest", {}, "Insufficient information. Origin request header needed.");
  }
  if (method === undefined) throw new AwsError("BadRequest", {}, "Invalid Access-Control-Request-Method: null");
  const forbidden = (ResourceType: string, reason: string) =>
    new AwsError("AccessForbidden", { Method: method, ResourceType }, `CORSResponse: ${reason}`);
  if (rules.length === 0) throw forbidden("BUCKET", "CORS is not enabled for this bucket.");
  const headers = corsHeaders(rules, message);
  if (!headers) throw forbidden("OBJECT", "This CORS request is not allowed.");
  return { status: 200, headers: { ...headers, "content-length": "0" } };
}

/** Adds the CORS headers of the first rule that the request matches. */
export function withCors(rules: readonly CorsRule[], message: IncomingMessage, reply: Reply): Reply {
  const headers = message.method === "OPTIONS" ? undefined : corsHeaders(rules, message);
  return headers ? { ...reply, headers: { ...reply.headers, ...headers } } : reply;
}

/** S3 sends the headers of a preflight with every response, and `Vary` only to requests with an `Origin`. */
function corsHeaders(rules: readonly CorsRule[], { method = "", headers }: IncomingMessage) {
  const request = corsRequest(method, headers);
  const matched = rules.find((candidate) => isAllowed(candidate, request));
  return (
    matched && {
      ...preflightHeaders(matched, request, request.headers),
      ...sharingHeaders(matched, request.origin),
      ...(matched.allowedOrigins.includes("*") ? {} : { "access-control-allow-credentials": "true" }),
      vary: VARY,
    }
  );
}
