// `npm run verify`: asks a stack for what the docs promise.
import { createRequire } from "node:module";
import { defineCommand, runCommand, type Values } from "@image-resizer/lib/cli";
import { TARGET_OPTIONS } from "@image-resizer/lib/target-options";

const load = createRequire(__filename);

export type VerifyOptions = Values<typeof TARGET_OPTIONS>;

export const command = defineCommand({
  name: "npm run verify",
  summary: "Asks a stack for what the docs promise, with an original of its own that it removes at the end.",
  options: TARGET_OPTIONS,
  notes: [
    "Ctrl-C ends it after the check in progress, and removes what it made.",
    "Exit codes: 0; 1 if the stack answers otherwise than the docs say; 130 if it was stopped.",
  ].join("\n"),
  run: (values) => (load("./verify") as typeof import("./verify")).verify(values),
});

if (require.main === module) runCommand(command);
