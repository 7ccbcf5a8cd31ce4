import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { ObjectStore } from "./object-store";
import { contentTypeOf, keyOf, look, realRoot } from "./originals";

/** A file is looked at when nothing has been heard of it for so long, in milliseconds: copying one takes many writes. */
const SETTLED_MS = 200;

/**
 * Notices what happens to the pictures of a folder, by one watch a folder: a watch a file, as Node's recursive one has on
 * Linux, would be too many of them. Where the machine has no more watches to give, those folders are not watched.
 * @returns the function that ends it
 */
export async function watchOriginals(store: ObjectStore, directory: string): Promise<() => void> {
  const watched = new OriginalsWatch(store, await realRoot(directory));
  await watched.add("");
  return () => {
    watched.close();
  };
}

class OriginalsWatch {
  readonly #store: ObjectStore;
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #unsettled = new Map<string, NodeJS.Timeout>();

  constructor(store: ObjectStore, root: string) {
    this.#store = store;
    this.#root = root;
  }

  /** Watches a folder and those in it; resolves to the pictures that are there. */
  async add(folder: string): Promise<string[]> {
    if (!this.#watch(folder)) return [];
    const pictures: string[] = [];
    const entries = await readdir(path.join(this.#root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) pictures.push(...(await this.add(file)));
      else if (contentTypeOf(entry.name) !== undefined) pictures.push(file);
    }
    return pictures;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const timer of this.#unsettled.values()) clearTimeout(timer);
  }

  #watch(folder: string): boolean {
    const forget = () => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    forget();
    try {
      const watcher = watch(path.join(this.#root, folder), { persistent: false }, (_event, name) => {
        if (name !== null) this.#heardOf(path.join(folder, name));
      });
      watcher.on("error", forget);
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  #heardOf(file: string): void {
    clearTimeout(this.#unsettled.get(file));
    const timer = setTimeout(() => {
      this.#unsettled.delete(file);
      void this.#check(file);
    }, SETTLED_MS);
    this.#unsettled.set(file, timer.unref());
  }

  async #check(file: string): Promise<void> {
    const contentType = contentTypeOf(file);
    if (contentType === undefined) {
      // A folder, if anything: what is in it may have come before the watch.
      for (const picture of await this.add(file)) await this.#check(picture);
      return;
    }
    // The store tells of an edited file by itself; an object put through S3 hides the file.
    if ((await this.#store.get(keyOf(file))) !== undefined) return;
    const found = await look(this.#root, file);
    if ("file" in found) {
      this.#store.linkChanged(keyOf(file), found.file, found.stats, { "content-type": contentType });
    }
  }
}
