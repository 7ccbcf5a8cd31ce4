// `npm run golden`: writes the golden files anew, for a change of the program that is meant. Their diff is what it changes.
import { describeRun, describeUpdates, GOLDEN_RUNS, writeGolden } from "./golden";

async function main(): Promise<void> {
  for (const [name, options] of Object.entries(GOLDEN_RUNS)) writeGolden(name, await describeRun(options));
  writeGolden("updates", await describeUpdates());
}

void main();
