import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { contentType, encodeKey } from "../variant-key";
import type { Refusal } from "./refusal";
import type { Outcome } from "./resizer";
import type { Settings } from "./settings";

/** How long caches may keep a refusal that may be mended by an upload: long enough to blunt a flood. */
const REFUSAL_CACHE_CONTROL = "public, max-age=60";
const RETRY_AFTER_SECONDS = 2;

/** The longest answer that Lambda returns, in bytes of JSON (Lambda's error for a longer one names the number). */
export const MAX_ANSWER_BYTES = 6_291_556;

export type AnswerSettings = Pick<Settings, "cdnUrl" | "cacheControl">;

/** Gives the viewer the variant that was made: at once, or by way of the CDN. */
export function deliver(outcome: Outcome, { cdnUrl, cacheControl }: AnswerSettings) {
  return cdnUrl === undefined ? variantOf(outcome, cacheControl) : redirectTo(cdnUrl, outcome.key);
}

/**
 * Sends the viewer back to the CDN. Never stored: a browser keeps a 301 for ever, and would loop between the CDN and
 * this function if the variant were deleted.
 */
function redirectTo(cdnUrl: string, key: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 301, headers: { location: `${cdnUrl}/${encodeKey(key)}`, "cache-control": "no-store" } };
}

/**
 * The variant as the bucket would serve it. Where another request has written it first, its picture may be of another
 * original by now: this one is for its viewer alone, and the cache asks the bucket next time. One that is too large for Lambda's answer is in the bucket by now: the viewer
 * asks for it again, on the same host, which is the CDN's.
 */
function variantOf({ key, image, written, etag }: Outcome, cacheControl: string): APIGatewayProxyStructuredResultV2 {
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
    return { statusCode: 302, headers: { location: `/${encodeKey(key)}`, "cache-control": "private, no-store" } };
  }
  return { ...answer, body: image.bytes.toString("base64") };
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Says in JSON why there is no variant. */
export function refuse(refusal: Refusal, requestId: string): APIGatewayProxyStructuredResultV2 {
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
