import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Refusal } from "./refusal";

/** How long caches may keep a refusal that may be mended by an upload: long enough to blunt a flood. */
const REFUSAL_CACHE_CONTROL = "public, max-age=60";
const RETRY_AFTER_SECONDS = 2;

/**
 * Sends the viewer back to the CDN. Never stored: a browser keeps a 301 for ever, and would loop between the CDN and
 * this function if the variant were deleted.
 */
export function redirectTo(cdnUrl: string, key: string): APIGatewayProxyStructuredResultV2 {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return { statusCode: 301, headers: { location: `${cdnUrl}/${path}`, "cache-control": "no-store" } };
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
