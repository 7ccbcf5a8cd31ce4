import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { coldPage } from "./cold/report";
import type { ColdResult } from "./cold/result";
import { writeText } from "./kit/files";
import type { ResizeResult } from "./kit/resize-result";
import { loadChoices, loadPage } from "./load/report";
import type { LoadResult } from "./load/result";
import { resizeChoices, resizePage } from "./resize/report";

/** Writes `performance.md` and its plots from the result files that there are. */
export function writePerformancePage(results: string, out: string): void {
  const resize = read(path.join(results, "resize.json")) as ResizeResult | undefined;
  const cold = read(path.join(results, "cold.json")) as ColdResult | undefined;
  const load = read(path.join(results, "load.json")) as LoadResult | undefined;
  const nothing = { lines: [], plots: {} };
  const resizePart = resize ? resizePage(resize) : nothing;
  const loadPart = load ? loadPage(load) : nothing;
  const choices = [...(resize ? resizeChoices(resize) : []), ...(load ? loadChoices(load) : [])];
  const lines = [
    "# How fast it is",
    "",
    "<!-- Made by the bench commands from bench/results/; do not edit. -->",
    "",
    ...resizePart.lines,
    ...(cold ? coldPage(cold) : []),
    ...loadPart.lines,
    ...(choices.length > 0 ? ["## What to choose", "", ...choices, ""] : []),
  ];
  writeText(path.join(out, "performance.md"), lines.join("\n"));
  for (const [name, svg] of Object.entries({ ...resizePart.plots, ...loadPart.plots })) {
    writeText(path.join(out, name), svg);
  }
}

function read(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
