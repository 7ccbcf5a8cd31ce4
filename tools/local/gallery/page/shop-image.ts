import { picture } from "@image-resizer/srcset/srcset";
import { el } from "./dom";
import type { Library } from "./library";
import type { Stack } from "./stack";

/** As the gallery's columns are in its style sheet. */
const LAYOUT = "(min-width: 1100px) 18vw, (min-width: 480px) 31vw, calc(100vw - 2rem)";
/** A burst of misses may be more than the API takes at once: asked again, they are made. */
const RETRY_AFTER = [1000, 2000, 4000, 8000];

/** A photograph as a shop shows it: a `<picture>` with the candidates of its variants. */
export function shopImage(stack: Stack, library: Library, key: string, eager: boolean): HTMLElement {
  const shape = { sizes: stack.gallerySizes, layout: LAYOUT, alt: key };
  if (shape.sizes.length === 0) return el("p", { class: "error" }, "No size of the stack names a width.");
  let attributes;
  try {
    attributes = picture(stack.cdn, key, shape);
  } catch (error) {
    return el("p", { class: "error" }, (error as Error).message);
  }
  const { sources, img } = attributes;
  const image = el("img", { alt: img.alt, sizes: img.sizes, loading: eager ? "eager" : "lazy", decoding: "async" });
  const show = () => {
    image.srcset = library.shownSet(key, img.srcset);
    image.src = library.shown(key, img.src);
  };
  let failures = 0;
  image.addEventListener("error", () => {
    const wait = RETRY_AFTER[failures];
    failures += 1;
    if (wait === undefined) image.classList.add("broken");
    else window.setTimeout(show, wait);
  });
  image.addEventListener("load", () => {
    image.classList.add("loaded");
  });
  show();
  return el(
    "picture",
    {},
    ...sources.map(({ type, srcset, sizes }) => el("source", { type, srcset: library.shownSet(key, srcset), sizes })),
    image,
  );
}

/** The URLs that `shopImage` may show. */
export function candidates(stack: Stack, key: string): string[] {
  const shown = new Set(stack.gallerySizes);
  return stack.specs.filter((spec) => shown.has(spec.split(".")[0] ?? "")).map((spec) => stack.urlOf(key, spec));
}
