// `npm run fuzz`: sends the resizer 100,000 keys as an attacker might, and requests variants of 20,000 damaged originals.
import { randomInt } from "node:crypto";
import { defineCommand, runCommand } from "@image-resizer/lib/cli";
import { FORMATS } from "../../../../../functions/variant-key";
import { corruptOriginals } from "../support/corruptions";
import { fuzzKeys } from "../support/key-fuzz";
import { openBench } from "../support/resizer-bench";

const MAX_SEED = 2 ** 31 - 1;

const command = defineCommand({
  name: "npm run fuzz",
  summary: "Sends random keys and damaged originals to the resizer of the stack prod.",
  options: {
    seed: { type: "integer", min: 1, max: MAX_SEED, description: "Repeats the run that printed it." },
    runs: { type: "integer", min: 1, max: 1e9, default: 100_000, description: "Number of query strings." },
    corruptions: { type: "integer", min: 1, max: 1e9, default: 5000, description: "Damaged originals of each format." },
  },
  run: async ({ seed = randomInt(1, MAX_SEED), runs, corruptions }) => {
    const bench = await openBench({ stack: "prod" });
    try {
      console.log(`seed ${seed}, ${runs} query strings, stack prod`);
      const { statuses, variants, mostVariants, s3Calls } = await fuzzKeys(bench, seed, runs);
      printCounts(statuses);
      console.log(`${String(variants).padStart(8)}  variants in the bucket, of at most ${mostVariants}`);
      console.log(`${String(s3Calls).padStart(8)}  calls to S3, none for a rejected key`);
      for (const format of FORMATS) {
        console.log(`seed ${seed}, ${corruptions} damaged originals, ${format}`);
        printCounts(await corruptOriginals(format, bench.settings, seed, corruptions));
      }
      return 0;
    } finally {
      await bench.close();
    }
  },
});

function printCounts(counts: ReadonlyMap<string, number>): void {
  for (const [status, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${status}`);
}

runCommand(command);
