// A command with an option of every type. Run as a process it ends as its --stack says.
import { createServer } from "node:http";
import { defineCommand, runCommand } from "../cli";
import { UserError } from "../user-error";

export const sample = defineCommand({
  name: "npm run sample",
  summary: "Shows what an option can be.",
  options: {
    stack: { type: "string", placeholder: "NAME", required: true, description: "The stack." },
    mode: {
      type: "string",
      default: "fast",
      validate: (mode) => (["fast", "slow"].includes(mode) ? undefined : "fast, slow"),
      description: "One of the modes.",
    },
    prefix: { type: "string", placeholder: "PREFIX", default: "", description: "A text that may be empty." },
    formats: {
      type: "list",
      validate: (formats) => (formats.length < 3 ? undefined : "two formats at most"),
      description: "Some of the formats, with a description that is so long that it goes on in a line of its own.",
    },
    seconds: { type: "number", min: 0.1, max: 60, default: 1.5, description: "A duration." },
    cacheDays: {
      type: "integer",
      placeholder: "DAYS",
      min: 1,
      max: 30,
      default: 1,
      validate: (days) => (30 % days === 0 ? undefined : "a divisor of 30"),
      description: "Days, a | b.",
    },
    json: { type: "boolean", description: "Prints JSON." },
    config: { type: "settings", short: "c", description: "Sets a config value." },
  },
  notes: "Ends with 3.",
  run: async ({ stack }) => {
    // An open server keeps a process alive.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    if (stack === "user-error") throw new UserError("a mistake of the user");
    if (stack === "run-error") {
      const { RunError } = await import("@pulumi/pulumi");
      throw new RunError("the config is invalid");
    }
    if (stack === "bug") throw new TypeError("a bug");
    server.close();
    console.log(stack);
    return 3;
  },
});

if (require.main === module) runCommand(sample);
