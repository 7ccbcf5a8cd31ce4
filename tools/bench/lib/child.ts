// Modules in processes of their own, each of which answers one question at a time.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { ROOT } from "@image-resizer/lib/root";

type Message = { readonly value: unknown } | { readonly error: string };

/** Within the project, so that a bundle finds the packages that are not part of it. */
const BUNDLES = path.join(ROOT, "dist/bench");

/**
 * Bundles a module as the resizer is bundled, and returns the file: a process starts from it without a compiler.
 * @param packages `apart` to load packages from where they are installed
 */
export function bundle(entry: string, packages: "bundled" | "apart" = "bundled"): string {
  mkdirSync(BUNDLES, { recursive: true });
  const outfile = path.join(
    BUNDLES,
    `${path.basename(path.dirname(entry))}-${path.basename(entry, ".ts")}-${packages}.js`,
  );
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    external: ["sharp", "ipx"],
    ...(packages === "apart" ? { packages: "external" } : {}),
  });
  return outfile;
}

interface ChildOptions {
  readonly args?: readonly string[];
  /** Whole environment, but for the PATH, of a bundle. Default: this process's own, for a module in TypeScript. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process that serves this one, and its first message. */
export interface Child<Question, Answer, Started = undefined> {
  readonly started: Started;
  /** @throws Error that names the process and what failed */
  ask(question: Question): Promise<Answer>;
  /** Ends the process and waits until it is gone. */
  end(): Promise<void>;
}

/**
 * Starts a module and waits for its first message.
 * @throws Error that names the process and what failed
 */
export async function startChild<Question, Answer, Started = undefined>(
  name: string,
  module: string,
  { args = [], environment }: ChildOptions = {},
): Promise<Child<Question, Answer, Started>> {
  const child = fork(module, args, {
    execArgv: environment ? [] : ["--import", "tsx"],
    ...(environment ? { env: { PATH: process.env.PATH ?? "", ...environment } } : {}),
    serialization: "advanced",
    // The resizer logs a line for each variant.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Ctrl-C in a terminal must only reach this process, which lets the child end.
    detached: true,
  });
  const gone = once(child, "exit");
  const end = async () => {
    if (child.connected) child.disconnect();
    await gone;
  };
  try {
    return {
      started: (await nextMessage(name, child, gone)) as Started,
      ask: async (question) => {
        const answer = nextMessage(name, child, gone);
        if (child.connected) child.send(question as object);
        return (await answer) as Answer;
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function nextMessage(name: string, child: ChildProcess, gone: Promise<unknown[]>): Promise<unknown> {
  const [message] = (await Promise.race([once(child, "message"), gone])) as [Message | number | null];
  if (typeof message === "object" && message !== null && "value" in message) return message.value;
  throw new Error(
    `${name} failed: ${typeof message === "object" ? (message?.error ?? "a signal") : `exit code ${message}`}`,
  );
}

interface Served<Question> {
  /** First message to the parent. */
  readonly started?: unknown;
  readonly answer?: (question: Question) => Promise<unknown>;
  readonly close?: () => Promise<void>;
}

/** Serves the parent from within a child: sends `started`, answers each question, and ends with the parent. */
export function serveParent<Question>(starting: Promise<Served<Question>>): void {
  const reply = (value: Promise<unknown>) => {
    value.then(
      (answer) => process.send?.({ value: answer }),
      (error: unknown) => process.send?.({ error: (error as Error).message }),
    );
  };
  process.on("disconnect", () => {
    void starting.then(({ close }) => close?.()).finally(() => process.exit());
  });
  process.on("message", (question: Question) => {
    reply(starting.then(({ answer }) => answer?.(question)));
  });
  reply(starting.then(({ started }) => started));
}

/** Returns the most memory that this process has ever held, in MB of 2^20 bytes. */
export function peakRssMb(): number {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  } catch {
    // Other systems than Linux: libuv has it in KB.
    return process.resourceUsage().maxRSS / 1024;
  }
}
