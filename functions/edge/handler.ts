/// <reference types="aws-cloudfront-function" />
import {
  encodeKey,
  type Format,
  isFormat,
  KEY_REFUSAL_STATUS,
  parseVariantKey,
  type VariantKey,
  variantKey,
} from "../variant-key";
import { negotiate } from "./accept";
import type { EdgeSettings } from "./settings";

export type EdgeRequest = AWSCloudFrontFunction.Request;
export type EdgeResponse = AWSCloudFrontFunction.Response;
export interface EdgeEvent {
  readonly context: Pick<AWSCloudFrontFunction.Context, "requestId">;
  readonly request: EdgeRequest;
}

/** Until the stack's config changes, nothing changes about a response of the edge. */
const CACHE_CONTROL = "public, max-age=60";
const NO_KEY = { refused: "malformed-key", message: "The path is not percent-encoded UTF-8." };
const NOT_SERVED = { refused: "original-not-served", message: "The key names no size, and originals are not served." };
const DESCRIPTIONS = { 400: "Bad Request", 404: "Not Found" } as const;

/**
 * Rejects a request before CloudFront looks into its cache, or sends it on, with the format in its path that the client is
 * to get. The grammar and the allow-list are the resizer's own.
 */
export function answer(event: EdgeEvent, settings: EdgeSettings): EdgeRequest | EdgeResponse {
  const request = event.request;
  const requestId = event.context.requestId;
  const key = decodeKey(request.uri);
  if (key === undefined)
    return settings.validate ? reject(400, NO_KEY, requestId) : sendOn(request, undefined, settings);
  const variant = parseVariantKey(key, settings.allowList);
  if (!("refused" in variant)) return sendOn(request, negotiatedKey(variant, request, settings) ?? key, settings);
  if (variant.mayBeOriginal) {
    return settings.serveOriginals ? sendOn(request, key, settings) : reject(404, NOT_SERVED, requestId);
  }
  return settings.validate
    ? reject(KEY_REFUSAL_STATUS[variant.refused], variant, requestId)
    : sendOn(request, key, settings);
}

/** Returns the response of the resizer to such a key. */
function reject(
  statusCode: keyof typeof DESCRIPTIONS,
  refusal: { readonly refused: string; readonly message: string },
  requestId: string,
): EdgeResponse {
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

/** Returns the key that the path of a URL names; undefined where it names none. */
function decodeKey(uri: string): string | undefined {
  try {
    return decodeURIComponent(uri.slice(1));
  } catch {
    return undefined;
  }
}

/** Returns the variant with the format that the client is to get, where that is not the original's. */
function negotiatedKey(variant: VariantKey, request: EdgeRequest, settings: EdgeSettings): string | undefined {
  if (variant.spec.format !== undefined) return undefined;
  const format = negotiate(acceptOf(request), negotiable(variant, settings), formatOfName(variant.original));
  const key = format && variantKey(variant.original, { size: variant.spec.size, format });
  // The format may make a key longer than S3 takes.
  return key && !("refused" in parseVariantKey(key, settings.allowList)) ? key : undefined;
}

/** Returns the formats for a client that names none: of a GIF, which may be an animation, those that keep its frames. */
function negotiable(variant: VariantKey, settings: EdgeSettings): readonly Format[] {
  const keepsFrames = (format: Format) => format !== "avif";
  return /\.gif$/i.test(variant.original) ? settings.negotiated.filter(keepsFrames) : settings.negotiated;
}

function acceptOf(request: EdgeRequest): string | undefined {
  const accept = request.headers.accept;
  return accept && (accept.multiValue ? accept.multiValue.map((it) => it.value).join(",") : accept.value);
}

function formatOfName(name: string): Format | undefined {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const format = extension === "jpg" ? "jpeg" : extension;
  return isFormat(format) ? format : undefined;
}

function sendOn(request: EdgeRequest, key: string | undefined, settings: EdgeSettings): EdgeRequest {
  // One spelling of each path: the cache and its invalidations know no other.
  if (key !== undefined) request.uri = `/${encodeKey(key)}`;
  // Whatever the client has sent, the origin gets the key of this path or none.
  if (settings.keyInQuery) request.querystring = key === undefined ? {} : { key: { value: encodeURIComponent(key) } };
  return request;
}
