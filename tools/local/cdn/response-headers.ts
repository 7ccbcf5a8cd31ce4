import { z } from "zod";
import { inputsOf, ofType, refuseInputs } from "../declared";
import type { Headers } from "../http/exchange";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { type CorsHeaders, CorsInputs, corsOf, withCors } from "./cors";

/** A header that a response headers policy adds. */
export interface AddedHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it takes the place of the origin's. */
  readonly override: boolean;
}

/** What a response headers policy does to an answer. */
export interface HeadersPolicy {
  readonly added: readonly AddedHeader[];
  readonly cors?: CorsHeaders;
}

const PolicyInputs = z.looseObject({
  customHeadersConfig: z
    .looseObject({ items: z.array(z.object({ header: z.string(), value: z.string(), override: z.boolean() })) })
    .nullish(),
  corsConfig: CorsInputs.nullish(),
});

/**
 * The declared response headers policies, by id.
 * @throws UserError for one that does more than add headers, or has CORS settings that are not served here
 */
export function readHeaderPolicies(resources: readonly RegisteredResource[]): ReadonlyMap<string, HeadersPolicy> {
  return new Map(
    ofType(resources, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").map((resource) => {
      refuseInputs(`the response headers policy "${resource.name}"`, resource.inputs, [
        "removeHeadersConfig",
        "securityHeadersConfig",
        "serverTimingHeadersConfig",
      ]);
      const { customHeadersConfig, corsConfig } = inputsOf(resource, PolicyInputs);
      const items = customHeadersConfig?.items ?? [];
      return [
        resource.id,
        {
          added: items.map(({ header, value, override }) => ({ name: header.toLowerCase(), value, override })),
          ...(corsConfig ? { cors: corsOf(corsConfig) } : {}),
        },
      ];
    }),
  );
}

/** An answer's headers as a policy makes them, for a viewer whose page has this origin, if any. */
export function withPolicy(headers: Headers, { added, cors }: HeadersPolicy, origin: string | undefined): Headers {
  const missing = added.filter(({ name, override }) => override || !(name in headers));
  const all = { ...headers, ...Object.fromEntries(missing.map(({ name, value }) => [name, value])) };
  return cors ? withCors(all, cors, origin) : all;
}
