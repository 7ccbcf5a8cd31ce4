import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { decodeAwsChunked } from "./aws-chunked";
import { AwsError } from "../aws/aws-error";
import type { S3Request } from "./s3-request";

const UNSIGNED_CHUNKED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/** A digest under way, in the form that its header has. */
interface Digest {
  update(data: Buffer): void;
  value(): string;
}

/** The checksums that Node can compute; others that S3 knows (CRC32C, CRC64NVME) are taken on trust. */
const CHECKSUMS: Readonly<Record<string, () => Digest>> = {
  "x-amz-checksum-crc32": crc32Digest,
  "x-amz-checksum-sha1": () => hashDigest("sha1", "base64"),
  "x-amz-checksum-sha256": () => hashDigest("sha256", "base64"),
};

/**
 * The bytes of a request's body as the client means them: `aws-chunked` framing taken off, and length, signed hash,
 * `Content-MD5` and checksums checked at its end.
 * @throws AwsError when the body is not what its headers or trailers say, or is framed in signed chunks, which no
 *   current SDK sends by default.
 */
export async function* payload(request: S3Request): AsyncGenerator<Buffer> {
  const signedHash = request.header("x-amz-content-sha256") ?? "";
  const isChunked = signedHash === UNSIGNED_CHUNKED;
  if (signedHash.startsWith("STREAMING-") && !isChunked) throw new AwsError("NotImplemented");

  const expected = new Map<string, string | undefined>();
  const digests = new Map<string, Digest>();
  const check = (name: string, value: string | undefined, digest: Digest | undefined) => {
    if (!digest) return;
    expected.set(name, value);
    digests.set(name, digest);
  };
  if (/^[0-9a-f]{64}$/.test(signedHash)) check("x-amz-content-sha256", signedHash, hashDigest("sha256", "hex"));
  const md5 = request.header("content-md5");
  if (md5 !== undefined) check("content-md5", md5, hashDigest("md5", "base64"));
  // With CompleteMultipartUpload they are of the object, not of this body.
  const isOfObject = request.method === "POST" && request.query.has("uploadId");
  for (const [name, create] of isOfObject ? [] : Object.entries(CHECKSUMS)) {
    const value = request.header(name);
    if (value !== undefined || request.header("x-amz-trailer") === name) check(name, value, create());
  }

  let length = 0;
  const chunks = isChunked ? decodeAwsChunked(received(request)) : rawBody(request);
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done) {
        for (const [name, value] of next.value) if (expected.has(name)) expected.set(name, value);
        break;
      }
      length += next.value.length;
      for (const digest of digests.values()) digest.update(next.value);
      yield next.value;
    }
  } finally {
    await chunks.return(new Map());
  }

  const declared = request.header("x-amz-decoded-content-length");
  if (isChunked && declared !== undefined && Number(declared) !== length) throw new AwsError("IncompleteBody");
  for (const [name, digest] of digests) {
    if (digest.value() === expected.get(name)) continue;
    throw new AwsError(name === "x-amz-content-sha256" ? "XAmzContentSHA256Mismatch" : "BadDigest");
  }
}

/**
 * A small body as text.
 * @throws AwsError MalformedXML beyond 2 MiB: twice what 1,000 of the longest keys need.
 */
export async function textPayload(request: S3Request): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload(request)) {
    length += chunk.length;
    if (length > 2 * 1024 * 1024) throw new AwsError("MalformedXML");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* rawBody(request: S3Request): AsyncGenerator<Buffer, ReadonlyMap<string, string>> {
  yield* received(request);
  return new Map();
}

/** The body as it arrives; whoever stops reading it early leaves the connection whole, to answer on. */
function received(request: S3Request): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.body.iterator({ destroyOnReturn: false }) };
}

function hashDigest(algorithm: string, encoding: "hex" | "base64"): Digest {
  const hash = createHash(algorithm);
  return { update: (data) => hash.update(data), value: () => hash.digest(encoding) };
}

function crc32Digest(): Digest {
  let crc = 0;
  return {
    update: (data) => {
      crc = crc32(data, crc);
    },
    value: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString("base64");
    },
  };
}
