// `npm run verify`: asks a stack for what the docs promise.
import { createRequire } from "node:module";
import { defineCommand, type Options, runCommand, type Values } from "@image-resizer/lib/cli";

const load = createRequire(__filename);

const options = {
  stack: {
    type: "string",
    placeholder: "NAME",
    description: "A deployed stack. Its outputs are read by `pulumi`, or by `npx pulumi` if that is not installed.",
  },
  local: {
    type: "string",
    placeholder: "FILE",
    description: "Instead of `--stack`: a stack on this machine. FILE has the output of `npm start -- --json`.",
  },
} as const satisfies Options;

export type VerifyOptions = Values<typeof options>;

export const command = defineCommand({
  name: "npm run verify",
  summary: "Asks a stack for what the docs promise, with an original of its own that it removes at the end.",
  options,
  notes: [
    "Ctrl-C ends it after the check in progress, and removes what it made.",
    "Exit codes: 0; 1 if the stack answers otherwise than the docs say; 130 if it was stopped.",
  ].join("\n"),
  run: (values) => (load("./verify") as typeof import("./verify")).verify(values),
});

if (require.main === module) runCommand(command);
