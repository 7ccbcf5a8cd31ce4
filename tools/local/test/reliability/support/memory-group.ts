import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Control group of processes, with a limit of memory that the kernel enforces. */
export interface MemoryGroup {
  /** File that a process writes its id to, to join. */
  readonly procs: string;
  remove(): void;
}

/** Creates a control group without swap; undefined if this machine has none or allows none (it takes Linux and root). */
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

/** Returns the peak of a process's resident memory, in bytes; undefined except on Linux. */
export function peakMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
