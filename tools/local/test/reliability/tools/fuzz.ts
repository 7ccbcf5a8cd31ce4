// `npm run fuzz`: sends the resizer 100,000 keys as an attacker might, and requests variants of 20,000 damaged originals.
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import { defineCommand, runCommand } from "@image-resizer/lib/cli";

const load = createRequire(__filename);
const MAX_SEED = 2 ** 31 - 1;

const command = defineCommand({
  name: "npm run fuzz",
  summary: "Sends random keys and damaged originals to the resizer of the stack prod.",
  options: {
    seed: { type: "integer", min: 1, max: MAX_SEED, description: "Repeats the run that printed it." },
    runs: { type: "integer", min: 1, max: 1e9, default: 100_000, description: "Number of query strings." },
    corruptions: { type: "integer", min: 1, max: 1e9, default: 5000, description: "Damaged originals of each format." },
  },
  run: ({ seed = randomInt(1, MAX_SEED), ...rest }) => {
    const { runFuzz } = load("../support/run-fuzz") as typeof import("../support/run-fuzz");
    return runFuzz({ seed, ...rest });
  },
});

runCommand(command);
