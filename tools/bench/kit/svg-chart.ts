/** A line of a chart; points in the order of their x. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Marks on the points and no line between them. Default false. */
  readonly dots?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Linear unless told. */
  readonly xScale?: "log";
  readonly yScale?: "log";
  /** The text of a tick. Default: the number. */
  readonly xText?: (value: number) => string;
  readonly yText?: (value: number) => string;
}

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 76, right: 190, top: 44, bottom: 52 };
/** Told apart by people who see colours differently (Okabe and Ito's palette), on white and on black. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

const TITLE = 'style="font-weight:bold;font-size:15px"';

/** Draws lines as an SVG file that reads on light and dark pages alike. */
export function lineChart(chart: Chart): string {
  const points = chart.series.flatMap((series) => series.points);
  const x = axis(
    points.map(([value]) => value),
    chart.xScale,
    [PLOT.left, WIDTH - PLOT.right],
  );
  const y = axis(
    points.map(([, value]) => value),
    chart.yScale,
    [HEIGHT - PLOT.bottom, PLOT.top],
  );
  const parts = [
    ...x.ticks.map((value) => verticalTick(x.at(value), chart.xText?.(value) ?? String(value))),
    ...y.ticks.map((value) => horizontalTick(y.at(value), chart.yText?.(value) ?? String(value))),
    ...chart.series.map((series, index) => drawSeries(series, x.at, y.at, index)),
    text(PLOT.left, 22, chart.title, TITLE),
    text((PLOT.left + WIDTH - PLOT.right) / 2, HEIGHT - 12, chart.xLabel, 'text-anchor="middle"'),
    text(16, PLOT.top - 10, chart.yLabel),
  ];
  return svg(HEIGHT, chart.title, parts);
}

export interface Bars {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  readonly text: (value: number) => string;
}

/** Draws horizontal bars, each with its name and value, as an SVG file. */
export function barChart({ title, bars, text: textOf }: Bars): string {
  const left = 330;
  const row = 26;
  const height = 44 + bars.length * row + 12;
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const parts = bars.flatMap(({ name, value }, index) => {
    const top = 44 + index * row;
    const width = ((WIDTH - left - 90) * value) / most;
    return [
      text(left - 8, top + 14, name, 'text-anchor="end"'),
      `<rect x="${left}" y="${top}" width="${round(Math.max(1, width))}" height="18" fill="${COLOURS[0] ?? ""}"/>`,
      text(left + Math.max(1, width) + 6, top + 14, textOf(value)),
    ];
  });
  return svg(height, title, [text(16, 22, title, TITLE), ...parts]);
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function axis(values: readonly number[], scale: "log" | undefined, [from, to]: readonly [number, number]): Axis {
  if (scale === "log") {
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
    const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
    return { ticks, at: (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low) };
  }
  const most = Math.max(...values, Number.MIN_VALUE);
  const step = niceStep(most / 5);
  const top = Math.ceil(most / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
  return { ticks, at: (value) => from + ((to - from) * value) / top };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
}

function drawSeries(series: Series, x: Axis["at"], y: Axis["at"], index: number): string {
  const colour = COLOURS[index % COLOURS.length] ?? "";
  const at = series.points.map(([px, py]) => [round(x(px)), round(y(py))] as const);
  const key = PLOT.top + 8 + index * 22;
  const mark = (cx: number, cy: number) => `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`;
  const legend = WIDTH - PLOT.right + 12;
  const [line, sample] = series.dots
    ? [at.map(([cx, cy]) => mark(cx, cy)).join(""), mark(legend + 8, key)]
    : [
        `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${at.map((pair) => pair.join(",")).join(" ")}"/>`,
        `<line x1="${legend}" x2="${legend + 16}" y1="${key}" y2="${key}" stroke="${colour}" stroke-width="2"/>`,
      ];
  return `${line}${sample}${text(legend + 22, key + 4, series.name)}`;
}

function verticalTick(x: number, label: string): string {
  return (
    `<line x1="${round(x)}" x2="${round(x)}" y1="${PLOT.top}" y2="${HEIGHT - PLOT.bottom}" stroke="#8884"/>` +
    text(x, HEIGHT - PLOT.bottom + 18, label, 'text-anchor="middle"')
  );
}

function horizontalTick(y: number, label: string): string {
  return (
    `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${round(y)}" y2="${round(y)}" stroke="#8884"/>` +
    text(PLOT.left - 8, y + 4, label, 'text-anchor="end"')
  );
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escape(content)}</text>`;
}

function svg(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    "<style>text{font:12px system-ui,sans-serif;fill:#222}rect.page{fill:#fff}",
    "@media(prefers-color-scheme:dark){text{fill:#ddd}rect.page{fill:#0d1117}}</style>",
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
