// `npm run bench`: the resizer beside what else makes variants, on the same photographs, in turns.
import path from "node:path";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { writeJson } from "../kit/files";
import { generatedPhotographs, readPhotographs } from "../kit/photographs";
import { runCommand } from "../kit/run-command";
import { writePerformancePage } from "../performance-page";
import { readArguments } from "./arguments";
import { resizeTables } from "./report";
import { run } from "./run";

runCommand(async (argv) => {
  const asked = readArguments(argv);
  const photographs = await readPhotographs(asked.images ?? (await generatedPhotographs()));
  for (const { name, reason } of photographs.unreadable) console.error(`left out: ${name}: ${reason}`);

  const interrupt = onInterrupt();
  const result = await run(asked, photographs, interrupt);
  if (!result) {
    console.error("stopped before a counted pass was complete: nothing is kept");
    process.exitCode = 130;
    return;
  }
  const file = path.join(asked.results, "resize.json");
  writeJson(file, result);
  writePerformancePage(asked.results, asked.out);
  console.log(resizeTables(result).join("\n"));
  console.log(`\nThe result: ${file}`);
  if (!result.complete) {
    console.error(`stopped after ${result.passes} counted passes: the result is marked as partial`);
    process.exitCode = 130;
  }
});
