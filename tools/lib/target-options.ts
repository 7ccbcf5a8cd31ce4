import type { Options } from "./cli";

/** Options that name the stack that a tool works on; `findTarget` reads them. */
export const TARGET_OPTIONS = {
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
