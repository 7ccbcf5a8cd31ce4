import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Store } from "./store";

/** S3's answers to a miss, by method: no variant, an original of one byte, and a write. */
const ANSWERS: Readonly<Record<string, () => { statusCode: number; headers: Record<string, string>; body: Readable }>> =
  {
    HEAD: () => ({ statusCode: 403, headers: {}, body: Readable.from([]) }),
    GET: () => ({ statusCode: 200, headers: { "content-length": "1" }, body: Readable.from([Buffer.alloc(1)]) }),
    PUT: () => ({ statusCode: 200, headers: {}, body: Readable.from([]) }),
  };

/**
 * Makes the three calls of a miss and sends none, so that the client resolves its settings, its credentials and S3's
 * endpoint, and the code of the calls has run once. It waits for no timer and for nothing outside the process: Lambda's runtime
 * asks for the first request with `setImmediate`, and all is done by then.
 * @param store of this client
 */
export async function rehearse(client: S3Client, store: Store): Promise<void> {
  const key = randomUUID();
  client.middlewareStack.add(
    (next) => (args) => {
      // A request that comes too early is not answered here.
      if (!("Key" in args.input && args.input.Key === key)) return next(args);
      const { method } = args.request as { method: string };
      return Promise.resolve({ output: { $metadata: {} }, response: ANSWERS[method]?.() });
    },
    // After all others but the connection.
    { step: "deserialize", priority: "low", name: "rehearsal" },
  );
  const { signal } = new AbortController();
  const [, original] = await Promise.all([store.has(key, signal), store.readOriginal(key, signal)]);
  await store.writeVariant(key, { bytes: original.bytes, format: "jpeg" }, original, signal);
  client.middlewareStack.remove("rehearsal");
}
