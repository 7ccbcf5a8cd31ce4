// `npm run bench:bytes`: what each encoder takes to be as similar to the photograph as sharp's own JPEG is.
import path from "node:path";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { writeJson } from "../kit/files";
import { generatedPhotographs, readPhotographs } from "../kit/photographs";
import { runCommand } from "../kit/run-command";
import { readArguments } from "./arguments";
import { readDefaults } from "./defaults";
import { bytesTables, writeFormatsPage } from "./report";
import { run } from "./run";

runCommand(async (argv) => {
  const asked = readArguments(argv);
  const photographs = await readPhotographs(asked.images ?? (await generatedPhotographs()));
  for (const { name, reason } of photographs.unreadable) console.error(`left out: ${name}: ${reason}`);
  const defaults = await readDefaults();

  const interrupt = onInterrupt();
  const result = await run(asked, photographs, defaults, interrupt);
  if (!result) {
    console.error("stopped before a photograph was complete: nothing is kept");
    process.exitCode = 130;
    return;
  }
  const file = path.join(asked.results, "bytes.json");
  writeJson(file, result);
  writeFormatsPage(result, asked.out);
  console.log(bytesTables(result).join("\n"));
  console.log(`\nThe result: ${file}`);
  if (!result.complete) {
    console.error(`stopped after ${result.images.length} photographs: the result is marked as partial`);
    process.exitCode = 130;
  }
});
