/** Tries of a call: a 500 and a 503 pass, and so do lost connections (S3 user guide, error best practices). */
const MAX_ATTEMPTS = 3;
/** Longest time to connect, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 1000;
/** Longest silence of a connection, in milliseconds. */
const SILENCE_TIMEOUT_MS = 3000;

/**
 * Limits of a function's AWS client. Left to itself the SDK waits for ever for a service that says nothing. Three silent
 * attempts take 9 s and a second or two between them, which is within a function's default time; where it is not, the
 * function's deadline ends them.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
};
