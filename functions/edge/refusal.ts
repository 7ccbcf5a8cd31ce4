import { KEY_REFUSAL_STATUS, type KeyRefusal } from "../variant-key";
import type { EdgeResponse } from "./event";

/** Until the stack's config changes, so does nothing about a refusal of the edge. */
const CACHE_CONTROL = "public, max-age=60";
const DESCRIPTIONS = { 400: "Bad Request", 404: "Not Found" } as const;

/** Says in JSON why there is no variant, in the words of the resizer. */
export function refuse(refusal: Pick<KeyRefusal, "refused" | "message">, requestId: string): EdgeResponse {
  const statusCode = KEY_REFUSAL_STATUS[refusal.refused];
  return {
    statusCode,
    statusDescription: DESCRIPTIONS[statusCode],
    headers: {
      "content-type": { value: "application/json" },
      "cache-control": { value: CACHE_CONTROL },
      "x-content-type-options": { value: "nosniff" },
    },
    body: {
      encoding: "text",
      data: JSON.stringify({ error: refusal.refused, message: refusal.message, requestId }),
    },
  };
}
