import { S3Client } from "@aws-sdk/client-s3";

/** How often a call is tried: S3's 500 and 503 pass, and so do lost connections (S3 user guide, error best practices). */
const MAX_ATTEMPTS = 3;
/** How long a connection may take, and how long it may be silent, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 1000;
const SILENCE_TIMEOUT_MS = 3000;

/**
 * The function's S3 client. Left to itself the SDK waits for ever for an S3 that says nothing. Three silent attempts
 * take 9 s and a second or two between them, which is within the function's default time; where it is not, the deadline
 * ends them.
 */
export function createS3Client(): S3Client {
  return new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  });
}
