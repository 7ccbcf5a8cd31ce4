import { signal } from "@preact/signals";

/** The image that is open, as the page's address names it: `?image=p_1/a.jpg`. */
export class Address {
  readonly image = signal(imageInAddress());

  constructor() {
    addEventListener("popstate", () => (this.image.value = imageInAddress()));
  }

  /** Opens an image, or another one in its place; Back closes it. */
  readonly open = (key: string): void => {
    const address = `?${new URLSearchParams({ image: key }).toString()}`;
    if (this.image.value === undefined) history.pushState({ isOpened: true }, "", address);
    else history.replaceState(history.state, "", address);
    this.image.value = key;
  };

  readonly close = (): void => {
    if (this.image.value === undefined) return;
    const state = history.state as { readonly isOpened?: boolean } | null;
    if (state?.isOpened) {
      history.back();
      return;
    }
    history.replaceState(null, "", location.pathname);
    this.image.value = undefined;
  };
}

function imageInAddress(): string | undefined {
  return new URLSearchParams(location.search).get("image") ?? undefined;
}
