import type { Hop, LogLine } from "../contract";
import { button, byId, el } from "./dom";
import { curlLine, type Exchange, type Flow, Flows, type Outcome, outcomeOf, spanOf } from "./flows";
import { bytes, milliseconds, readable } from "./format";
import { partName } from "./parts";
import type { Stack } from "./stack";
import { statusChip, strip, timeline } from "./timeline";

/** Rows that are shown at most. */
const MAX_ROWS = 100;

const OUTCOMES: Readonly<Record<Outcome, readonly [chip: string, meaning: string]>> = {
  hit: ["hit", "the CDN had it"],
  miss: ["miss", "the bucket had it"],
  made: ["made", "the function made it"],
  moved: ["moved", "a redirect that nobody followed"],
  refused: ["refused", "4xx"],
  failed: ["failed", "5xx"],
  other: ["other", "not through the CDN"],
};

interface Row {
  readonly flow: Flow;
  readonly element: HTMLLIElement;
  readonly details: HTMLDetailsElement;
}

/** The inspector: what every request did, live. */
export class RequestsView {
  readonly #flows: Flows;
  readonly #stack: Stack;
  readonly #changed: () => void;
  readonly #list = byId("request-list", HTMLOListElement);
  readonly #empty = byId("no-requests", HTMLParagraphElement);
  readonly #search = byId("request-search", HTMLInputElement);
  readonly #outcome = byId("request-outcome", HTMLSelectElement);
  readonly #part = byId("request-part", HTMLSelectElement);
  readonly #hold = byId("request-hold", HTMLInputElement);
  readonly #parts = new Set<string>();
  #rows = new Map<string, Row>();
  /** A flow to show the details of as soon as it has a row. */
  #toOpen: string | undefined;

  /** @param changed asks for a `render` before long */
  constructor(stack: Stack, changed: () => void) {
    this.#stack = stack;
    this.#flows = new Flows((hop) => stack.urlOfHop(hop));
    this.#changed = changed;
    for (const [value, [chip, meaning]] of Object.entries(OUTCOMES)) {
      this.#outcome.append(el("option", { value }, `${chip}: ${meaning}`));
    }
    for (const control of [this.#search, this.#outcome, this.#part, this.#hold]) {
      control.addEventListener("input", changed);
    }
    byId("request-clear", HTMLButtonElement).addEventListener("click", () => {
      this.#flows.clear();
      changed();
    });
  }

  add(hop: Hop): void {
    this.#flows.add(hop);
    if (!this.#parts.has(hop.part)) {
      this.#parts.add(hop.part);
      this.#part.append(el("option", { value: hop.part }, `through ${partName(hop.part)}`));
    }
    this.#changed();
  }

  addLog(line: LogLine): void {
    this.#flows.addLog(line);
    this.#changed();
  }

  /** Opens the details of the newest flow that began with this URL. */
  show(url: string): void {
    const flow = this.#flows.all.find(({ exchanges }) => {
      const entry = exchanges[0]?.entry;
      return entry && this.#stack.urlOfHop(entry) === url;
    });
    const row = flow && this.#rows.get(flow.id);
    if (row) row.details.open = true;
    else this.#toOpen = flow?.id;
    this.#changed();
  }

  render(): void {
    if (this.#hold.checked && this.#rows.size > 0) return;
    const shown = this.#flows.all.filter((flow) => this.#isWanted(flow)).slice(0, MAX_ROWS);
    const rows = new Map<string, Row>();
    const focused = [...this.#rows.values()].find(({ details }) => details.firstChild === document.activeElement);
    for (const flow of shown) {
      const known = this.#rows.get(flow.id);
      rows.set(
        flow.id,
        known?.flow === flow ? known : this.#row(flow, known?.details.open ?? flow.id === this.#toOpen),
      );
    }
    this.#rows = rows;
    const elements = [...rows.values()].map(({ element }) => element);
    // What stays where it is keeps the focus.
    for (const child of [...this.#list.children]) if (!elements.includes(child as HTMLLIElement)) child.remove();
    for (const [index, element] of elements.entries()) {
      const there = this.#list.children[index];
      if (there !== element) this.#list.insertBefore(element, there ?? null);
    }
    // A row that was made anew under the keyboard keeps it.
    const again = focused && rows.get(focused.flow.id);
    if (again && again !== focused) again.details.querySelector("summary")?.focus();
    this.#empty.hidden = shown.length > 0;
    this.#empty.textContent =
      this.#flows.all.length === 0 ? "Nothing has been asked for yet." : "No request is as the filters say.";
  }

  #isWanted(flow: Flow): boolean {
    const text = this.#search.value.trim().toLowerCase();
    const hops = flow.exchanges.flatMap((exchange) => exchange.hops);
    return (
      (this.#outcome.value === "" || outcomeOf(flow) === this.#outcome.value) &&
      (this.#part.value === "" || hops.some(({ part }) => part === this.#part.value)) &&
      (text === "" ||
        hops.some(({ what, status }) => readable(what).toLowerCase().includes(text) || String(status) === text))
    );
  }

  #row(flow: Flow, open: boolean): Row {
    const outcome = outcomeOf(flow);
    const [chip, meaning] = OUTCOMES[outcome];
    const { from, to } = spanOf(flow);
    const [first, last] = [flow.exchanges[0]?.entry, flow.exchanges.at(-1)?.entry];
    const details = el(
      "details",
      { open },
      el(
        "summary",
        {},
        el("span", { class: `chip outcome-${outcome}`, title: meaning }, chip),
        el("span", { class: "path" }, readable(first?.what ?? "")),
        el(
          "span",
          { class: "facts" },
          flow.exchanges.length > 1 ? `${flow.exchanges.length} requests, ` : "",
          `${last?.status ?? ""}, ${milliseconds(to - from)}, ${bytes(last?.bytes ?? 0)}`,
        ),
        strip(flow),
      ),
    );
    // The details of a hundred rows that nobody opens need not be made.
    const fill = () => {
      if (!details.open || details.children.length > 1) return;
      details.append(
        ...flow.exchanges.map((exchange, index) => this.#exchange(exchange, index, flow)),
        ...this.#curl(flow),
      );
    };
    details.addEventListener("toggle", fill);
    fill();
    return { flow, details, element: el("li", { "data-outcome": outcome }, details) };
  }

  #exchange(exchange: Exchange, index: number, flow: Flow): HTMLElement {
    const { entry } = exchange;
    const url = entry && this.#stack.urlOfHop(entry);
    const [method = ""] = entry?.what.split(" ") ?? [];
    return el(
      "section",
      { class: "exchange" },
      el(
        "h3",
        {},
        flow.exchanges.length > 1 ? `${index + 1}. ` : "",
        url === undefined ? (entry?.what ?? "") : `${method} ${url}`,
      ),
      el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Hops" }, timeline(exchange, flow)),
      ...headerList(entry),
      ...(exchange.log.length === 0
        ? []
        : [
            el("h4", {}, "The function's log"),
            el(
              "pre",
              { class: "log", tabindex: 0, role: "group", "aria-label": "The function's log" },
              exchange.log.join("\n"),
            ),
          ]),
    );
  }

  #curl(flow: Flow): HTMLElement[] {
    const line = curlLine(flow, (hop) => this.#stack.urlOfHop(hop));
    if (line === undefined) return [];
    const copy = button("Copy", { class: "small" }, () => {
      void navigator.clipboard.writeText(line).then(
        () => (copy.textContent = "Copied"),
        () => (copy.textContent = "Not allowed"),
      );
    });
    return [
      el(
        "div",
        { class: "curl" },
        el("code", { tabindex: 0, role: "group", "aria-label": "The same request by curl" }, line),
        copy,
      ),
    ];
  }
}

function headerList(entry: Hop | undefined): HTMLElement[] {
  const asked = Object.entries(entry?.requestHeaders ?? {}).map(([name, value]) => [name, value, "asked"] as const);
  const answered = Object.entries(entry?.responseHeaders ?? {}).map(
    ([name, value]) => [name, value, "answered"] as const,
  );
  if (asked.length + answered.length === 0 || !entry) return [];
  return [
    el("h4", {}, "Headers of the request, and of its answer ", statusChip(entry.status)),
    el(
      "dl",
      { class: "headers" },
      ...[...asked, ...answered].flatMap(([name, value, side]) => [
        el("dt", { class: side }, name),
        el("dd", {}, value),
      ]),
    ),
  ];
}
