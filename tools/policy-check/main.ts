// `npm run policy`
import { createRequire } from "node:module";
import { defineCommand, runCommand } from "@image-resizer/lib/cli";

const load = createRequire(__filename);

/** Command line of `npm run policy`. */
export const policyCommand = defineCommand({
  name: "npm run policy",
  summary: "Checks a stack with the policy pack, without AWS and without the Pulumi CLI.",
  options: {
    stack: { type: "string", short: "s", placeholder: "NAME", required: true, description: "Stack to check." },
    config: { type: "settings", short: "c", description: "Config over the stack's file, as pulumi up -c sets it." },
    policyPackConfig: {
      type: "string",
      placeholder: "FILE",
      description: "Levels and config of the rules, in the JSON file of pulumi preview --policy-pack-config.",
    },
  },
  notes: "Exits with 1 if a mandatory rule is violated.",
  run: ({ stack, config, policyPackConfig }) =>
    (load("./run") as typeof import("./run")).run(stack, config, policyPackConfig),
});

if (require.main === module) runCommand(policyCommand);
