import { type FSWatcher, watch } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { ObjectStore } from "./object-store";
import { contentTypeOf, keyOf, look, realRoot } from "./originals";

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
    this.#root = await realRoot(this.#directory);
    await this.#add("");
  }

  /** Ends the watch, also while it starts: nothing is reported from now on. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const timer of this.#unsettled.values()) clearTimeout(timer);
  }

  /** Watches a folder and those in it; resolves to the images in them. */
  async #add(folder: string): Promise<string[]> {
    if (!this.#watch(folder)) return [];
    const images: string[] = [];
    const entries = await readdir(path.join(this.#root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) images.push(...(await this.#add(file)));
      else if (contentTypeOf(entry.name) !== undefined) images.push(file);
    }
    return images;
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
