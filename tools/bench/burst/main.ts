// `npm run bench:burst`: many requests at once for one missing variant, in one process.
import path from "node:path";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { numberIn, readOptions } from "../kit/arguments";
import { RESULTS, ROOT, writeJson } from "../kit/files";
import { generatedPhotographs, middleOf, readPhotographs } from "../kit/photographs";
import { runCommand } from "../kit/run-command";
import { writePerformancePage } from "../performance-page";
import { burstLine } from "./report";
import { run } from "./run";

const USAGE =
  "usage: npm run bench:burst -- [--requests 50] [--rounds 15] [--images DIR] [--note TEXT] [--out DIR] [--results DIR]";

runCommand(async (argv) => {
  const options = readOptions(
    argv,
    {
      requests: { type: "string", default: "50" },
      rounds: { type: "string", default: "15" },
      images: { type: "string" },
      note: { type: "string" },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  const asked = {
    requests: numberIn("requests", options.requests, { least: 2, most: 10_000 }),
    rounds: numberIn("rounds", options.rounds, { least: 1, most: 1000 }),
    note: options.note,
  };
  const photographs = await readPhotographs(options.images ?? (await generatedPhotographs()));

  const interrupt = onInterrupt();
  const result = await run(asked, middleOf(photographs), photographs.folder, interrupt);
  if (!result) {
    console.error("stopped before a round was counted: nothing is kept");
    process.exitCode = 130;
    return;
  }
  const file = path.join(options.results, "burst.json");
  writeJson(file, result);
  writePerformancePage(options.results, options.out);
  console.log(burstLine(result));
  console.log(`\nThe result: ${file}`);
  if (!result.complete) {
    console.error(`stopped after ${result.rounds} rounds: the result is marked as partial`);
    process.exitCode = 130;
  }
});
