import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import {
  conditionFailure,
  type ObjectMetadata,
  type ObjectStore,
  type StagedFile,
  type StoredObject,
  type WriteCondition,
} from "./object-store";
import { AwsError } from "../aws/aws-error";

/** Every part but the last is at least this large, in bytes; numbers go from 1 to 10,000. (S3, Multipart upload limits) */
const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PART_NUMBER = 10_000;

/** A part as CompleteMultipartUpload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

interface Upload {
  readonly key: string;
  readonly metadata: ObjectMetadata;
  readonly parts: Map<number, StagedFile>;
}

/** The multipart uploads of one bucket that are under way. */
export class MultipartUploads {
  readonly #store: ObjectStore;
  readonly #uploads = new Map<string, Upload>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  create(key: string, metadata: ObjectMetadata): string {
    const id = randomBytes(48).toString("base64url");
    this.#uploads.set(id, { key, metadata, parts: new Map() });
    return id;
  }

  /**
   * Stores a part, in place of one of the same number; returns its ETag, in quotes.
   * @throws AwsError NoSuchUpload
   */
  async put(id: string, key: string, number: number, body: AsyncIterable<Buffer>): Promise<string> {
    this.#find(id, key);
    const part = await this.#store.stage(body);
    const { parts } = await this.#findOr(id, key, part);
    const before = parts.get(number);
    parts.set(number, part);
    if (before) await rm(before.file, { force: true });
    return etagOf(part);
  }

  /**
   * Makes one object of the named parts. While a condition fails the upload stays, to be aborted or tried again.
   * @throws AwsError for parts that are not there, in the wrong order or too small, and for a condition that fails.
   */
  async complete(
    id: string,
    key: string,
    named: readonly NamedPart[],
    condition: WriteCondition,
  ): Promise<StoredObject> {
    const upload = this.#find(id, key);
    if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0))) {
      throw new AwsError("InvalidPartOrder");
    }
    const parts = named.map(({ number, etag }, index) => {
      const part = upload.parts.get(number);
      if (!part || etagOf(part) !== `"${etag.replaceAll('"', "")}"`) {
        throw new AwsError("InvalidPart", { UploadId: id, PartNumber: String(number) });
      }
      if (index < named.length - 1 && part.size < MIN_PART_BYTES) {
        throw new AwsError("EntityTooSmall", { PartNumber: String(number), ProposedSize: String(part.size) });
      }
      return part;
    });
    if (parts.length === 0) throw new AwsError("MalformedXML");
    const failure = conditionFailure(await this.#store.get(key), condition);
    if (failure) throw failure;

    const whole = await this.#store.stage(concatenated(parts));
    const md5OfParts = createHash("md5").update(Buffer.concat(parts.map(({ md5 }) => md5)));
    const etag = `${md5OfParts.digest("hex")}-${parts.length}`;
    const object = await this.#store.commit(key, whole, upload.metadata, condition, etag);
    await this.abort(id, key);
    return object;
  }

  /** @throws AwsError NoSuchUpload */
  async abort(id: string, key: string): Promise<void> {
    const { parts } = this.#find(id, key);
    this.#uploads.delete(id);
    for (const { file } of parts.values()) await rm(file, { force: true });
  }

  #find(id: string, key: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.key !== key) throw new AwsError("NoSuchUpload", { UploadId: id });
    return upload;
  }

  /** The upload, which may have been ended while its part came in. */
  async #findOr(id: string, key: string, part: StagedFile): Promise<Upload> {
    try {
      return this.#find(id, key);
    } catch (error) {
      await rm(part.file, { force: true });
      throw error;
    }
  }
}

async function* concatenated(parts: readonly StagedFile[]): AsyncGenerator<Buffer> {
  for (const { file } of parts) yield* createReadStream(file) as AsyncIterable<Buffer>;
}

function etagOf({ md5 }: StagedFile): string {
  return `"${md5.toString("hex")}"`;
}
