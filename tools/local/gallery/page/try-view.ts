import { encodeKey } from "../../../../functions/variant-key";
import type { Leg, Original } from "../contract";
import { button, byId, el } from "./dom";
import { bytes, milliseconds } from "./format";
import { tryPath } from "./server";
import type { Stack } from "./stack";
import { statusChip } from "./timeline";

/** What a browser says that it takes for an `<img>`: Chromium's. */
export const IMAGE_ACCEPT = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const HEADERS = ["location", "cache-control", "x-cache", "age", "content-type", "vary", "retry-after"];

/** The form that asks for any path and shows what each request on the way answers. */
export class TryView {
  readonly #stack: Stack;
  readonly #tried: (url: string) => void;
  readonly #path = byId("try-path", HTMLInputElement);
  readonly #accept = byId("try-accept", HTMLInputElement);
  readonly #result = byId("try-result", HTMLElement);

  /** @param tried is told the first URL of what was tried, once it is answered */
  constructor(stack: Stack, tried: (url: string) => void) {
    this.#stack = stack;
    this.#tried = tried;
    byId("try-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try();
    });
  }

  /** Paths worth trying, of an original that there is. */
  offer(original: Original | undefined): void {
    const key = original?.key ?? "photo.jpg";
    const [folder, file] = [key.slice(0, key.lastIndexOf("/") + 1), key.slice(key.lastIndexOf("/") + 1)];
    const [size = "640w"] = this.#stack.sizes;
    const examples: readonly (readonly [name: string, path: string])[] = [
      ["a variant", `/${folder}${size}/${file}`],
      ["an unlisted size", `/${folder}641x7/${file}`],
      ["a chained key", `/${folder}${size}/${size}/${file}`],
      ["a missing original", `/${folder}${size}/not-there.jpg`],
      ["no size", `/${folder}not-there.jpg`],
    ];
    byId("try-examples", HTMLElement).replaceChildren(
      ...examples.map(([name, path]) =>
        button(name, { class: "small" }, () => {
          this.#path.value = encodeKey(path);
          void this.#try();
        }),
      ),
    );
    if (this.#path.value === "") this.#path.value = `/${folder}${size}/${file}`;
  }

  async #try(): Promise<void> {
    const legs = await tryPath(this.#path.value, this.#accept.checked ? IMAGE_ACCEPT : "*/*").catch(
      (error: unknown) => (error as Error).message,
    );
    if (typeof legs === "string") {
      this.#result.replaceChildren(el("p", { class: "error" }, legs));
      return;
    }
    this.#result.replaceChildren(el("ol", { class: "legs" }, ...legs.map(legItem)));
    const [first] = legs;
    if (first) this.#tried(first.url);
  }
}

function legItem({ url, status, headers, ms, bytes: count, text }: Leg): HTMLElement {
  return el(
    "li",
    {},
    el(
      "p",
      { class: "leg" },
      statusChip(status),
      el("code", {}, url),
      el("span", {}, `${milliseconds(ms)}, ${bytes(count)}`),
    ),
    el(
      "dl",
      { class: "headers" },
      ...HEADERS.flatMap((name) =>
        headers[name] === undefined ? [] : [el("dt", { class: "answered" }, name), el("dd", {}, headers[name])],
      ),
    ),
    text === undefined ? undefined : el("pre", { tabindex: 0, role: "group", "aria-label": "The answer's body" }, text),
  );
}
