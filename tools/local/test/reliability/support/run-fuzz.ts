import { FORMATS } from "../../../../../functions/variant-key";
import { corruptOriginals } from "./corruptions";
import { fuzzKeys } from "./key-fuzz";
import { openBench } from "./resizer-bench";

/** Sends keys and requests variants, and prints the counts of the responses. */
export async function runFuzz({
  seed,
  runs,
  corruptions,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly corruptions: number;
}): Promise<number> {
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
}

function printCounts(counts: ReadonlyMap<string, number>): void {
  for (const [status, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${status}`);
}
