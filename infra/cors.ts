/**
 * What scripts of pages on other origins may do with what the stack answers, the same for the bucket, the API and the
 * CDN: read it, and never with credentials. Variants are public, so that this opens nothing that a request without a
 * page could not have.
 */

/** Such a request needs no preflight, unless the script adds a header of its own. */
export const CORS_METHODS = ["GET", "HEAD"];

/** What scripts see beyond the headers that every CORS answer shows (Fetch standard, CORS-safelisted response-header). */
export const CORS_EXPOSED_HEADERS = ["ETag", "Retry-After"];

/** How long a browser keeps the answer to a preflight, in seconds. */
export const PREFLIGHT_SECONDS = 3600;
