import { z } from "zod";
import type { Headers } from "../http/exchange";

const NO_WILDCARD = /^(\*|[^*]+)$/;

/** The CORS settings of a response headers policy, as far as they are served here. */
export const CorsInputs = z.object({
  accessControlAllowCredentials: z.literal(false, "the local stack serves CORS without credentials"),
  accessControlAllowOrigins: z.object({
    items: z.array(z.string().regex(NO_WILDCARD, "the local stack serves whole origins, or *")).min(1),
  }),
  accessControlExposeHeaders: z.object({ items: z.array(z.string()) }).nullish(),
  originOverride: z.boolean(),
  // These are for preflights, which no behaviour is served here that takes them.
  accessControlAllowHeaders: z.object({ items: z.array(z.string()).min(1, "CloudFront takes no empty list") }),
  accessControlAllowMethods: z.object({ items: z.array(z.string()).min(1, "CloudFront takes no empty list") }),
  accessControlMaxAgeSec: z.number().nullish(),
});

/** What CloudFront says to pages on other origins. */
export interface CorsHeaders {
  readonly origins: readonly string[];
  readonly exposed: readonly string[];
  /** Whether it takes the place of what the origin says. */
  readonly override: boolean;
}

export function corsOf(inputs: z.output<typeof CorsInputs>): CorsHeaders {
  return {
    origins: inputs.accessControlAllowOrigins.items,
    exposed: inputs.accessControlExposeHeaders?.items ?? [],
    override: inputs.originOverride,
  };
}

/**
 * An answer's headers with those of CORS, which only a request with an `Origin` gets, and only one that is listed: `null`,
 * which a browser says after a redirect to a third origin, is listed by `*` alone. `Vary` is CloudFront's own from here
 * on, whatever the origin or the policy says: `Origin`, and nothing to a page where every origin gets the same answer.
 * (CloudFront guide, "Understand response headers policies"; for Vary, github.com/ttoss/ttoss/pull/1205)
 */
export function withCors(headers: Headers, cors: CorsHeaders, origin: string | undefined): Headers {
  const everybody = cors.origins.includes("*");
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "vary"));
  const varying: Headers = origin !== undefined && everybody ? others : { ...others, vary: "Origin" };
  if (origin === undefined || !(everybody || cors.origins.includes(origin))) return varying;
  const own = {
    "access-control-allow-origin": everybody ? "*" : origin,
    ...(cors.exposed.length > 0 ? { "access-control-expose-headers": cors.exposed.join(",") } : {}),
  };
  return cors.override ? { ...varying, ...own } : { ...own, ...varying };
}
