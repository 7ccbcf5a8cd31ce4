// `npm run soak`: mixed traffic on a local stack for ten minutes, with the memory and handles of its processes.
import { createRequire } from "node:module";
import { defineCommand, runCommand } from "@image-resizer/lib/cli";

const load = createRequire(__filename);

const command = defineCommand({
  name: "npm run soak",
  summary: "Sends mixed traffic to a local stack, and watches its responses, memory and handles.",
  options: {
    seconds: { type: "integer", min: 1, max: 1e6, default: 600, description: "Duration." },
    clients: { type: "integer", min: 1, max: 1000, default: 8, description: "Clients at once." },
  },
  notes: "Exits with 1 if a response has another status than it should, or if memory or handles grow.",
  run: (values) => {
    const { runSoak } = load("../support/run-soak") as typeof import("../support/run-soak");
    return runSoak(values);
  },
});

runCommand(command);
