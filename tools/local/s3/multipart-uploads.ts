import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { AwsError } from "../aws/aws-error";
import {
  type ObjectMetadata,
  type ObjectStore,
  preconditionFailed,
  type StagedFile,
  type StoredObject,
} from "./object-store";

/** Minimum of every part but the last. (S3 user guide, Multipart upload limits) */
const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PART_NUMBER = 10_000;

/** A part as CompleteMultipartUpload names it. */
interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

interface Upload {
  readonly key: string;
  readonly metadata: ObjectMetadata;
  readonly parts: Map<number, StagedFile>;
}

/** Multipart uploads in progress of one bucket. */
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
   * Stores a part, replacing one of the same number; returns its ETag, in quotes.
   * @throws AwsError NoSuchUpload
   */
  async put(id: string, key: string, number: number, body: AsyncIterable<Buffer>): Promise<string> {
    const { parts } = this.#find(id, key);
    const part = await this.#store.stage(body);
    // The upload may have ended while its part came in.
    if (!this.#uploads.has(id)) await rm(part.file, { force: true });
    this.#find(id, key);
    const before = parts.get(number);
    parts.set(number, part);
    if (before) await rm(before.file, { force: true });
    return etagOf(part);
  }

  /**
   * Creates one object of the named parts. An upload whose condition fails stays, to be aborted or tried again.
   * @throws AwsError for missing parts, parts in the wrong order or too small, and an object that must not exist
   */
  async complete(id: string, key: string, named: readonly NamedPart[], mustNotExist: boolean): Promise<StoredObject> {
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
    if (mustNotExist && (await this.#store.get(key))) throw preconditionFailed();

    const whole = await this.#store.stage(concatenated(parts));
    const md5OfParts = createHash("md5").update(Buffer.concat(parts.map(({ md5 }) => md5)));
    const etag = `${md5OfParts.digest("hex")}-${parts.length}`;
    const object = await this.#store.commit(key, whole, upload.metadata, mustNotExist, etag);
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
}

async function* concatenated(parts: readonly StagedFile[]): AsyncGenerator<Buffer> {
  for (const { file } of parts) yield* createReadStream(file) as AsyncIterable<Buffer>;
}

function etagOf({ md5 }: StagedFile): string {
  return `"${md5.toString("hex")}"`;
}
