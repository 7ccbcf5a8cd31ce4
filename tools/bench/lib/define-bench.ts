// Command lines of the benches, without what they measure with.
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type Command, defineCommand, type Options, type Values } from "@image-resizer/lib/cli";
import type { Work } from "./bench";

const loadModule = createRequire(__filename);

interface Bench<O extends Options, M extends { readonly complete: boolean }> {
  readonly kind: string;
  /** Words that start it: `npm run bench`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly options: O;
  /** Loads the work, which takes seconds. */
  readonly load: () => Work<Values<O>, M>;
}

const COMMON = {
  note: { type: "string", placeholder: "TEXT", description: "sentence to print beside the conditions" },
  out: {
    type: "string",
    placeholder: "FILE",
    validate: (file: string) =>
      isFolder(path.dirname(file)) && !isFolder(file) ? undefined : "a file in a folder that exists",
    description: "file for the numbers as JSON",
  },
} as const satisfies Options;

/** Values of the options that every bench has. */
export type CommonValues = Values<typeof COMMON>;

/** Returns the command of a bench. */
export function defineBench<const O extends Options, M extends { readonly complete: boolean }>(
  bench: Bench<O, M>,
): Command<O & typeof COMMON> {
  const { kind, name, summary, options, load } = bench;
  return defineCommand({
    name,
    summary,
    notes:
      "Prints Markdown. Ctrl-C keeps what is complete, marks it as partial, and ends with 130; a second Ctrl-C ends at once.",
    options: { ...options, ...COMMON },
    run: (values: Values<O & typeof COMMON>) => {
      const { runWork } = loadModule("./bench") as typeof import("./bench");
      return runWork(kind, load(), values);
    },
  });
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
