import type { IncomingHttpHeaders } from "node:http";

/** Access for pages of other origins. A pattern has at most one `*`, which stands for any text. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  /** Request headers that a preflight may ask for; names in any case. */
  readonly allowedHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number | null | undefined;
}

/** Cross-origin request that a preflight asks for, or that is sent. */
export interface CorsRequest {
  readonly origin: string | undefined;
  readonly method: string;
  /** Names in lower case. Only a preflight has any. */
  readonly headers: readonly string[];
}

/** Reads the cross-origin part of a request's headers. */
export function corsRequest(method: string, headers: IncomingHttpHeaders): CorsRequest {
  const names = headers["access-control-request-headers"] ?? "";
  return {
    origin: headers.origin,
    method: headers["access-control-request-method"] ?? method,
    headers: names.split(",").flatMap((name) => name.trim().toLowerCase() || []),
  };
}

/** Tests origin, method and every header of a request. */
export function isAllowed(rule: CorsRule, { origin, method, headers }: CorsRequest): boolean {
  const allowedHeaders = rule.allowedHeaders.map((pattern) => pattern.toLowerCase());
  return (
    allowedOrigin(rule, origin) !== undefined &&
    matchesAny(rule.allowedMethods, method) &&
    headers.every((name) => matchesAny(allowedHeaders, name))
  );
}

/** Value of `Access-Control-Allow-Origin`; `undefined` for an origin that is not allowed. */
export function allowedOrigin(
  { allowedOrigins }: Pick<CorsRule, "allowedOrigins">,
  origin: string | undefined,
): string | undefined {
  if (origin === undefined || !matchesAny(allowedOrigins, origin)) return undefined;
  return allowedOrigins.includes("*") ? "*" : origin;
}

/** Headers that let a page of an allowed origin read a response; none for other origins. */
export function sharingHeaders(
  rule: Pick<CorsRule, "allowedOrigins" | "exposeHeaders">,
  origin: string | undefined,
): Record<string, string> {
  const allowed = allowedOrigin(rule, origin);
  if (allowed === undefined) return {};
  return { "access-control-allow-origin": allowed, ...list("access-control-expose-headers", rule.exposeHeaders) };
}

/** Headers that allow the request of a preflight. @param headers names to answer with */
export function preflightHeaders(
  rule: CorsRule,
  { origin }: CorsRequest,
  headers: readonly string[],
): Record<string, string> {
  const { allowedMethods, maxAgeSeconds } = rule;
  return {
    ...sharingHeaders({ ...rule, exposeHeaders: [] }, origin),
    ...list("access-control-allow-methods", allowedMethods),
    ...list("access-control-allow-headers", headers),
    ...(maxAgeSeconds == null ? {} : { "access-control-max-age": String(maxAgeSeconds) }),
  };
}

function list(name: string, values: readonly string[]): Record<string, string> {
  return values.length > 0 ? { [name]: values.join(", ") } : {};
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const [before = "", after] = pattern.split("*");
    if (after === undefined) return pattern === text;
    return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
  });
}
