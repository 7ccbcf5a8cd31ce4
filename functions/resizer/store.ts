import { AbortMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { contentType } from "../variant-key";
import type { Image } from "./image";
import { Refusal } from "./refusal";
import type { Settings } from "./settings";
import { ORIGINAL_ETAG, VARIANT_TAG } from "../shared/object-metadata";

/** Variants up to this many bytes are one PutObject; larger ones go up in parts of it. */
const PART_BYTES = 16 * 1024 * 1024;

/** Retries of a write when S3 reports another write under way (409). */
const CONFLICT_RETRIES = 3;

export interface Original {
  readonly bytes: Buffer;
  /** The entity tag, without quotes. */
  readonly etag: string;
}

/** Result of a write: false where the variant existed already; otherwise with its entity tag. */
export interface Written {
  readonly written: boolean;
  readonly etag?: string;
}

/** Originals in, variants out: the three calls of a miss, and one more for a missing original whose name has another form. */
export interface Store {
  /** Returns true if there is an object with this key; false if there is none, or if S3 does not say. */
  has(key: string, signal: AbortSignal): Promise<boolean>;
  /** @throws Refusal `original-not-found`, `input-too-large` or `unavailable` */
  readOriginal(key: string, signal: AbortSignal): Promise<Original>;
  /** @throws Refusal */
  writeVariant(key: string, image: Image, original: Original, signal: AbortSignal): Promise<Written>;
}

export type StoreSettings = Pick<Settings, "bucket" | "maxInputBytes" | "cacheControl" | "expireVariants">;

export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #settings: StoreSettings;

  constructor(client: S3Client, settings: StoreSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  async has(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand({ Bucket: this.#settings.bucket, Key: key }), {
        abortSignal: signal,
      });
      return true;
    } catch {
      // 403: without s3:ListBucket that is the answer for a missing object. Any other error only loses the shortcut.
      return false;
    }
  }

  async readOriginal(key: string, signal: AbortSignal): Promise<Original> {
    const { bucket, maxInputBytes } = this.#settings;
    try {
      const { Body, ContentLength, ETag } = await this.#client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
        { abortSignal: signal },
      );
      if (!Body || ContentLength === undefined) throw new Error("GetObject answered without a body or its length");
      if (ContentLength > maxInputBytes) {
        (Body as NodeJS.ReadableStream & { destroy(): void }).destroy();
        throw new Refusal("input-too-large", `The original is larger than ${maxInputBytes} bytes.`);
      }
      const { buffer, byteOffset, byteLength } = await Body.transformToByteArray();
      // A view: a copy would hold a large original twice.
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      if (bytes.length !== ContentLength) throw new Refusal("unavailable", "The original could not be read whole.");
      return { bytes, etag: (ETag ?? "").replaceAll('"', "") };
    } catch (error) {
      // Without s3:ListBucket a missing object is AccessDenied, never NoSuchKey (S3 API reference, GetObject). Other
      // errors, such as that of a bucket or a key pair that does not exist, say nothing about the original.
      if (error instanceof Error && ["AccessDenied", "NoSuchKey"].includes(error.name)) {
        throw new Refusal("original-not-found", await this.#notFound(key, signal), { cause: error });
      }
      throw refusalFor(error);
    }
  }

  /** Returns the sentence for an original that is missing: for S3, two forms of one name are two keys. */
  async #notFound(key: string, signal: AbortSignal): Promise<string> {
    const [form, other] = otherForm(key);
    if (other === key || !(await this.has(other, signal))) return "There is no such original.";
    return `There is no such original, but there is one whose name is the same in Unicode's other form, ${form}.`;
  }

  async writeVariant(key: string, image: Image, original: Original, signal: AbortSignal): Promise<Written> {
    for (let attempt = 0; ; attempt++) {
      try {
        const etag = await this.#put(key, image, original, signal);
        return { written: true, ...(etag === undefined ? {} : { etag }) };
      } catch (error) {
        if (statusOf(error) === 412) return { written: false };
        if (statusOf(error) === 409 && attempt < CONFLICT_RETRIES) continue;
        throw refusalFor(error);
      }
    }
  }

  async #put(key: string, image: Image, original: Original, signal: AbortSignal): Promise<string | undefined> {
    const { bucket, cacheControl, expireVariants } = this.#settings;
    signal.throwIfAborted();
    const upload = new Upload({
      client: abortableClient(this.#client, signal),
      partSize: PART_BYTES,
      params: {
        Bucket: bucket,
        Key: key,
        Body: image.bytes,
        ContentType: contentType(image.format),
        CacheControl: cacheControl,
        Metadata: { [ORIGINAL_ETAG]: original.etag },
        IfNoneMatch: "*",
        ...(expireVariants ? { Tagging: `${VARIANT_TAG.key}=${VARIANT_TAG.value}` } : {}),
      },
    });
    return (await upload.done()).ETag;
  }
}

/**
 * Returns the client with every call ended by `signal`, for `Upload`: it accepts no signal for its calls, so that after
 * `abort()` a write would go on behind the answer. Only the parts of an upload are deleted after the signal.
 */
function abortableClient(client: S3Client, signal: AbortSignal): S3Client {
  const abortable = Object.create(client) as S3Client;
  const send = (command: Parameters<S3Client["send"]>[0]) =>
    client.send(command, command instanceof AbortMultipartUploadCommand ? {} : { abortSignal: signal });
  return Object.assign(abortable, { send });
}

/** Returns a key in Unicode's other normal form; a key that mixes both, in the composed one. */
function otherForm(key: string): readonly [form: "NFC" | "NFD", key: string] {
  const composed = key.normalize("NFC");
  return composed === key ? ["NFD", key.normalize("NFD")] : ["NFC", composed];
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** A call that S3 rejects for good is this service's fault; everything else passes. */
function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408 && status !== 409) {
    return new Refusal("internal-error", "The variant could not be created.", { cause: error });
  }
  return new Refusal("unavailable", "The image store did not answer in time; try again.", { cause: error });
}
