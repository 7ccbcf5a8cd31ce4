import { z } from "zod";
import { inputsOf, ofType, rejectInputs } from "../declared";
import { type CorsRule, sharingHeaders } from "../http/cors";
import { type Headers, without } from "../http/exchange";
import type { RegisteredResource } from "@image-resizer/lib/program";

/** A response headers policy. */
export interface HeadersPolicy {
  /** Headers that replace the origin's, by lower-case name. */
  readonly added: Headers;
  readonly cors?: Pick<CorsRule, "allowedOrigins" | "exposeHeaders">;
}

const overriding = z.literal(true, "the local stack serves policies that override the origin");
const someItems = z.object({ items: z.array(z.string()).min(1, "CloudFront accepts no empty list") });

const PolicyInputs = z.looseObject({
  customHeadersConfig: z
    .looseObject({ items: z.array(z.object({ header: z.string(), value: z.string(), override: overriding })) })
    .nullish(),
  corsConfig: z
    .object({
      accessControlAllowCredentials: z.literal(false, "the local stack serves CORS without credentials"),
      accessControlAllowOrigins: z.object({
        items: z.array(z.string().regex(/^(\*|[^*]+)$/, "the local stack serves whole origins, or *")).min(1),
      }),
      accessControlExposeHeaders: z.object({ items: z.array(z.string()) }).nullish(),
      originOverride: overriding,
      // For preflights, which no behaviour that is served here allows.
      accessControlAllowHeaders: someItems,
      accessControlAllowMethods: someItems,
      accessControlMaxAgeSec: z.number().nullish(),
    })
    .nullish(),
});

/**
 * Reads the declared response headers policies, by id.
 * @throws UserError for one that does more than add headers, or has CORS settings that are not served here
 */
export function readHeaderPolicies(resources: readonly RegisteredResource[]): ReadonlyMap<string, HeadersPolicy> {
  return new Map(
    ofType(resources, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").map((resource) => {
      rejectInputs(`the response headers policy "${resource.name}"`, resource.inputs, [
        "removeHeadersConfig",
        "securityHeadersConfig",
        "serverTimingHeadersConfig",
      ]);
      const { customHeadersConfig, corsConfig: cors } = inputsOf(resource, PolicyInputs);
      const items = customHeadersConfig?.items ?? [];
      return [
        resource.id,
        {
          added: Object.fromEntries(items.map(({ header, value }) => [header.toLowerCase(), value])),
          ...(cors
            ? {
                cors: {
                  allowedOrigins: cors.accessControlAllowOrigins.items,
                  exposeHeaders: cors.accessControlExposeHeaders?.items ?? [],
                },
              }
            : {}),
        },
      ];
    }),
  );
}

/**
 * Applies a policy to the headers of a response to a page of `origin`. With CORS, only a request with a listed `Origin`
 * gets headers of it; `null`, which a browser sends after a redirect to a third origin, is listed by `*` alone. `Vary` is
 * then CloudFront's own: `Origin`, and nothing for a page where every origin gets the same response.
 * (CloudFront guide, "Understand response headers policies"; for Vary, github.com/ttoss/ttoss/pull/1205)
 */
export function withPolicy(headers: Headers, { added, cors }: HeadersPolicy, origin: string | undefined): Headers {
  const all: Headers = { ...headers, ...added };
  if (!cors) return all;
  const isSameForAll = origin !== undefined && cors.allowedOrigins.includes("*");
  return { ...without(all, "vary"), ...(isSameForAll ? {} : { vary: "Origin" }), ...sharingHeaders(cors, origin) };
}
