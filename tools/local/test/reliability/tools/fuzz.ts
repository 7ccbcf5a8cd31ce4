// `npm run fuzz`: asks the resizer for 100,000 keys that a stranger might send, and for variants of 20,000 damaged
// originals. `-- --seed N --runs N --corruptions N` repeats a run; corruptions are of each format.
import { randomInt } from "node:crypto";
import { FORMATS } from "../../../../../functions/variant-key";
import { corruptOriginals } from "../support/corruptions";
import { fuzzKeys } from "../support/key-fuzz";
import { openBench } from "../support/resizer-bench";
import { numbers } from "./arguments";

async function main(): Promise<void> {
  const defaults = { seed: randomInt(1, 2 ** 31), runs: 100_000, corruptions: 5000 };
  const { seed, runs, corruptions } = numbers(defaults);
  const bench = await openBench({ stack: "prod" });
  try {
    console.log(`seed ${seed}, ${runs} query strings, stack prod`);
    const { statuses, variants, mostVariants, s3Calls } = await fuzzKeys(bench, seed, runs);
    printCounts(statuses);
    console.log(`${String(variants).padStart(8)}  variants in the bucket, of ${mostVariants} that may be`);
    console.log(`${String(s3Calls).padStart(8)}  calls to S3, none for a refused key`);
    for (const format of FORMATS) {
      console.log(`seed ${seed}, ${corruptions} damaged originals, ${format}`);
      printCounts(await corruptOriginals(format, bench.settings, seed, corruptions));
    }
  } finally {
    await bench.close();
  }
}

function printCounts(counts: ReadonlyMap<string, number>): void {
  for (const [status, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${status}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
