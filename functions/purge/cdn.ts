import { randomUUID } from "node:crypto";
import { type CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { encodeKey } from "../variant-key";

/** The CDN, as far as the purge function needs it. */
export interface Cdn {
  /** Makes the CDN ask for these variants again. */
  invalidate(variants: readonly string[]): Promise<void>;
}

export class CloudFrontCdn implements Cdn {
  readonly #client: CloudFrontClient;
  readonly #distributionId: string;
  readonly #keyInQuery: boolean;

  /** @param keyInQuery whether the CDN keeps a variant under its path with `?key=` behind it */
  constructor(client: CloudFrontClient, distributionId: string, keyInQuery: boolean) {
    this.#client = client;
    this.#distributionId = distributionId;
    this.#keyInQuery = keyInQuery;
  }

  async invalidate(variants: readonly string[]): Promise<void> {
    const paths = variants.flatMap((key) => invalidationPaths(key, this.#keyInQuery));
    await this.#client.send(
      new CreateInvalidationCommand({
        DistributionId: this.#distributionId,
        InvalidationBatch: {
          CallerReference: randomUUID(),
          Paths: { Quantity: paths.length, Items: paths },
        },
      }),
    );
  }
}

/**
 * Returns the paths that a variant may be cached under. CloudFront tells percent-encoded characters from plain ones, and asks for
 * no more encoding than a URL needs (CloudFront guide, "What you need to know when invalidating files"): the redirect's
 * form comes first, the form with less encoding after it, where it is another.
 */
export function invalidationPaths(key: string, keyInQuery: boolean): string[] {
  const query = keyInQuery ? `?key=${encodeURIComponent(key)}` : "";
  const plain = encodeURI(key).replaceAll("?", "%3F").replaceAll("#", "%23");
  // A `*` of the key's own would stand for any text.
  return [...new Set([encodeKey(key), plain])].map((path) => `/${path}${query}`.replaceAll("*", "%2A"));
}
