import { el, svg } from "./dom";
import { milliseconds } from "./format";
import type { Times } from "./numbers";
import { partClass, partName } from "./parts";

/** Shares from 0 to 1 in their order. */
export function sparkline(shares: readonly number[], label: string): SVGElement {
  const step = 100 / Math.max(1, shares.length - 1);
  const points = shares.map((share, index) => `${(index * step).toFixed(2)},${(29 - share * 28).toFixed(2)}`);
  const area = [`0,30`, ...points, `${((shares.length - 1) * step).toFixed(2)},30`].join(" ");
  return svg(
    "svg",
    { class: "sparkline", viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("polygon", { points: area }),
    svg("polyline", { points: points.join(" ") }),
  );
}

/** Named values as bars, the longest as wide as the plot. */
export function bars(values: readonly (readonly [name: string, value: number, text: string])[]): HTMLElement {
  const longest = Math.max(1, ...values.map(([, value]) => value));
  return el(
    "dl",
    { class: "bars" },
    ...values.flatMap(([name, value, text]) => [
      el("dt", {}, name),
      el("dd", {}, bar((value / longest) * 100), el("span", {}, text)),
    ]),
  );
}

/** From the median to the 95th percentile of each part, on a scale of powers of ten. */
export function ranges(times: readonly Times[]): HTMLElement {
  const longest = Math.max(10, ...times.map(({ p95 }) => p95));
  const at = (ms: number) => (Math.log10(1 + ms * 10) / Math.log10(1 + longest * 10)) * 100;
  const rows = times.map(({ part, p50, p95, count }) =>
    el(
      "tr",
      { title: `${count} answers` },
      el("th", { scope: "row" }, partName(part)),
      el(
        "td",
        {},
        svg(
          "svg",
          { class: "range", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
          svg("rect", { class: "track", x: 0, y: 3, width: 100, height: 2 }),
          svg("rect", { class: partClass(part), x: at(p50), y: 1, width: Math.max(1.5, at(p95) - at(p50)), height: 6 }),
        ),
      ),
      el("td", {}, milliseconds(p50)),
      el("td", {}, milliseconds(p95)),
    ),
  );
  const heads = ["Hop", "from p50 to p95", "p50", "p95"].map((head) => el("th", { scope: "col" }, head));
  return el("table", { class: "ranges" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
}

function bar(width: number): SVGElement {
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width, height: 8 }),
  );
}
