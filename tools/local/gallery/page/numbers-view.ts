import type { Hop } from "../contract";
import { byId, el } from "./dom";
import { bytes, percent } from "./format";
import { Numbers } from "./numbers";
import { byFlow } from "./parts";
import { bars, ranges, sparkline } from "./plots";
import { originalOfPath } from "./stack";

/** Bars of sizes that are shown at most. */
const MAX_BARS = 4;

/** The numbers at a glance, counted from the stack's events. */
export class NumbersView {
  readonly #numbers = new Numbers();
  readonly #bytesOf: (key: string) => Promise<number | undefined>;
  readonly #changed: () => void;

  /** @param bytesOf the size of an original. @param changed asks for a `render` before long */
  constructor(bytesOf: (key: string) => Promise<number | undefined>, changed: () => void) {
    this.#bytesOf = bytesOf;
    this.#changed = changed;
  }

  async add(hop: Hop): Promise<void> {
    const [, path = ""] = hop.what.split(" ");
    const original = hop.part === "cdn" && hop.status === 200 ? originalOfPath(path) : undefined;
    this.#numbers.add(hop, original === undefined ? undefined : await this.#bytesOf(original));
    this.#changed();
  }

  render(): void {
    const numbers = this.#numbers;
    const { hitRatio, hits, requests, ratios, variantsMade, originalBytes, deliveredBytes } = numbers;
    const ratio = hitRatio === undefined ? "–" : percent(hitRatio);
    show("hit-ratio", ratio, `${hits} of ${requests} requests to the CDN`, [
      sparkline(ratios, `The hit ratio over the latest ${ratios.length} requests, now ${ratio}`),
    ]);
    const made = [...numbers.made].sort(([, one], [, other]) => other - one);
    show("variants-made", String(variantsMade), made.length > MAX_BARS ? `most of them ${MAX_BARS} sizes` : "by size", [
      bars(made.slice(0, MAX_BARS).map(([spec, count]) => [spec, count, String(count)])),
    ]);
    const saved =
      originalBytes === 0
        ? "no variant is delivered yet"
        : `${percent(1 - deliveredBytes / originalBytes)} less than the originals`;
    show("bytes-saved", bytes(Math.max(0, originalBytes - deliveredBytes)), saved, [
      bars([
        ["originals", originalBytes, bytes(originalBytes)],
        ["delivered", deliveredBytes, bytes(deliveredBytes)],
      ]),
    ]);
    byId("times", HTMLElement).replaceChildren(
      ranges(numbers.times.sort((one, other) => byFlow(one.part, other.part))),
    );
  }
}

function show(id: string, figure: string, note: string, plots: readonly Node[]): void {
  byId(id, HTMLElement).replaceChildren(
    el("p", { class: "figure" }, figure),
    el("p", { class: "note" }, note),
    ...plots,
  );
}
