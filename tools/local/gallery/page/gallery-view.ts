import type { Original } from "../contract";
import { byId, el } from "./dom";
import { bytes, fileOf } from "./format";
import type { Library } from "./library";
import { getOriginals } from "./server";
import { candidates, shopImage } from "./shop-image";
import type { Stack } from "./stack";

/** Pictures that are on the screen from the start. */
const EAGER = 6;

/** The originals of the bucket, shown by their variants. */
export class GalleryView {
  readonly #stack: Stack;
  readonly #library: Library;
  readonly #choose: (original: Original) => void;
  readonly #list = byId("gallery", HTMLUListElement);
  readonly #count = byId("gallery-count", HTMLElement);
  readonly #search = byId("gallery-search", HTMLInputElement);
  readonly #more = byId("gallery-more", HTMLButtonElement);
  /** In the order of their keys, as the server has them. */
  #originals: Original[] = [];
  #total = 0;
  #isMore = false;

  constructor(stack: Stack, library: Library, choose: (original: Original) => void) {
    this.#stack = stack;
    this.#library = library;
    this.#choose = choose;
    let timer = 0;
    this.#search.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void this.load(), 200);
    });
    this.#more.addEventListener("click", () => void this.#load(this.#originals.at(-1)?.key ?? ""));
  }

  get first(): Original | undefined {
    return this.#originals[0];
  }

  /** Shows the first page. */
  async load(): Promise<void> {
    this.#list.replaceChildren();
    this.#originals = [];
    await this.#load("");
  }

  /** Shows an original that was put, replaced or deleted as it is now. */
  async update(key: string): Promise<void> {
    const original = await this.#library.refresh(key);
    const at = this.#originals.findIndex((one) => one.key === key);
    if (!original) {
      if (at === -1) return;
      this.#originals.splice(at, 1);
      this.#list.children[at]?.remove();
      this.#total -= 1;
    } else if (at !== -1) {
      this.#list.children[at]?.classList.add("changing");
      await this.#library.reload(key, candidates(this.#stack, key));
      this.#originals[at] = original;
      this.#list.children[at]?.replaceWith(this.#card(original, true));
    } else if (key.toLowerCase().includes(this.#search.value.toLowerCase())) {
      this.#total += 1;
      const before = this.#originals.findIndex((one) => one.key > key);
      // After the last that is shown it belongs to a page that is not.
      if (before !== -1 || !this.#isMore) {
        const index = before === -1 ? this.#originals.length : before;
        this.#originals.splice(index, 0, original);
        this.#list.insertBefore(this.#card(original, true), this.#list.children[index] ?? null);
      }
    }
    this.#renderCount();
  }

  async #load(after: string): Promise<void> {
    const search = this.#search.value;
    const { originals, total, isMore } = await getOriginals(after, search);
    if (search !== this.#search.value) return;
    for (const original of originals) {
      this.#library.learn(original);
      this.#list.append(this.#card(original, this.#originals.length < EAGER));
      this.#originals.push(original);
    }
    this.#total = total;
    this.#isMore = isMore;
    this.#more.hidden = !isMore;
    this.#renderCount();
  }

  #renderCount(): void {
    const shown = this.#originals.length;
    const originals = this.#total === 1 ? "1 original" : `${this.#total} originals`;
    this.#count.textContent = shown < this.#total ? `${shown} of ${originals}` : originals;
  }

  #card(original: Original, eager: boolean): HTMLElement {
    const { key } = original;
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    const card = el(
      "button",
      { type: "button", class: "card", "data-key": key },
      el("span", { class: "frame" }, shopImage(this.#stack, this.#library, key, eager)),
      el(
        "span",
        { class: "caption" },
        el("small", {}, folder),
        el("b", {}, fileOf(key)),
        el("small", {}, bytes(original.bytes)),
      ),
    );
    card.addEventListener("click", () => {
      this.#choose(original);
    });
    return el("li", {}, card);
  }
}
