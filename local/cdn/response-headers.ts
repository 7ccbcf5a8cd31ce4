import { z } from "zod";
import { inputsOf, ofType, refuseInputs } from "../declared";
import type { Headers } from "../http/exchange";
import type { RegisteredResource } from "../program";

/** A header that a response headers policy adds. */
export interface AddedHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it takes the place of the origin's. */
  readonly override: boolean;
}

const PolicyInputs = z.looseObject({
  customHeadersConfig: z.looseObject({
    items: z.array(z.object({ header: z.string(), value: z.string(), override: z.boolean() })),
  }),
});

/**
 * The declared response headers policies, by id.
 * @throws UserError for one that does more than add headers
 */
export function readHeaderPolicies(
  resources: readonly RegisteredResource[],
): ReadonlyMap<string, readonly AddedHeader[]> {
  return new Map(
    ofType(resources, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").map((resource) => {
      refuseInputs(`the response headers policy "${resource.name}"`, resource.inputs, [
        "corsConfig",
        "removeHeadersConfig",
        "securityHeadersConfig",
        "serverTimingHeadersConfig",
      ]);
      const { items } = inputsOf(resource, PolicyInputs).customHeadersConfig;
      return [
        resource.id,
        items.map(({ header, value, override }) => ({ name: header.toLowerCase(), value, override })),
      ];
    }),
  );
}

/** An answer's headers with those of a policy. */
export function withAddedHeaders(headers: Headers, added: readonly AddedHeader[]): Headers {
  const missing = added.filter(({ name, override }) => override || !(name in headers));
  return { ...headers, ...Object.fromEntries(missing.map(({ name, value }) => [name, value])) };
}
