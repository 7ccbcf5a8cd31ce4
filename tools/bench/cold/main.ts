// `npm run bench:cold`: how long a fresh process takes to its first variant, part by part.
import path from "node:path";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { numberIn, readOptions } from "../kit/arguments";
import { RESULTS, ROOT, writeJson } from "../kit/files";
import { generatedPhotographs, middleOf, readPhotographs } from "../kit/photographs";
import { runCommand } from "../kit/run-command";
import { writePerformancePage } from "../performance-page";
import { coldPartsTable, coldTable } from "./report";
import { run } from "./run";

const USAGE = "usage: npm run bench:cold -- [--starts 15] [--images DIR] [--note TEXT] [--out DIR] [--results DIR]";

runCommand(async (argv) => {
  const options = readOptions(
    argv,
    {
      starts: { type: "string", default: "15" },
      images: { type: "string" },
      note: { type: "string" },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  const starts = numberIn("starts", options.starts, { least: 1, most: 1000 });
  const photographs = await readPhotographs(options.images ?? (await generatedPhotographs()));

  const interrupt = onInterrupt();
  const result = await run(starts, middleOf(photographs), photographs.folder, interrupt, options.note);
  if (!result) {
    console.error("stopped before a start of each was counted: nothing is kept");
    process.exitCode = 130;
    return;
  }
  const file = path.join(options.results, "cold.json");
  writeJson(file, result);
  writePerformancePage(options.results, options.out);
  console.log(`${coldTable(result)}\n\n${coldPartsTable(result)}`);
  console.log(`\nThe result: ${file}`);
  if (!result.complete) {
    console.error(`stopped after ${result.starts} starts of each: the result is marked as partial`);
    process.exitCode = 130;
  }
});
