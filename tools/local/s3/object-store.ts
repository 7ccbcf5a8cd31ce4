import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../aws/aws-error";

/** What an object is stored with. */
export interface ObjectMetadata {
  /** Response headers, names in lower case: `content-type`, `cache-control`, `x-amz-meta-*` ... */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
}

/** An object in the bucket. */
export interface StoredObject extends ObjectMetadata {
  readonly key: string;
  /** The file that holds its bytes. */
  readonly file: string;
  readonly size: number;
  /** In quotes, as in the header. */
  readonly etag: string;
  /** Whole seconds, as S3 keeps it. */
  readonly lastModified: Date;
  /** The file is somebody else's, to be read only: its size and time when last looked at. */
  readonly linked?: { readonly mtimeMs: number };
}

/** Bytes on their way into the bucket. */
export interface StagedFile {
  readonly file: string;
  readonly size: number;
  readonly md5: Buffer;
}

/** The conditions of a write. `If-None-Match: *` is `mustNotExist`. */
export interface WriteCondition {
  readonly mustNotExist: boolean;
  readonly etag?: string;
}

/**
 * A bucket's objects: an index in memory over files in one directory. Keys never become file names, so any key that S3
 * takes is safe and distinct on any file system; a write shows whole or not at all.
 */
export class ObjectStore {
  readonly #directory: string;
  readonly #noticed: (key: string, object: StoredObject | undefined) => void;
  readonly #objects = new Map<string, StoredObject>();

  /**
   * @param directory exists, and is this store's alone
   * @param noticed hears of linked files that were found to be edited, added or (without an object) removed
   */
  constructor(directory: string, noticed: (key: string, object: StoredObject | undefined) => void = () => undefined) {
    this.#directory = directory;
    this.#noticed = noticed;
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
    // Somebody else was faster to see it, or has put another object here.
    if (this.#objects.get(key) !== object) return this.get(key);
    // The file has been edited or removed since.
    if (file) return this.linkChanged(key, object.file, file, object.headers);
    this.#objects.delete(key);
    this.#noticed(key, undefined);
    return undefined;
  }

  /** The object with its file opened, so that a later write cannot change what is being read. */
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
    try {
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        },
        createWriteStream(file),
      );
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return { file, size, md5: hash.digest() };
  }

  /**
   * Makes a staged file the object. The check and the write are one step: of two concurrent conditional writes one wins.
   * @param etag without quotes; by default the MD5, as S3 has it for an object put in one piece.
   * @throws AwsError PreconditionFailed or NoSuchKey if the condition does not hold; the staged file is then gone.
   */
  async commit(
    key: string,
    staged: StagedFile,
    metadata: ObjectMetadata,
    condition: WriteCondition,
    etag = staged.md5.toString("hex"),
  ): Promise<StoredObject> {
    const before = this.#objects.get(key);
    const failure = conditionFailure(before, condition);
    if (failure) {
      await rm(staged.file, { force: true });
      throw failure;
    }
    const object: StoredObject = {
      key,
      file: staged.file,
      size: staged.size,
      etag: `"${etag}"`,
      lastModified: wholeSeconds(Date.now()),
      headers: metadata.headers,
      tags: metadata.tags,
    };
    this.#objects.set(key, object);
    if (before && !before.linked) await rm(before.file, { force: true });
    return object;
  }

  /** Makes a file that stays where it is an object. Its ETag stands for its path, size and time: nothing is read. */
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

  /** The same for a file that was edited or added since the stack started, of which somebody is to hear. */
  linkChanged(...[key, ...rest]: Parameters<ObjectStore["link"]>): StoredObject {
    const object = this.link(key, ...rest);
    this.#noticed(key, object);
    return object;
  }

  /** Whether there was such a key; without one it does nothing, as S3 does. A linked file stays. */
  async delete(key: string): Promise<boolean> {
    const object = this.#objects.get(key);
    this.#objects.delete(key);
    if (object && !object.linked) await rm(object.file, { force: true });
    return object !== undefined;
  }
}

/** Why a conditional write may not happen now, or `undefined` if it may. */
export function conditionFailure(object: StoredObject | undefined, condition: WriteCondition): AwsError | undefined {
  if (condition.mustNotExist && object) return new AwsError("PreconditionFailed", { Condition: "If-None-Match" });
  if (condition.etag === undefined) return undefined;
  if (!object) return new AwsError("NoSuchKey");
  return object.etag === condition.etag ? undefined : new AwsError("PreconditionFailed", { Condition: "If-Match" });
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}
