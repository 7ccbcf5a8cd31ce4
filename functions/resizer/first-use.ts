import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/**
 * Signs a request and sends nothing, so that the client resolves its settings, its credentials and S3's endpoint, and the
 * signature's code has run once. It waits for no timer and for nothing outside the process: Lambda's runtime asks for the first request
 * with `setImmediate`, and all is done by then.
 */
export async function signOnce(client: S3Client, bucket: string): Promise<void> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: "unsent" });
  command.middlewareStack.add(
    () => () => Promise.resolve({ output: { $metadata: {} }, response: undefined }),
    // Before all others after the signature.
    { step: "deserialize", priority: "high", name: "unsent" },
  );
  await client.send(command);
}
