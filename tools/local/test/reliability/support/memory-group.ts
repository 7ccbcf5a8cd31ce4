import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A control group of processes that the kernel lets have so much memory and no more. */
export interface MemoryGroup {
  /** The file that a process writes its id to, to be in it. */
  readonly procs: string;
  remove(): void;
}

/**
 * Makes a control group with a limit, without swap, where this machine has them and lets this process (Linux, root).
 * Undefined where it does not.
 */
export function createMemoryGroup(bytes: number): MemoryGroup | undefined {
  const v2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const folder = path.join(v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory", `image-resizer-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(path.join(folder, v2 ? "memory.max" : "memory.limit_in_bytes"), String(bytes));
    const swap = path.join(folder, v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
    if (existsSync(swap)) writeFileSync(swap, v2 ? "0" : String(bytes));
  } catch {
    return undefined;
  }
  return {
    procs: path.join(folder, "cgroup.procs"),
    remove: () => {
      rmdirSync(folder);
    },
  };
}

/** The most memory that a process has had resident, in bytes; undefined where the machine does not tell (Linux alone does). */
export function peakMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
