import { computed, signal } from "@preact/signals";
import type { Events, OriginalsPage } from "../../contract";
import { getOriginals, IMAGE_ACCEPT } from "../server";
import type { Stack } from "../stack";

const PAGE_LENGTH = 60;
/** Changes, and letters of a search, that follow each other faster are answered together. */
const DELAY_MS = 200;

/** The originals that the page shows, and which of them have changed since it was opened. */
export class Originals {
  /** Undefined until it is loaded. */
  readonly page = signal<OriginalsPage | undefined>(undefined);
  readonly search = signal("");
  readonly problem = signal("");
  readonly openedKey = signal<string | undefined>(undefined);
  /** The original in the dialog. */
  readonly opened = computed(() => this.page.value?.originals.find(({ key }) => key === this.openedKey.value));
  readonly #stack: Stack;
  readonly #versions = signal<ReadonlyMap<string, string>>(new Map());
  #count = PAGE_LENGTH;
  #loads = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Loads the originals that match the search. */
  async load(): Promise<void> {
    const load = (this.#loads += 1);
    try {
      const page = await getOriginals(this.search.value, this.#count);
      if (load !== this.#loads) return;
      this.page.value = page;
      this.problem.value = "";
    } catch (error) {
      this.problem.value = (error as Error).message;
    }
  }

  searchFor(text: string): void {
    this.search.value = text;
    this.#count = PAGE_LENGTH;
    this.#loadSoon();
  }

  readonly showMore = (): void => {
    this.#count += PAGE_LENGTH;
    void this.load();
  };

  /** Shows an original that was put, replaced or deleted as it is now. */
  async update({ key }: Events["original"]): Promise<void> {
    if (this.page.value?.originals.some((one) => one.key === key)) await reload(this.#stack.galleryUrls(key));
    this.#versions.value = new Map(this.#versions.value).set(key, Date.now().toString(36));
    this.#loadSoon();
  }

  versionOf(key: string): string | undefined {
    return this.#versions.value.get(key);
  }

  /** Adds versions to the URLs in a text: a document keeps the images that it has shown by their URLs. */
  versioned(key: string, urls: string): string {
    const version = this.versionOf(key);
    return version === undefined ? urls : urls.replace(/http\S+/g, (url) => `${url}?v=${version}`);
  }

  /** Returns the URL to show a variant by, which the browser has requested anew if the original has changed. */
  async currentUrl(key: string, url: string): Promise<string> {
    if (this.versionOf(key) !== undefined) await reload([url]);
    return this.versioned(key, url);
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
