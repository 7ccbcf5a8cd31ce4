import { type Dirent, type FSWatcher, type Stats, watch } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";
import { MAX_KEY_BYTES } from "./call";
import type { ObjectStore } from "./object-store";
import { realFolder } from "./originals-folder";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".jfif": "image/jpeg",
  ".gif": "image/gif",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".heic": "image/heic",
  ".heif": "image/heif",
};
/** Extensions of originals, for a sentence. */
export const EXTENSIONS = Object.keys(CONTENT_TYPES)
  .map((extension) => extension.slice(1))
  .join(", ");

/** Files looked at together. */
const CONCURRENCY = 64;

/** Result of reading a folder. */
export interface Originals {
  readonly count: number;
  /** Images that could not become originals, and folders that could not be read; `file` is relative to the folder. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Number of files of other types, and of links to folders, which are not followed. */
  readonly others: number;
}

/**
 * Turns every image below a folder into an original whose key is its relative path, with `/` between the parts.
 * The files stay where they are, are only ever read, and are not read now: the time of start-up depends on their number
 * alone. Links to files outside the folder, and links to folders, are not followed.
 * A folder below it that cannot be read is skipped.
 * @throws UserError for a folder that is missing, no folder, unreadable, or without images
 */
export async function linkOriginals(store: ObjectStore, directory: string): Promise<Originals> {
  const root = await realFolder(directory);
  const skipped: { file: string; reason: string }[] = [];
  let count = 0;
  let others = 0;
  const files = await imagesIn("", async (folder) => {
    try {
      const entries = await readdir(path.join(root, folder), { withFileTypes: true });
      others += entries.filter((entry) => !entry.isDirectory() && contentTypeOf(entry.name) === undefined).length;
      return entries;
    } catch (error) {
      const reason = `the folder cannot be read: ${(error as Error).message}`;
      if (folder === "") throw new UserError(`${directory}: ${reason}`);
      skipped.push({ file: folder, reason });
      return [];
    }
  });
  for (let from = 0; from < files.length; from += CONCURRENCY) {
    await Promise.all(
      files.slice(from, from + CONCURRENCY).map(async (file) => {
        const found = await look(root, file);
        if ("reason" in found) skipped.push({ file, reason: found.reason });
        else {
          store.link(keyOf(file), found.file, found.stats, { "content-type": contentTypeOf(file) ?? "" });
          count++;
        }
      }),
    );
  }
  if (count === 0) {
    throw new UserError(`there are no images below ${directory}: originals are ${EXTENSIONS} files`);
  }
  return { count, skipped, others };
}

/** Returns the paths of the images in a folder and below, relative to the root. */
async function imagesIn(folder: string, read: (folder: string) => Promise<Dirent[]>): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await read(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await imagesIn(file, read)));
    else if (contentTypeOf(entry.name) !== undefined) found.push(file);
  }
  return found;
}

/** Returns the file at a path, or the reason why it cannot be an original. */
async function look(root: string, relative: string): Promise<{ file: string; stats: Stats } | { reason: string }> {
  const size = Buffer.byteLength(keyOf(relative));
  if (size > MAX_KEY_BYTES) return { reason: `its key would have ${size} bytes, and S3 accepts ${MAX_KEY_BYTES}` };
  try {
    const file = await realpath(path.join(root, relative));
    if (!file.startsWith(root + path.sep)) return { reason: "it is a link to a file outside the folder" };
    const stats = await stat(file);
    return stats.isFile() ? { file, stats } : { reason: "it is no file" };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Returns the media type of an original by its name; `undefined` for a name that is no image's. */
export function contentTypeOf(name: string): string | undefined {
  return CONTENT_TYPES[path.extname(name).toLowerCase()];
}

/** Returns the key of an image by its path relative to the folder. */
function keyOf(relative: string): string {
  return relative.split(path.sep).join("/");
}

/** A file is looked at when there was no event for so long: copying one takes many writes. */
const SETTLED_MS = 200;

/**
 * Notices edited, added and removed images of a folder, by one watch per folder: Node's recursive watch needs one per
 * file on Linux, which exceeds the machine's limit. Folders beyond that limit are not watched.
 */
export class OriginalsWatch {
  readonly #store: ObjectStore;
  readonly #directory: string;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #unsettled = new Map<string, NodeJS.Timeout>();
  #root = "";
  #closed = false;

  constructor(store: ObjectStore, directory: string) {
    this.#store = store;
    this.#directory = directory;
  }

  /**
   * Resolves when every folder is watched.
   * @throws UserError for a folder that is missing or no folder
   */
  async start(): Promise<void> {
    this.#root = await realFolder(this.#directory);
    await this.#add("");
  }

  /** Ends the watch, also while it starts: nothing is reported from now on. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const timer of this.#unsettled.values()) clearTimeout(timer);
  }

  /** Watches a folder and those in it; resolves to the images in them. */
  #add(folder: string): Promise<string[]> {
    return imagesIn(folder, async (each) => {
      if (!this.#watch(each)) return [];
      return readdir(path.join(this.#root, each), { withFileTypes: true }).catch(() => []);
    });
  }

  #watch(folder: string): boolean {
    this.#forget(folder);
    if (this.#closed) return false;
    try {
      const watcher = watch(path.join(this.#root, folder), { persistent: false }, (_event, name) => {
        if (name !== null) this.#settle(path.join(folder, name));
      });
      watcher.on("error", () => {
        this.#forget(folder);
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #settle(file: string): void {
    clearTimeout(this.#unsettled.get(file));
    const timer = setTimeout(() => {
      this.#unsettled.delete(file);
      void this.#check(file);
    }, SETTLED_MS);
    this.#unsettled.set(file, timer.unref());
  }

  /** Looks at the current and former owner of a name: a folder may have appeared, gone, or become another. */
  async #check(file: string): Promise<void> {
    // A watch follows its folder to a new name, and would report it by the old one.
    for (const folder of this.#watchers.keys()) if (isWithin(folder, file, path.sep)) this.#forget(folder);
    const entry = await lstat(path.join(this.#root, file)).catch(() => undefined);
    // The content of a folder may be older than its watch.
    const images = entry?.isDirectory() ? await this.#add(file) : [file];
    // The store itself reports edited and removed files when they are read.
    const known = [...this.#store.keys()].filter((key) => isWithin(key, keyOf(file), "/"));
    for (const key of known) await this.#store.get(key);
    for (const image of images) await this.#linkNew(image);
  }

  async #linkNew(file: string): Promise<void> {
    const contentType = contentTypeOf(file);
    // An object put through S3 hides the file.
    if (contentType === undefined || (await this.#store.get(keyOf(file))) !== undefined) return;
    const found = await look(this.#root, file);
    if ("file" in found && !this.#closed) {
      this.#store.linkChanged(keyOf(file), found.file, found.stats, { "content-type": contentType });
    }
  }
}

/** Tests whether a path is the folder or in it. */
function isWithin(one: string, folder: string, separator: string): boolean {
  return one === folder || one.startsWith(folder + separator);
}
