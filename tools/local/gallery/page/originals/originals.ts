import { signal } from "@preact/signals";
import type { Events, Original } from "../../contract";
import { getOriginals, IMAGE_ACCEPT } from "../server";
import type { Stack } from "../stack";

/** Originals that are loaded together. */
const PAGE_LENGTH = 60;
/** Changes, and letters of a search, that follow each other faster are answered together. */
const DELAY_MS = 200;

/** The originals that the page shows, loaded as they come into sight, and which of them have changed since it was opened. */
export class Originals {
  /** Number of all that match the search; undefined until it is known. */
  readonly total = signal<number | undefined>(undefined);
  /** Those that are loaded, by their places in the list. */
  readonly loaded = signal<ReadonlyMap<number, Original>>(new Map());
  readonly search = signal("");
  readonly problem = signal("");
  readonly #stack: Stack;
  readonly #versions = signal<ReadonlyMap<string, string>>(new Map());
  readonly #deleted = new Set<string>();
  readonly #pages = new Set<number>();
  #shown = { from: 0, to: 1 };
  #loads = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Loads those in sight anew, and forgets the others. */
  async load(): Promise<void> {
    this.#loads += 1;
    this.#pages.clear();
    await this.#loadMissing(() => new Map());
  }

  /** Loads what is missing of a part of the list that comes into sight. */
  show(from: number, to: number): void {
    this.#shown = { from, to };
    void this.#loadMissing(() => this.loaded.value);
  }

  searchFor(text: string): void {
    this.search.value = text;
    this.#loadSoon();
  }

  /** Shows an original that was put, replaced or deleted as it is now. */
  async update({ key, isDeleted }: Events["original"]): Promise<void> {
    this.#loadSoon();
    if (isDeleted) {
      this.#deleted.add(key);
      return;
    }
    const wasShown = this.#deleted.delete(key) || [...this.loaded.value.values()].some((one) => one.key === key);
    if (wasShown) await reload(this.#stack.galleryUrls(key));
    this.#versions.value = new Map(this.#versions.value).set(key, Date.now().toString(36));
  }

  versionOf(key: string): string | undefined {
    return this.#versions.value.get(key);
  }

  /** Adds versions to the URLs in a text: a document keeps the images that it has shown by their URLs. */
  versioned(key: string, urls: string): string {
    const version = this.versionOf(key);
    return version === undefined ? urls : urls.replace(/http\S+/g, (url) => `${url}?v=${version}`);
  }

  async #loadMissing(before: () => ReadonlyMap<number, Original>): Promise<void> {
    const load = this.#loads;
    const { from, to } = this.#shown;
    const missing: number[] = [];
    for (let page = Math.floor(from / PAGE_LENGTH); page * PAGE_LENGTH < to; page += 1) {
      if (!this.#pages.has(page)) missing.push(page);
      this.#pages.add(page);
    }
    if (missing.length === 0) return;
    try {
      const pages = await Promise.all(
        missing.map((page) => getOriginals(this.search.value, page * PAGE_LENGTH, PAGE_LENGTH)),
      );
      if (load !== this.#loads) return;
      const loaded = new Map(before());
      for (const [index, page] of missing.entries()) {
        for (const [place, original] of pages[index]?.originals.entries() ?? []) {
          loaded.set(page * PAGE_LENGTH + place, original);
        }
      }
      this.loaded.value = loaded;
      this.total.value = pages[0]?.total ?? 0;
      this.problem.value = "";
    } catch (error) {
      if (load !== this.#loads) return;
      for (const page of missing) this.#pages.delete(page);
      this.problem.value = (error as Error).message;
    }
  }

  #loadSoon(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.load(), DELAY_MS);
  }
}

/** Replaces variants in the browser's cache: they may be kept for long, and redirects lead to them. */
async function reload(urls: readonly string[]): Promise<void> {
  const options = { cache: "reload", mode: "no-cors", headers: { accept: IMAGE_ACCEPT } } as const;
  await Promise.all(urls.map((url) => fetch(url, options).catch(() => undefined)));
}
