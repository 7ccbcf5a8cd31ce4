import type { Hop } from "../contract";
import { el, svg } from "./dom";
import { type Exchange, type Flow, spanOf } from "./flows";
import { bytes, milliseconds, readable } from "./format";
import { partClass, partName } from "./parts";

/** A flow's hops as one strip of bars over its time. */
export function strip(flow: Flow): SVGElement {
  const { from, to } = spanOf(flow);
  const scale = 100 / Math.max(1, to - from);
  const hops = flow.exchanges.flatMap((exchange) => inOrder(exchange)).filter(({ part }) => part !== "iam");
  return svg(
    "svg",
    { class: "strip", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    ...hops.map((hop, index) =>
      svg("rect", {
        class: partClass(hop.part),
        x: (hop.startedAt - from) * scale,
        y: hop.entry ? 0 : 2 + (index % 2),
        width: Math.max(0.8, hop.ms * scale),
        height: hop.entry ? 8 : 4,
      }),
    ),
  );
}

/** One request's hops, a row each, on the time scale of their flow. */
export function timeline(exchange: Exchange, flow: Flow): HTMLElement {
  const { from, to } = spanOf(flow);
  const scale = 100 / Math.max(1, to - from);
  const heads = ["Hop", "What it did", "When", "Status", "Time", "Bytes"].map((head) =>
    el("th", { scope: "col" }, head),
  );
  return el(
    "table",
    { class: "timeline" },
    el("thead", {}, el("tr", {}, ...heads)),
    el("tbody", {}, ...inOrder(exchange).map((hop) => row(hop, hop.startedAt - from, scale))),
  );
}

function row(hop: Hop, startedAfter: number, scale: number): HTMLElement {
  const { part, what, status, ms, bytes: count } = hop;
  const detail = detailOf(hop);
  const start = Math.min(99, startedAfter * scale);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("span", { class: `part ${partClass(part)}` }, partName(part))),
    el("td", { class: "what" }, el("span", {}, readable(what)), detail === "" ? undefined : el("small", {}, detail)),
    el(
      "td",
      { class: "when" },
      svg(
        "svg",
        { class: "span", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: "track", x: 0, y: 3.5, width: 100, height: 1 }),
        svg("rect", {
          class: partClass(part),
          x: start,
          y: 0,
          width: Math.max(1, Math.min(100 - start, ms * scale)),
          height: 8,
        }),
      ),
    ),
    el("td", { class: "status" }, statusChip(status)),
    el("td", { class: "number" }, milliseconds(ms)),
    el("td", { class: "number" }, count === undefined ? "" : bytes(count)),
  );
}

/** Without where the viewer is sent: the headers of the answer and the next request say so. */
function detailOf({ detail = "", responseHeaders }: Hop): string {
  const { location } = responseHeaders ?? {};
  return (location === undefined ? detail : detail.replace(location, "")).replace(/, $/, "");
}

export function statusChip(status: number): HTMLElement {
  return el("span", { class: `chip status-${Math.floor(status / 100)}` }, String(status));
}

/** By their start; of two that started together the one that took longer is around the other. */
function inOrder({ hops }: Exchange): Hop[] {
  return hops.toSorted((one, other) => one.startedAt - other.startedAt || other.ms - one.ms);
}
