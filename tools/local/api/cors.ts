import { z } from "zod";
import type { ApiAnswer } from "./proxy-answer";

const names = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/** The CORS configuration of an HTTP API, as far as it is served here. */
export const CorsInputs = z.object({
  allowCredentials: z.literal(false, "the local stack serves CORS without credentials").nullish(),
  allowOrigins: z.array(z.string().regex(/^(\*|[^*]+)$/, "the local stack serves whole origins, or *")).min(1),
  allowMethods: names,
  allowHeaders: names,
  exposeHeaders: names,
  maxAge: z.number().nullish(),
});

export type Cors = z.output<typeof CorsInputs>;

/** The request headers that decide, by lower-case name. */
interface Asked {
  readonly origin?: string | undefined;
  readonly "access-control-request-method"?: string | undefined;
  readonly "access-control-request-headers"?: string | undefined;
}

/**
 * The answer to an OPTIONS request, which API Gateway gives by itself, without a route: 204, with headers where origin,
 * method and headers are allowed. (API Gateway guide, http-api-cors)
 */
export function preflightAnswer(cors: Cors, asked: Asked): ApiAnswer {
  const origin = allowedOrigin(cors, asked.origin);
  const method = asked["access-control-request-method"];
  const requested = (asked["access-control-request-headers"] ?? "").split(",").flatMap((name) => name.trim() || []);
  const allowed =
    origin !== undefined &&
    method !== undefined &&
    lists(cors.allowMethods, method) &&
    requested.every((name) => lists(cors.allowHeaders, name));
  return {
    status: 204,
    headers: allowed
      ? {
          "access-control-allow-origin": origin,
          "access-control-allow-methods": cors.allowMethods.join(","),
          ...(cors.allowHeaders.length > 0 ? { "access-control-allow-headers": cors.allowHeaders.join(",") } : {}),
          ...(cors.maxAge == null ? {} : { "access-control-max-age": String(cors.maxAge) }),
        }
      : {},
    body: Buffer.alloc(0),
  };
}

/** An integration's answer with the API's CORS headers instead of its own, which API Gateway ignores. */
export function withCors(cors: Cors, asked: Asked, answer: ApiAnswer): ApiAnswer {
  const origin = allowedOrigin(cors, asked.origin);
  const others = Object.entries(answer.headers).filter(([name]) => !name.startsWith("access-control-"));
  const own =
    origin === undefined
      ? {}
      : {
          "access-control-allow-origin": origin,
          ...(cors.exposeHeaders.length > 0 ? { "access-control-expose-headers": cors.exposeHeaders.join(",") } : {}),
        };
  return { ...answer, headers: { ...Object.fromEntries(others), ...own } };
}

/** What `Access-Control-Allow-Origin` says to an origin; undefined for nothing. */
function allowedOrigin({ allowOrigins }: Cors, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes("*")) return "*";
  return allowOrigins.includes(origin) ? origin : undefined;
}

function lists(allowed: readonly string[], name: string): boolean {
  return allowed.some((one) => one === "*" || one.toLowerCase() === name.toLowerCase());
}
