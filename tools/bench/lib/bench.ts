// Harness of the benches: options, Ctrl-C, machine, progress, and the result as a section of docs/benchmarks.md.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, defineCommand, type Option, type Options, type Values } from "@image-resizer/lib/cli";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { type Conditions, thisMachine } from "./conditions";
import { startProgress, type StartProgress } from "./progress";

/** Context of a bench's run. */
export interface Session {
  readonly progress: StartProgress;
  /** True once the run is to stop, checked between measurements. */
  readonly stopped: () => boolean;
}

/** Result of a bench without its conditions, which the harness adds. */
export type Measured = Pick<Conditions, "complete">;

export type Result<M extends Measured> = Conditions & M;

/** Work of a bench, in a module that is loaded when the command line is known to be right. */
export interface Work<O extends Options, M extends Measured> {
  /** Returns undefined if it was stopped before there was anything to tell. */
  readonly run: (options: Values<O>, session: Session) => Promise<M | undefined>;
  /** Returns the result as Markdown: a section of docs/benchmarks.md. */
  readonly section: (result: Result<M>) => string;
}

export interface Bench<O extends Options, M extends Measured> {
  /** Name of the files that `--out` writes. */
  readonly kind: string;
  /** Words that start it: `npm run bench`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly options: O;
  readonly load: () => Promise<Work<O, M>>;
}

const COMMON = {
  note: { type: "string", placeholder: "TEXT", description: "sentence to print beside the conditions" },
  out: { type: "string", placeholder: "DIR", description: "folder for the result as JSON and Markdown" },
} as const satisfies Record<string, Option>;

/** Returns the command of a bench: it prints its section, and writes files only with `--out`. */
export function defineBench<const O extends Options, M extends Measured>(
  bench: Bench<O, M>,
): Command<O & typeof COMMON> {
  const { name, summary, kind } = bench;
  const notes =
    "Prints Markdown. Ctrl-C keeps what is complete, marks it as partial, and ends with 130; a second Ctrl-C ends at once.";
  const options = { ...bench.options, ...COMMON };
  return defineCommand({
    name,
    summary,
    notes,
    options,
    run: async (values: Values<O & typeof COMMON>) => {
      const { run, section } = await bench.load();
      const { note, out } = values as Values<typeof COMMON>;
      const conditions = {
        kind,
        startedAt: new Date().toISOString(),
        machine: thisMachine(),
        ...(note === undefined ? {} : { note }),
      };
      const interrupt = onInterrupt();
      const measured = await run(values, { progress: startProgress, stopped: () => interrupt.requested() });
      if (!measured) {
        console.error("Stopped before a first round was complete: there is no result.");
        return 130;
      }
      const result = { ...conditions, ...measured };
      const text = section(result);
      console.log(text);
      if (out !== undefined) {
        mkdirSync(out, { recursive: true });
        writeFileSync(path.join(out, `${kind}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
        writeFileSync(path.join(out, `${kind}.md`), `${text}\n`);
      }
      if (measured.complete) return 0;
      console.error("Stopped: the result is partial.");
      return 130;
    },
  });
}
