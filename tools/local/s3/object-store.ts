import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../aws/aws-error";

/** Headers and tags that are stored with an object. */
export interface ObjectMetadata {
  /** Response headers, names in lower case: `content-type`, `cache-control`, `x-amz-meta-*` ... */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
}

/** An object in the bucket. */
export interface StoredObject extends ObjectMetadata {
  readonly key: string;
  /** File with its bytes. */
  readonly file: string;
  readonly size: number;
  /** In quotes, as in the header. */
  readonly etag: string;
  /** Whole seconds, as S3 keeps it. */
  readonly lastModified: Date;
  /** Set for a file of the user's, which is only read. */
  readonly linked?: { readonly mtimeMs: number };
}

/** Bytes that have arrived and are no object yet. */
export interface StagedFile {
  readonly file: string;
  readonly size: number;
  readonly md5: Buffer;
}

/**
 * Objects of a bucket: an index in memory over files in one directory. Keys never become file names, so every key is
 * safe and distinct on any file system. A write is visible whole or not at all.
 */
export class ObjectStore {
  readonly #directory: string;
  readonly #linkedChanged: (key: string, object: StoredObject | undefined) => void;
  readonly #objects = new Map<string, StoredObject>();

  /**
   * @param directory exists, and belongs to this store alone
   * @param linkedChanged receives linked files that were edited, added or (without an object) removed
   */
  constructor(directory: string, linkedChanged: (key: string, object: StoredObject | undefined) => void) {
    this.#directory = directory;
    this.#linkedChanged = linkedChanged;
  }

  /** All keys, in no order. */
  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const object = this.#objects.get(key);
    if (!object?.linked) return object;
    const file = await stat(object.file).catch(() => undefined);
    if (file?.mtimeMs === object.linked.mtimeMs && file.size === object.size) return object;
    // A concurrent call was faster to notice, or the object was replaced.
    if (this.#objects.get(key) !== object) return this.get(key);
    if (file) return this.linkChanged(key, object.file, file, object.headers);
    this.#objects.delete(key);
    this.#linkedChanged(key, undefined);
    return undefined;
  }

  /** Returns the object with its file opened, so a later write cannot change the bytes that are read. */
  async open(key: string): Promise<{ object: StoredObject; handle: FileHandle } | undefined> {
    for (let object = await this.get(key); object; object = await this.get(key)) {
      const handle = await open(object.file).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      });
      // No file: the object was replaced between the two calls.
      if (handle) return { object, handle };
    }
    return undefined;
  }

  /** Writes bytes to a file that is no object yet. A body that fails leaves nothing behind. */
  async stage(body: AsyncIterable<Buffer>): Promise<StagedFile> {
    const file = path.join(this.#directory, randomUUID());
    const hash = createHash("md5");
    let size = 0;
    async function* measured(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
    try {
      await pipeline(body, measured, createWriteStream(file));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return { file, size, md5: hash.digest() };
  }

  /**
   * Turns a staged file into the object. Check and write are one step: of two concurrent conditional writes one wins.
   * @param etag without quotes; by default the MD5, as S3 has it for an object put in one piece
   * @throws AwsError PreconditionFailed for an object that must not exist; the staged file is then removed
   */
  async commit(
    key: string,
    staged: StagedFile,
    { headers, tags }: ObjectMetadata,
    mustNotExist: boolean,
    etag = staged.md5.toString("hex"),
  ): Promise<StoredObject> {
    const before = this.#objects.get(key);
    if (mustNotExist && before) {
      await rm(staged.file, { force: true });
      throw preconditionFailed();
    }
    const { file, size } = staged;
    const object = { key, file, size, etag: `"${etag}"`, lastModified: wholeSeconds(Date.now()), headers, tags };
    this.#objects.set(key, object);
    if (before && !before.linked) await rm(before.file, { force: true });
    return object;
  }

  /** Turns a file that stays where it is into an object. Its ETag follows from path, size and time: nothing is read. */
  link(
    key: string,
    file: string,
    { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
    headers: Readonly<Record<string, string>>,
  ): StoredObject {
    const etag = createHash("md5").update(`${file}\n${size}\n${mtimeMs}`).digest("hex");
    const lastModified = wholeSeconds(mtimeMs);
    const object = { key, file, size, etag: `"${etag}"`, lastModified, headers, tags: new Map(), linked: { mtimeMs } };
    this.#objects.set(key, object);
    return object;
  }

  /** Links a file that was edited or added since the stack started, and reports it. */
  linkChanged(...[key, ...rest]: Parameters<ObjectStore["link"]>): StoredObject {
    const object = this.link(key, ...rest);
    this.#linkedChanged(key, object);
    return object;
  }

  /** Deletes an object if there is one, and returns whether there was. A linked file stays. */
  async delete(key: string): Promise<boolean> {
    const object = this.#objects.get(key);
    this.#objects.delete(key);
    if (object && !object.linked) await rm(object.file, { force: true });
    return object !== undefined;
  }
}

/** Error of a condition: by default that of a write to a key that has an object. */
export function preconditionFailed(Condition = "If-None-Match"): AwsError {
  return new AwsError("PreconditionFailed", { Condition });
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}
