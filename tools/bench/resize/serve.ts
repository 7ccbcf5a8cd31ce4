import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { peakRssMb } from "../kit/peak-rss";
import type { Answer, Make, Question } from "./protocol";

/** Milliseconds a clock tick of /proc (USER_HZ is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/**
 * Runs a contender in this process: makes what its parent asks for, one variant at a time, and measures it.
 *
 * The original is read before the clock starts, for those that work on bytes; for S3's sake others are not given any.
 */
export function serve(make: Make, { reads = true } = {}): void {
  // Ctrl-C reaches every process of the group; the parent decides when this one ends.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  process.on("message", (question: Question) => {
    void answer(question).then(send);
  });
  send({ kind: "ready" });

  async function answer(question: Question): Promise<Answer> {
    if (question.kind === "peak") return { kind: "peak", peakRssMb: peakRssMb() };
    try {
      const { job } = question;
      const original = reads ? await readFile(job.file) : Buffer.alloc(0);
      const cpu = cpuMs();
      const start = performance.now();
      const bytes = await make(original, job);
      const wallMs = performance.now() - start;
      return { kind: "made", wallMs, cpuMs: cpuMs() - cpu, ...(job.keep && bytes ? { bytes } : {}) };
    } catch (error) {
      return { kind: "failed", reason: (error as Error).message };
    }
  }
}

function send(answer: Answer): void {
  process.send?.(answer);
}

/** CPU of this process with all its threads, and of its children that have ended. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + childrenCpuMs();
}

function childrenCpuMs(): number {
  try {
    // After the name in parentheses: state, ppid ...; cutime and cstime are fields 16 and 17 of the line.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return 0;
  }
}
