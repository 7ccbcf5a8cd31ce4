import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Memory and handles of this process and of the function's processes; without /proc only this process's memory. */
export interface Gauges {
  /** Memory in use by this process after a garbage collection, in bytes. */
  readonly ownMemory: number;
  /** Resident memory of this process, and of the function's processes together, in bytes. */
  readonly ownResident: number;
  readonly functionMemory: number;
  readonly functions: number;
  /** Open files and sockets of this process, and of the function's processes together. */
  readonly ownHandles: number;
  readonly functionHandles: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Reads the gauges of this process and of its children that run the local stack's function worker. */
export function readGauges(): Gauges {
  const children = childrenOf(process.pid).filter((pid) => read(`/proc/${pid}/cmdline`).includes("worker.cjs"));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    ownMemory: heapUsed + external,
    ownResident: rss,
    functionMemory: sum(children.map(residentMemory)),
    functions: children.length,
    ownHandles: openHandles(process.pid),
    functionHandles: sum(children.map(openHandles)),
  };
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
}

function residentMemory(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1024;
}

function openHandles(pid: number): number {
  return list(`/proc/${pid}/fd`).length;
}

/** Returns a file's text, empty if its process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
