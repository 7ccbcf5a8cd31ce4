import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { decodeAwsChunked } from "../aws/aws-chunked";
import { AwsError } from "../aws/aws-error";
import type { S3Request } from "./call";

/** Twice what 1,000 of the longest keys need. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024;
const UNSIGNED_CHUNKED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/** A digest in progress. */
interface Digest {
  update(data: Buffer): unknown;
  value(): string;
}

/** Checksums that Node can compute. Others that S3 knows (CRC32C, CRC64NVME) are not verified. */
const CHECKSUMS: Readonly<Record<string, () => Digest>> = {
  "x-amz-checksum-crc32": crc32Digest,
  "x-amz-checksum-sha1": () => hashDigest("sha1", "base64"),
  "x-amz-checksum-sha256": () => hashDigest("sha256", "base64"),
};

/**
 * Yields the bytes of a request's body without `aws-chunked` framing, and verifies length, signed hash, `Content-MD5` and
 * checksums at its end.
 * @throws AwsError for a body that differs from its headers or trailers, or is framed in signed chunks, which no current
 *   SDK sends by default
 */
export async function* payload(request: S3Request): AsyncGenerator<Buffer, void> {
  const isChunked = request.header("x-amz-content-sha256") === UNSIGNED_CHUNKED;
  const digests = digestsOf(request);
  const trailers = new Map<string, string>();
  // The connection survives a reader that stops early, to carry the error.
  const received = { [Symbol.asyncIterator]: () => request.message.iterator({ destroyOnReturn: false }) };
  let length = 0;
  for await (const chunk of isChunked ? decodeAwsChunked(received, trailers) : (received as AsyncIterable<Buffer>)) {
    length += chunk.length;
    for (const digest of digests.values()) digest.update(chunk);
    yield chunk;
  }
  const declared = request.header("x-amz-decoded-content-length");
  if (isChunked && declared !== undefined && Number(declared) !== length) throw new AwsError("IncompleteBody");
  for (const [name, digest] of digests) {
    if (digest.value() === (trailers.get(name) ?? request.header(name))) continue;
    throw new AwsError(name === "x-amz-content-sha256" ? "XAmzContentSHA256Mismatch" : "BadDigest");
  }
}

/**
 * Reads a small body as text.
 * @throws AwsError MalformedXML beyond 2 MiB
 */
export async function textPayload(request: S3Request): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload(request)) {
    length += chunk.length;
    if (length > MAX_TEXT_BYTES) throw new AwsError("MalformedXML");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Returns the digests to verify, by the name of the header or trailer that announces them. */
function digestsOf(request: S3Request): Map<string, Digest> {
  const digests = new Map<string, Digest>();
  const signedHash = request.header("x-amz-content-sha256") ?? "";
  if (signedHash.startsWith("STREAMING-") && signedHash !== UNSIGNED_CHUNKED) {
    throw new AwsError("NotImplemented", {}, `The local stack does not serve bodies in chunks of ${signedHash}.`);
  }
  if (/^[0-9a-f]{64}$/.test(signedHash)) digests.set("x-amz-content-sha256", hashDigest("sha256", "hex"));
  if (request.header("content-md5") !== undefined) digests.set("content-md5", hashDigest("md5", "base64"));
  // The checksums of CompleteMultipartUpload are of the object, not of this body.
  if (request.method === "POST" && request.query.has("uploadId")) return digests;
  for (const [name, create] of Object.entries(CHECKSUMS)) {
    if (request.header(name) !== undefined || request.header("x-amz-trailer") === name) digests.set(name, create());
  }
  return digests;
}

function hashDigest(algorithm: string, encoding: "hex" | "base64"): Digest {
  const hash = createHash(algorithm);
  return { update: (data) => hash.update(data), value: () => hash.digest(encoding) };
}

function crc32Digest(): Digest {
  let crc = 0;
  return {
    update: (data) => (crc = crc32(data, crc)),
    value: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString("base64");
    },
  };
}
