import { type FSWatcher, watch } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { ObjectStore } from "./object-store";
import { contentTypeOf, keyOf, look, realRoot } from "./originals";

/** A file is looked at when nothing has been heard of it for so long, in milliseconds: copying one takes many writes. */
const SETTLED_MS = 200;

/**
 * Notices what happens to the pictures of a folder, by one watch a folder: a watch a file, as Node's recursive one has on
 * Linux, would be too many of them. Where the machine has no more watches to give, those folders are not watched.
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
    this.#root = await realRoot(this.#directory);
    await this.#add("");
  }

  /** Ends it, also while it starts: nothing is told, and no folder watched, from now on. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const timer of this.#unsettled.values()) clearTimeout(timer);
  }

  /** Watches a folder and those in it; resolves to the pictures that are there. */
  async #add(folder: string): Promise<string[]> {
    if (!this.#watch(folder)) return [];
    const pictures: string[] = [];
    const entries = await readdir(path.join(this.#root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) pictures.push(...(await this.#add(file)));
      else if (contentTypeOf(entry.name) !== undefined) pictures.push(file);
    }
    return pictures;
  }

  #watch(folder: string): boolean {
    this.#forget(folder);
    if (this.#closed) return false;
    try {
      const watcher = watch(path.join(this.#root, folder), { persistent: false }, (_event, name) => {
        if (name !== null) this.#heardOf(path.join(folder, name));
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

  #heardOf(file: string): void {
    clearTimeout(this.#unsettled.get(file));
    const timer = setTimeout(() => {
      this.#unsettled.delete(file);
      void this.#check(file);
    }, SETTLED_MS);
    this.#unsettled.set(file, timer.unref());
  }

  /** Looks at what has this name now, and at what had it before: a folder may have come, gone, or become another. */
  async #check(file: string): Promise<void> {
    // A watch follows its folder to a new name, and would go on telling by the old one.
    for (const folder of this.#watchers.keys()) if (isWithin(folder, file, path.sep)) this.#forget(folder);
    const entry = await lstat(path.join(this.#root, file)).catch(() => undefined);
    // What is in a folder may have come before the watch.
    const pictures = entry?.isDirectory() ? await this.#add(file) : [file];
    // The store tells of an edited or removed file by itself.
    const known = [...this.#store.keys()].filter((key) => isWithin(key, keyOf(file), "/"));
    for (const key of known) await this.#store.get(key);
    for (const picture of pictures) await this.#takeNew(picture);
  }

  async #takeNew(file: string): Promise<void> {
    const contentType = contentTypeOf(file);
    // An object put through S3 hides the file.
    if (contentType === undefined || (await this.#store.get(keyOf(file))) !== undefined) return;
    const found = await look(this.#root, file);
    if ("file" in found && !this.#closed) {
      this.#store.linkChanged(keyOf(file), found.file, found.stats, { "content-type": contentType });
    }
  }
}

/** Whether a path is this folder's, or of something in it. */
function isWithin(one: string, folder: string, separator: string): boolean {
  return one === folder || one.startsWith(folder + separator);
}
