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
    const keys = new Set(variants.flatMap((key) => [key, requestedKey(key)]));
    const paths = [...keys].flatMap((key) => invalidationPaths(key, this.#keyInQuery));
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
 * Returns the key that a client may have asked for where the edge function chose the format: CloudFront wants to be told of
 * the path as it was, too (CloudFront guide, "What you need to know when invalidating paths").
 */
function requestedKey(key: string): string {
  return key.replace(/\.(?:avif|webp)(\/[^/]*)$/, "$1");
}

/** Longest path of an invalidation (CloudFront guide, "Quotas on invalidations"). */
const MAX_PATH_CHARACTERS = 4_000;

/**
 * Returns the paths that a variant may be cached under, of which there is one, because the edge function writes every path
 * anew. CloudFront tells percent-encoded characters from plain ones, and asks for
 * no more encoding than a URL needs (CloudFront guide, "What you need to know when invalidating files"): the redirect's
 * form comes first, the form with less encoding after it, where it is another.
 */
export function invalidationPaths(key: string, keyInQuery: boolean): string[] {
  const query = keyInQuery ? `?key=${encodeURIComponent(key)}` : "";
  const plain = encodeURI(key).replaceAll("?", "%3F").replaceAll("#", "%23");
  return [...new Set([encodeKey(key), plain])].map((encoded) => {
    // A `*` of the key's own would stand for any text.
    const path = `/${encoded}`.replaceAll("*", "%2A");
    const withQuery = path + query.replaceAll("*", "%2A");
    // One at the end stands for any query. CloudFront does few such paths at a time, so it is for the longest keys alone.
    return withQuery.length > MAX_PATH_CHARACTERS ? `${path}*` : withQuery;
  });
}
