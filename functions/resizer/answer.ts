import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { contentType, encodeKey } from "../variant-key";
import type { Refusal } from "./refusal";
import type { Created, Outcome } from "./resizer";
import type { Settings } from "./settings";

/** Caching of an error that an upload may end: long enough to blunt a flood. */
const REFUSAL_CACHE_CONTROL = "public, max-age=60";
const RETRY_AFTER_SECONDS = 2;

/** Longest answer that Lambda returns, in bytes of JSON (Lambda's error for a longer one names the number). */
export const MAX_ANSWER_BYTES = 6_291_556;

/** The CDN's URL is absent where CloudFront asks: the answer is the variant itself. */
export type AnswerSettings = Pick<Settings, "cacheControl"> & Partial<Pick<Settings, "cdnUrl">>;

/**
 * Returns the answer with a variant: a redirect to the CDN, or the image itself. One that was there before the request is
 * asked for again, on the same host, which is the CDN's: its cache asks the bucket.
 */
export function deliver(outcome: Outcome, { cdnUrl, cacheControl }: AnswerSettings): APIGatewayProxyStructuredResultV2 {
  if (cdnUrl !== undefined) return redirectTo(cdnUrl, outcome.key);
  return "image" in outcome ? variantOf(outcome, cacheControl) : askAgain(outcome.key);
}

/**
 * Redirects the client to the CDN. Never stored: a browser keeps a 301 for ever, and would loop between the CDN and
 * this function if the variant were deleted.
 */
function redirectTo(cdnUrl: string, key: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 301, headers: { location: `${cdnUrl}/${encodeKey(key)}`, "cache-control": "no-store" } };
}

/**
 * Returns the variant as the bucket would serve it. Where another request has written it first, that one may be of another
 * original by now: this one is for its client alone, and the cache asks the bucket next time. A variant that is too large
 * for Lambda's answer is in the bucket by now: the client asks for it again, on the same host, which is the CDN's.
 */
function variantOf({ key, image, written, etag }: Created, cacheControl: string): APIGatewayProxyStructuredResultV2 {
  const answer = {
    statusCode: 200,
    headers: {
      "content-type": contentType(image.format),
      "cache-control": written ? cacheControl : "private, no-store",
      ...(etag === undefined ? {} : { etag }),
    },
    isBase64Encoded: true,
    body: "",
  };
  if (Buffer.byteLength(JSON.stringify(answer)) + base64Length(image.bytes.length) > MAX_ANSWER_BYTES) {
    return askAgain(key);
  }
  return { ...answer, body: image.bytes.toString("base64") };
}

function askAgain(key: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 302, headers: { location: `/${encodeKey(key)}`, "cache-control": "private, no-store" } };
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Returns the error as JSON. */
export function reject(refusal: Refusal, requestId: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: refusal.status,
    headers: {
      "content-type": "application/json",
      "cache-control": refusal.cacheable ? REFUSAL_CACHE_CONTROL : "no-store",
      "x-content-type-options": "nosniff",
      ...(refusal.code === "unavailable" ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {}),
    },
    body: JSON.stringify({ error: refusal.code, message: refusal.message, requestId }),
  };
}
