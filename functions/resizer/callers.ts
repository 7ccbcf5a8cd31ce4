import { createHash, timingSafeEqual } from "node:crypto";

/** Header with which the CDN asks; a client cannot send it through the CDN, which sets it anew. */
export const CDN_KEY_HEADER = "x-cdn-key";

type Headers = Readonly<Record<string, string | undefined>>;

/** Returns the SHA-256 of a key, in hexadecimal: all that the function knows of it. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/**
 * Creates the check for a caller that knows one of the keys with these hashes; any caller passes where there are none. Its time
 * says nothing about the keys: hashes are of one length, and each is compared whole.
 */
export function createCallerCheck(hashes: readonly string[] | undefined): (headers: Headers | undefined) => boolean {
  if (!hashes) return () => true;
  const accepted = hashes.map((hash) => Buffer.from(hash, "hex"));
  return (headers) => {
    const sent = Buffer.from(hashOfKey(headers?.[CDN_KEY_HEADER] ?? ""), "hex");
    return accepted.map((hash) => timingSafeEqual(hash, sent)).includes(true);
  };
}

/**
 * Returns the address of the client for which the CDN asks, which the API's access log does not have: CloudFront adds it to
 * the end of `X-Forwarded-For`, and the API adds CloudFront's own (CloudFront guide, "Request and response behavior for
 * custom origins"). What a client sends itself stands before both.
 */
export function viewerOf(headers: Headers | undefined): string | undefined {
  return headers?.["x-forwarded-for"]?.split(",").at(-2)?.trim();
}
