// Access of scripts on other origins, the same for the bucket, the API and the CDN: reading, and never with credentials.
// Variants are public, so that this opens nothing that a request without a page could not have.

/** Such a request needs no preflight, unless the script adds a header of its own. */
export const CORS_METHODS = ["GET", "HEAD"];

/** Headers beyond those that every CORS response shows to scripts (Fetch standard, CORS-safelisted response-header). */
export const CORS_EXPOSED_HEADERS = ["ETag", "Retry-After"];

/** Seconds that a browser keeps the response to a preflight. */
export const PREFLIGHT_SECONDS = 3600;
