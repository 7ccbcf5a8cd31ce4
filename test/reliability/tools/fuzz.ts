// `npm run fuzz`: asks the resizer for 100,000 keys that a stranger might send. `-- --seed N --runs N` repeats a run.
import { randomInt } from "node:crypto";
import { fuzzKeys } from "../support/key-fuzz";
import { openBench } from "../support/resizer-bench";
import { numbers } from "./arguments";

async function main(): Promise<void> {
  const { seed, runs } = numbers({ seed: randomInt(1, 2 ** 31), runs: 100_000 });
  console.log(`seed ${seed}, ${runs} query strings, stack prod`);
  const started = performance.now();
  const bench = await openBench({ stack: "prod" });
  try {
    const { statuses, variants, mostVariants, s3Calls } = await fuzzKeys(bench, seed, runs);
    for (const [status, count] of [...statuses].sort()) console.log(`${String(count).padStart(8)}  ${status}`);
    console.log(`${String(variants).padStart(8)}  variants in the bucket, of ${mostVariants} that may be`);
    console.log(`${String(s3Calls).padStart(8)}  calls to S3, none for a refused key`);
    console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  } finally {
    await bench.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
