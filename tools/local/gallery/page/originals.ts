import { signal } from "@preact/signals";
import type { Original } from "../contract";
import { getOriginal, getOriginals, IMAGE_ACCEPT } from "./server";
import type { Stack } from "./stack";

const SEARCH_DELAY_MS = 200;

/** The originals that the page shows, in the order of their keys, and which of them have changed since it was opened. */
export class Originals {
  readonly list = signal<readonly Original[]>([]);
  readonly total = signal(0);
  readonly isMore = signal(false);
  readonly search = signal("");
  readonly problem = signal("");
  /** Key of an original whose new variants are on their way. */
  readonly changing = signal<string | undefined>(undefined);
  /** The original in the dialog. */
  readonly opened = signal<Original | undefined>(undefined);
  /** A key for examples: the first one of all. */
  readonly sampleKey = signal("photo.jpg");
  readonly #stack: Stack;
  readonly #bytes = new Map<string, Promise<number | undefined>>();
  readonly #versions = new Map<string, string>();
  #searching: ReturnType<typeof setTimeout> | undefined;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Loads a page of the originals that match the search: the first one, or the one after a key. */
  async load(after = ""): Promise<void> {
    const search = this.search.value;
    try {
      const { originals, total, isMore } = await getOriginals(after, search);
      if (search !== this.search.value) return;
      for (const { key, bytes } of originals) this.#bytes.set(key, Promise.resolve(bytes));
      this.list.value = after === "" ? originals : [...this.list.value, ...originals];
      this.total.value = total;
      this.isMore.value = isMore;
      this.problem.value = "";
      if (search === "" && originals[0] && after === "") this.sampleKey.value = originals[0].key;
    } catch (error) {
      this.problem.value = (error as Error).message;
    }
  }

  searchFor(text: string): void {
    this.search.value = text;
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => void this.load(), SEARCH_DELAY_MS);
  }

  /** Shows an original that was put, replaced or deleted as it is now. */
  async update(key: string): Promise<void> {
    const original = await getOriginal(key);
    this.#bytes.set(key, Promise.resolve(original?.bytes));
    if (original && this.list.value.some((one) => one.key === key)) {
      this.changing.value = key;
      await reload(this.#stack.galleryUrls(key));
      this.changing.value = undefined;
    }
    this.#versions.set(key, Date.now().toString(36));
    const others = this.list.value.filter((one) => one.key !== key);
    const wasShown = others.length < this.list.value.length;
    const isWanted = original && key.toLowerCase().includes(this.search.value.toLowerCase());
    const list = isWanted ? [...others, original].sort((one, other) => (one.key < other.key ? -1 : 1)) : others;
    // After the last one that is shown, it belongs to a page that is not.
    if (this.isMore.value && !wasShown && list.at(-1) === original) list.pop();
    this.list.value = list;
    this.total.value += (isWanted ? 1 : 0) - (wasShown ? 1 : 0);
    if (original && this.opened.value?.key === key) this.opened.value = original;
  }

  /** Returns the size of an original, `undefined` if it does not exist. */
  bytesOf(key: string): Promise<number | undefined> {
    const bytes = this.#bytes.get(key) ?? getOriginal(key).then((original) => original?.bytes);
    this.#bytes.set(key, bytes);
    return bytes;
  }

  versionOf(key: string): string | undefined {
    return this.#versions.get(key);
  }

  /** Adds versions to the URLs in a text: a document keeps the images that it has shown by their URLs. */
  versioned(key: string, urls: string): string {
    const version = this.#versions.get(key);
    return version === undefined ? urls : urls.replace(/http\S+/g, (url) => `${url}?v=${version}`);
  }

  /** Returns the URL to show a variant by, which the browser has requested anew if the original has changed. */
  async currentUrl(key: string, url: string): Promise<string> {
    if (this.#versions.has(key)) await reload([url]);
    return this.versioned(key, url);
  }
}

/** Replaces variants in the browser's cache: they may be kept for long, and redirects lead to them. */
async function reload(urls: readonly string[]): Promise<void> {
  const options = { cache: "reload", mode: "no-cors", headers: { accept: IMAGE_ACCEPT } } as const;
  await Promise.all(urls.map((url) => fetch(url, options).catch(() => undefined)));
}
