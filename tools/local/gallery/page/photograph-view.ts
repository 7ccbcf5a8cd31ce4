import type { Original } from "../contract";
import { byId, el } from "./dom";
import { bytes, milliseconds, saving } from "./format";
import type { Library } from "./library";
import { deleteVariants, tryPath } from "./server";
import type { Stack } from "./stack";
import { statusChip } from "./timeline";
import { IMAGE_ACCEPT } from "./try-view";

/** Variants asked for at once: as many as a small machine makes. */
const CONCURRENCY = 2;

/** One photograph with all its variants, at true size. */
export class PhotographView {
  readonly #stack: Stack;
  readonly #library: Library;
  readonly #dialog = byId("photograph", HTMLDialogElement);
  readonly #title = byId("photograph-title", HTMLElement);
  readonly #figures = byId("photograph-variants", HTMLElement);
  readonly #status = byId("photograph-status", HTMLElement);
  #original: Original | undefined;
  /** Counted up when what is being loaded is no longer wanted. */
  #turn = 0;

  /** @param replace puts a file in place of an original */
  constructor(stack: Stack, library: Library, replace: (key: string, file: File) => void) {
    this.#stack = stack;
    this.#library = library;
    byId("photograph-close", HTMLButtonElement).addEventListener("click", () => {
      this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => {
      this.#turn += 1;
      this.#original = undefined;
      this.#figures.replaceChildren();
    });
    const file = byId("photograph-file", HTMLInputElement);
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen && this.#original) {
        this.#status.textContent = "Replacing …";
        replace(this.#original.key, chosen);
      }
      file.value = "";
    });
    byId("photograph-anew", HTMLButtonElement).addEventListener("click", () => {
      if (this.#original) void deleteVariants(this.#original.key);
    });
  }

  open(original: Original): void {
    this.#dialog.showModal();
    void this.#show(original);
  }

  /** Shows the photograph anew if it is the one that has changed. */
  update(original: Original | undefined): void {
    if (original && original.key === this.#original?.key) void this.#show(original);
  }

  /** Says something of the photograph that is shown. */
  say(text: string): void {
    this.#status.textContent = text;
  }

  async #show(original: Original): Promise<void> {
    const turn = (this.#turn += 1);
    this.#original = original;
    this.#title.textContent = original.key;
    this.#status.textContent = "Asking for every variant …";
    const waiting = this.#stack.specs.map((spec) => ({
      spec,
      figure: el("figure", { class: "variant waiting" }, caption(spec, "waiting")),
    }));
    this.#figures.replaceChildren(this.#originalFigure(original), ...waiting.map(({ figure }) => figure));
    const started = performance.now();
    let total = 0;
    const work = async () => {
      for (let next = waiting.shift(); next && turn === this.#turn; next = waiting.shift()) {
        total += await this.#showVariant(original, next.spec, next.figure);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (turn !== this.#turn) return;
    const count = this.#stack.specs.length;
    const took = milliseconds(performance.now() - started);
    this.#status.textContent = `${count} variants, ${bytes(total)} together, in ${took}. The original is ${bytes(original.bytes)}.`;
  }

  #originalFigure({ key, bytes: count }: Original): HTMLElement {
    const url = this.#stack.urlOf(key);
    const words = caption("original", bytes(count), "shown smaller");
    const image = el("img", { src: this.#library.shown(key, url), alt: `The original of ${key}` });
    image.addEventListener("load", () => {
      words.replaceWith(caption("original", pixels(image), bytes(count), "shown smaller"));
    });
    return el(
      "figure",
      { class: "variant original" },
      el("a", { href: url, target: "_blank", rel: "noopener" }, image),
      words,
    );
  }

  /** Asks for a variant through the CDN and shows it, or why there is none. Returns its bytes. */
  async #showVariant({ key, bytes: originalBytes }: Original, spec: string, figure: HTMLElement): Promise<number> {
    try {
      const url = this.#stack.urlOf(key, spec);
      const legs = await tryPath(url.slice(this.#stack.cdn.url.length), IMAGE_ACCEPT);
      const answer = legs.at(-1);
      if (answer?.status !== 200) {
        figure.className = "variant refused";
        figure.replaceChildren(el("pre", {}, answer?.text ?? ""), caption(spec, statusChip(answer?.status ?? 0)));
        return 0;
      }
      await this.#library.reload(key, [url]);
      const image = el("img", { src: this.#library.shown(key, url), alt: `${key} at ${spec}` });
      await image.decode();
      const format = (answer.headers["content-type"] ?? "").replace("image/", "").toUpperCase();
      const way =
        legs.length > 1 ? `made in ${milliseconds(legs.reduce((sum, leg) => sum + leg.ms, 0))}` : "there already";
      figure.className = "variant";
      figure.replaceChildren(
        el("div", { class: "true-size", tabindex: 0, role: "group", "aria-label": `${spec} at true size` }, image),
        caption(
          spec,
          pixels(image),
          format,
          bytes(answer.bytes),
          el("b", {}, saving(answer.bytes, originalBytes)),
          way,
        ),
      );
      return answer.bytes;
    } catch (error) {
      figure.className = "variant refused";
      figure.replaceChildren(caption(spec, (error as Error).message));
      return 0;
    }
  }
}

function caption(spec: string, ...facts: readonly (string | Node)[]): HTMLElement {
  return el("figcaption", {}, el("code", {}, spec), ...facts.map((fact) => el("span", {}, fact)));
}

function pixels({ naturalWidth, naturalHeight }: HTMLImageElement): string {
  return `${naturalWidth} × ${naturalHeight} px`;
}
