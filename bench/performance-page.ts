import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { burstPage } from "./burst/report";
import type { BurstResult } from "./burst/result";
import { coldPage } from "./cold/report";
import type { ColdResult } from "./cold/result";
import { writeText } from "./kit/files";
import type { ResizeResult } from "./kit/resize-result";
import { resizePage } from "./resize/report";

/** Writes `performance.md` and its plots from the result files that there are. */
export function writePerformancePage(results: string, out: string): void {
  const resize = read(path.join(results, "resize.json")) as ResizeResult | undefined;
  const cold = read(path.join(results, "cold.json")) as ColdResult | undefined;
  const burst = read(path.join(results, "burst.json")) as BurstResult | undefined;
  const page = resize ? resizePage(resize) : { lines: [], plots: {} };
  const lines = [
    "# How fast it is",
    "",
    "<!-- Made by the bench commands from bench/results/; do not edit. -->",
    "",
    ...page.lines,
    ...(cold ? coldPage(cold) : []),
    ...(burst ? burstPage(burst) : []),
  ];
  writeText(path.join(out, "performance.md"), lines.join("\n"));
  for (const [name, svg] of Object.entries(page.plots)) writeText(path.join(out, name), svg);
}

function read(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
