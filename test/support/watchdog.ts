// Mocha's root hooks: a file that leaves something open fails, and so does a run that does not end.
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Server, Socket } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Time in which what was closed may still be closing: much more than a slow machine needs. */
const GRACE_MS = 60_000;
const POLL_MS = 20;
const PIPE = "pipe";

/** One thing that keeps a process alive, in words. */
type Open = string;

// Node.js has no public list that says more than the kind of a handle.
const internals = process as unknown as { _getActiveHandles(): object[] };
let before = { handles: new WeakSet<object>(), timers: 0, children: new Set<number>() };

export const mochaHooks = {
  // Asynchronous as its counterpart, so that Mocha has a timer of its own for both.
  async beforeAll(): Promise<void> {
    await Promise.resolve();
    before = {
      handles: new WeakSet(internals._getActiveHandles()),
      timers: timerCount(),
      children: new Set(descendants().map(({ pid }) => pid)),
    };
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    const end = performance.now() + GRACE_MS;
    while (whatIsOpen().length > 0 && performance.now() < end) await delay(POLL_MS);
    const open = whatIsOpen();
    killChildren();
    const files = new Set(this.test?.parent?.suites.map(({ file }) => path.relative(process.cwd(), file ?? "")));
    if (open.length > 0) throw new Error(`${[...files].join(", ")} left open:\n  ${open.join("\n  ")}`);
  },
};

/** Ends a run whose last test is over and which does not end by itself. */
export function mochaGlobalTeardown(): void {
  setTimeout(() => {
    console.error(`the run does not end; open are:\n  ${whatIsOpen().join("\n  ")}`);
    killChildren();
    // After mocha's own listener, which sets the number of failures.
    process.on("exit", () => (process.exitCode = 1));
    process.exit();
  }, GRACE_MS).unref();
}

function whatIsOpen(): Open[] {
  const handles = internals._getActiveHandles().filter((handle) => !before.handles.has(handle));
  const timers = timerCount() - before.timers;
  const children = newChildren();
  const isOfChild = (handle: object) =>
    children.some(({ pid }) => pid === (handle as Partial<ChildProcess>).pid) ||
    (children.length > 0 && describeHandle(handle) === PIPE);
  return [
    ...children.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...handles.filter((handle) => !isOfChild(handle)).map(describeHandle),
    ...(timers > 0 ? [`timers: ${timers}`] : []),
  ];
}

function describeHandle(handle: object): Open {
  if (handle instanceof Server) return `server at ${JSON.stringify(handle.address())}`;
  if (handle instanceof Socket) {
    const { localAddress, localPort, remoteAddress, remotePort } = handle;
    return localPort === undefined
      ? PIPE
      : `socket from ${localAddress ?? "?"}:${localPort} to ${remoteAddress ?? "?"}:${remotePort ?? "?"}`;
  }
  const { pid, spawnargs } = handle as Partial<ChildProcess>;
  return pid === undefined ? handle.constructor.name : `process ${pid}: ${spawnargs?.join(" ") ?? ""}`;
}

function timerCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}

function newChildren() {
  return descendants().filter(({ pid }) => !before.children.has(pid));
}

function killChildren(): void {
  for (const { pid } of newChildren()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes below this one, where the system tells (Linux); esbuild's service is not one that a test ends. */
function descendants(): RunningProcess[] {
  if (!existsSync("/proc/self/stat")) return [];
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
  const below = (pid: number): RunningProcess[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(process.pid).filter(({ command }) => !command.includes("esbuild --service="));
}

function readProcess(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "pid (name) state ppid ...": the name may have brackets of its own.
    const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
    return { pid, parent: Number(parent), command };
  } catch {
    return undefined;
  }
}
