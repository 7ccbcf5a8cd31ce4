// Harness of the benches: Ctrl-C, machine, progress, and the result as a section of docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { Presets, SingleBar } from "cli-progress";
import sharp from "sharp";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import type { CommonValues } from "./define-bench";

/** Context of a bench's run. */
export interface Session {
  /** Shows how much is done and what is next: a bar on a terminal, nothing elsewhere. */
  readonly progress: (done: number, total: number, what: string) => void;
  /** True once the run is to stop, checked between measurements. */
  readonly stopped: () => boolean;
}

/** Result of a bench without its conditions, which the harness adds. */
interface Measured {
  /** False where only a part was measured before Ctrl-C. */
  readonly complete: boolean;
}

/** Conditions of a measurement. */
interface Conditions extends Measured {
  readonly kind: string;
  readonly startedAt: string;
  readonly machine: ReturnType<typeof thisMachine>;
  readonly note?: string;
}

export type Result<M extends Measured> = Conditions & M;

/** Work of a bench, in a module that is loaded when the command line is known to be right. */
export interface Work<V, M extends Measured> {
  /** Returns undefined if it was stopped before there was anything to tell. */
  readonly run: (options: V, session: Session) => Promise<M | undefined>;
  /** Returns the result as Markdown: a section of docs/benchmarks.md. */
  readonly section: (result: Result<M>) => string;
}

/** Runs a bench's work and prints its section, writes a file only with `--out`, and returns the exit code. */
export async function runWork<V, M extends Measured>(kind: string, { run, section }: Work<V, M>, values: V) {
  const { note, out } = values as CommonValues;
  const before = { kind, startedAt: new Date().toISOString(), machine: thisMachine() };
  const bar = progressBar();
  const interrupt = onInterrupt({ onSecond: bar.stop });
  const session = { progress: bar.show, stopped: () => interrupt.requested() };
  const measured = await run(values, session).finally(bar.stop);
  if (!measured) {
    console.error("Stopped before a first round was complete: there is no result.");
    return 130;
  }
  const result = { ...before, ...(note === undefined ? {} : { note }), ...measured };
  console.log(section(result));
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  if (measured.complete) return 0;
  console.error("Stopped: the result is partial.");
  return 130;
}

/** Returns the conditions of a measurement as one line: what was measured, the machine, the date. */
export function conditionsLine({ complete, machine, startedAt, note }: Conditions, measured: string): string {
  const { processor, cores, memoryGb, system, versions, loadBefore } = machine;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const partial = complete ? "" : " (**partial: the run was stopped**)";
  return (
    `${measured}${partial}. ${processor}, ${cores} cores, ${memoryGb} GB, ${system}; ${software.join(", ")}; ` +
    `load before the run ${loadBefore}. ${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`
  );
}

function thisMachine() {
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release().replace(/[-+].*/, "")} ${process.arch}`,
    /** Load average of the minute before: above 0.1 other programs were running. */
    loadBefore: Number(loadavg()[0]?.toFixed(2)),
    versions: { node: process.version, sharp: sharp.versions.sharp, libvips: sharp.versions.vips },
  };
}

function progressBar() {
  const format = "{bar} {percentage} % | {value}/{total} | {eta_formatted} left {what}";
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  const show: Session["progress"] = (done, total, what) => {
    if (!bar.isActive) bar.start(total, done, { what });
    bar.update(done, { what });
  };
  return {
    show,
    stop: () => {
      bar.stop();
    },
  };
}
