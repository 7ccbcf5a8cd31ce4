import type { Original } from "../contract";
import { getOriginal } from "./server";

/** The originals that the page knows, and which of them have changed since it was opened. */
export class Library {
  readonly #known = new Map<string, Promise<Original | undefined>>();
  readonly #versions = new Map<string, string>();

  learn(original: Original): void {
    this.#known.set(original.key, Promise.resolve(original));
  }

  async bytesOf(key: string): Promise<number | undefined> {
    const known = this.#known.get(key) ?? getOriginal(key);
    this.#known.set(key, known);
    return (await known)?.bytes;
  }

  /** Asks for an original anew; `undefined` if it is gone. */
  async refresh(key: string): Promise<Original | undefined> {
    const original = await getOriginal(key);
    this.#known.set(key, Promise.resolve(original));
    this.#versions.set(key, `${(original?.etag ?? "").replaceAll('"', "").slice(0, 12)}-${Date.now().toString(36)}`);
    return original;
  }

  /**
   * The URL to show a picture of an original by. One that has changed is called anew: the document keeps the pictures that it has
   * shown by their URLs.
   */
  shown(key: string, url: string): string {
    const version = this.#versions.get(key);
    return version === undefined ? url : `${url}?v=${version}`;
  }

  /** The same for every candidate of a srcset. */
  shownSet(key: string, srcset: string): string {
    return srcset.replace(/(\S+) (\d+w)/g, (_, url: string, width: string) => `${this.shown(key, url)} ${width}`);
  }

  /** Has the browser's cache hold what the CDN has now: variants may be kept for long, and redirects lead to them. */
  async reload(key: string, urls: readonly string[]): Promise<void> {
    if (!this.#versions.has(key)) return;
    await Promise.all(urls.map((url) => fetch(url, { cache: "reload", mode: "no-cors" }).catch(() => undefined)));
  }
}
