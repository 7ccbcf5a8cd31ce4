import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { AwsError } from "../aws/aws-error";
import { inputsOf, ofType, strings } from "../declared";
import { corsOrigins, type CorsRule, isAllowed, preflightHeaders, sharingHeaders } from "../http/cors";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { Reply } from "../http/server";

const TYPE = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/** (S3 user guide, "Elements of a CORS configuration") */
const RuleInputs = z.strictObject({
  allowedOrigins: corsOrigins,
  allowedMethods: z.array(z.enum(["GET", "PUT", "HEAD", "POST", "DELETE"])).min(1),
  exposeHeaders: strings,
  maxAgeSeconds: z.number().optional(),
});

/**
 * Returns the CORS rule that the program declares for a bucket, if any.
 * @throws UserError for rules that S3 would reject, or more than one
 */
export function corsRule(resources: readonly RegisteredResource[], bucket: string): CorsRule | undefined {
  const [resource, ...others] = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  if (!resource) return undefined;
  if (others.length > 0) throw new UserError(`the bucket ${bucket} has more than one ${TYPE}`);
  return inputsOf(resource, z.looseObject({ corsRules: z.tuple([RuleInputs], "the local stack serves one rule") }))
    .corsRules[0];
}

/**
 * Answers a preflight.
 * @throws AwsError BadRequest, AccessForbidden where no rule allows it
 */
export function preflightReply(rule: CorsRule | undefined, message: IncomingMessage): Reply {
  const { origin, "access-control-request-method": method } = message.headers;
  if (origin === undefined) {
    throw new AwsError("BadRequest", {}, "Insufficient information. Origin request header needed.");
  }
  if (method === undefined) throw new AwsError("BadRequest", {}, "Invalid Access-Control-Request-Method: null");
  const forbidden = (ResourceType: string, reason: string) =>
    new AwsError("AccessForbidden", { Method: method, ResourceType }, `CORSResponse: ${reason}`);
  if (!rule) throw forbidden("BUCKET", "CORS is not enabled for this bucket.");
  const headers = corsHeaders(rule, message);
  if (!headers) throw forbidden("OBJECT", "This CORS request is not allowed.");
  return { status: 200, headers: { ...headers, "content-length": "0" } };
}

/** Adds the CORS headers of the rule to a response that it allows. */
export function withCors(rule: CorsRule | undefined, message: IncomingMessage, reply: Reply): Reply {
  const headers = message.method === "OPTIONS" ? undefined : corsHeaders(rule, message);
  return headers ? { ...reply, headers: { ...reply.headers, ...headers } } : reply;
}

/** S3 sends the headers of a preflight with every response, and `Vary` only to requests with an `Origin`. */
function corsHeaders(rule: CorsRule | undefined, { method = "", headers }: IncomingMessage) {
  if (!rule || !isAllowed(rule, method, headers)) return undefined;
  return {
    ...preflightHeaders(rule, headers.origin),
    ...sharingHeaders(rule, headers.origin),
    ...(rule.allowedOrigins.includes("*") ? {} : { "access-control-allow-credentials": "true" }),
    vary: VARY,
  };
}
