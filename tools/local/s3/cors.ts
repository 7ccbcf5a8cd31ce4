import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { inputsOf, ofType } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { Reply } from "./object-reply";
import { AwsError } from "../aws/aws-error";

const TYPE = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";

const wildcarded = z
  .array(z.string().regex(/^[^*]*\*?[^*]*$/, "S3 takes one * at most"))
  .nullish()
  .transform((list) => list ?? []);

const rule = z.object({
  allowedOrigins: wildcarded.refine((list) => list.length > 0, "S3 takes one origin at least"),
  allowedMethods: z.array(z.enum(["GET", "PUT", "HEAD", "POST", "DELETE"])).min(1),
  allowedHeaders: wildcarded,
  exposeHeaders: z
    .array(z.string())
    .nullish()
    .transform((list) => list ?? []),
  maxAgeSeconds: z.number().nullish(),
  id: z.string().nullish(),
});

/** A rule of a bucket's CORS configuration. (S3 user guide, "Elements of a CORS configuration") */
export type CorsRule = z.output<typeof rule>;

/**
 * The rules that the program declares for a bucket; none if it declares none.
 * @throws UserError for what S3 would refuse
 */
export function corsRules(resources: readonly RegisteredResource[], bucket: string): readonly CorsRule[] {
  const [resource, ...others] = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  if (!resource) return [];
  if (others.length > 0) throw new UserError(`the bucket ${bucket} has more than one ${TYPE}`);
  return inputsOf(resource, z.looseObject({ corsRules: z.array(rule).min(1) })).corsRules;
}

/**
 * The answer to a preflight.
 * @throws AwsError BadRequest, AccessForbidden where no rule allows it
 */
export function preflightReply(rules: readonly CorsRule[], message: IncomingMessage): Reply {
  const { origin, "access-control-request-method": method } = message.headers;
  if (origin === undefined) {
    throw new AwsError("BadRequest", {}, "Insufficient information. Origin request header needed.");
  }
  if (method === undefined) throw new AwsError("BadRequest", {}, "Invalid Access-Control-Request-Method: null");
  const details = { Method: method, ResourceType: "OBJECT" };
  if (rules.length === 0) {
    throw new AwsError(
      "AccessForbidden",
      { ...details, ResourceType: "BUCKET" },
      "CORSResponse: CORS is not enabled for this bucket.",
    );
  }
  const headers = corsHeaders(rules, message);
  if (!headers) throw new AwsError("AccessForbidden", details, "CORSResponse: This CORS request is not allowed.");
  return { status: 200, headers: { ...headers, "content-length": "0" } };
}

/** A reply as a page on another origin gets it: with the headers of the first rule that its request matches. */
export function withCors(rules: readonly CorsRule[], message: IncomingMessage, reply: Reply): Reply {
  if (message.method === "OPTIONS") return reply;
  const headers = corsHeaders(rules, message);
  return headers ? { ...reply, headers: { ...reply.headers, ...headers } } : reply;
}

/** S3 says that the answer varies only where it does: a request without an `Origin` is told nothing. */
function corsHeaders(rules: readonly CorsRule[], { method = "", headers }: IncomingMessage) {
  const { origin } = headers;
  if (origin === undefined) return undefined;
  const asked = headers["access-control-request-method"] ?? method;
  const requested = headers["access-control-request-headers"] ?? "";
  const names = requested.split(",").flatMap((name) => name.trim().toLowerCase() || []);
  const matched = rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders }) =>
      allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      allowedMethods.some((one) => one === asked) &&
      names.every((name) => allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (!matched) return undefined;
  const { allowedOrigins, allowedMethods, exposeHeaders, maxAgeSeconds } = matched;
  const everybody = allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": everybody ? "*" : origin,
    ...(everybody ? {} : { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": allowedMethods.join(", "),
    ...(names.length > 0 ? { "access-control-allow-headers": names.join(", ") } : {}),
    ...(exposeHeaders.length > 0 ? { "access-control-expose-headers": exposeHeaders.join(", ") } : {}),
    ...(maxAgeSeconds == null ? {} : { "access-control-max-age": String(maxAgeSeconds) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

function matches(pattern: string, text: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === text;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}
