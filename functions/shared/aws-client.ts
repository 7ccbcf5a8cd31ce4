/** How often a call is tried: a 500 and a 503 pass, and so do lost connections (S3 user guide, error best practices). */
const MAX_ATTEMPTS = 3;
/** How long a connection may take, and how long it may be silent, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 1000;
const SILENCE_TIMEOUT_MS = 3000;

/**
 * What a function's client of AWS puts up with. Left to itself the SDK waits for ever for a service that says nothing. Three
 * silent attempts take 9 s and a second or two between them, which is within a function's default time; where it is not,
 * the function's deadline ends them.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
};
