import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";

/** Declared origins. */
export const corsOrigins = z
  .array(z.string().regex(/^(\*|[^*]+)$/, "the local stack serves whole origins, or *"))
  .min(1, "AWS needs one origin at least");

/** Access for pages of other origins. No request headers are allowed but those that every page may send. */
export interface CorsRule {
  /** Whole origins, or `*`. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number | undefined;
}

/** Tests a request, or the one that a preflight asks for. */
export function isAllowed(rule: CorsRule, method: string, headers: IncomingHttpHeaders): boolean {
  const { "access-control-request-method": asked = method, "access-control-request-headers": names = "" } = headers;
  return (
    allowedOrigin(rule, headers.origin) !== undefined && rule.allowedMethods.includes(asked) && names.trim() === ""
  );
}

/** Headers that let a page of an allowed origin read a response; none for other origins. */
export function sharingHeaders(
  rule: Pick<CorsRule, "allowedOrigins" | "exposeHeaders">,
  origin: string | undefined,
): Record<string, string> {
  const allowed = allowedOrigin(rule, origin);
  if (allowed === undefined) return {};
  const exposed = rule.exposeHeaders.join(", ");
  return {
    "access-control-allow-origin": allowed,
    ...(exposed === "" ? {} : { "access-control-expose-headers": exposed }),
  };
}

/** Headers that allow the request of a preflight. */
export function preflightHeaders(rule: CorsRule, origin: string | undefined): Record<string, string> {
  const { allowedMethods, maxAgeSeconds } = rule;
  return {
    ...sharingHeaders({ ...rule, exposeHeaders: [] }, origin),
    "access-control-allow-methods": allowedMethods.join(", "),
    ...(maxAgeSeconds === undefined ? {} : { "access-control-max-age": String(maxAgeSeconds) }),
  };
}

function allowedOrigin({ allowedOrigins }: Pick<CorsRule, "allowedOrigins">, origin: string | undefined) {
  if (origin === undefined) return undefined;
  if (allowedOrigins.includes("*")) return "*";
  return allowedOrigins.includes(origin) ? origin : undefined;
}
