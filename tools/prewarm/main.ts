// `npm run prewarm`: creates variants before clients request them.
import { createRequire } from "node:module";
import { defineCommand, type Options, runCommand, type Values } from "@image-resizer/lib/cli";
import { TARGET_OPTIONS } from "@image-resizer/lib/target-options";

const load = createRequire(__filename);

const options = {
  ...TARGET_OPTIONS,
  prefix: {
    type: "string",
    placeholder: "PREFIX",
    default: "",
    description: "Only originals whose keys begin with PREFIX, such as `products/`.",
  },
  sizes: {
    type: "list",
    placeholder: "SIZES",
    description: "Only these sizes of the allow-list, such as `640w,360x270`. Without it: all.",
  },
  formats: {
    type: "list",
    placeholder: "FORMATS",
    description:
      "Only these formats, such as `avif,original`; `original` is the variant whose key names no format. Without it: all.",
  },
  concurrency: {
    type: "integer",
    placeholder: "N",
    min: 1,
    max: 256,
    default: 16,
    description: "Requests at the same time, 1 to 256. Fewer are sent while the stack answers that it is too busy.",
  },
  out: {
    type: "string",
    placeholder: "DIR",
    default: ".prewarm",
    description: "Folder for the position of a stopped run and for the report of failures.",
  },
} as const satisfies Options;

export type PrewarmOptions = Values<typeof options>;

export const command = defineCommand({
  name: "npm run prewarm",
  summary: "Creates the variants of a stack's originals before clients request them.",
  options,
  notes: [
    "Ctrl-C stops the run after the requests in flight; the same command continues it.",
    "Exit codes: 0; 1 if a variant could not be created; 130 if the run was stopped.",
  ].join("\n"),
  run: (values) => (load("./prewarm") as typeof import("./prewarm")).prewarm(values),
});

if (require.main === module) runCommand(command);
