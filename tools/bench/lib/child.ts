import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

type Message = { readonly value: unknown } | { readonly error: string };

interface ChildOptions {
  readonly args?: readonly string[];
  /** Whole environment, but for the PATH. Default: this process's own, with its loader of TypeScript. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A module in a process of its own that answers one question at a time. */
export class Child<Question, Answer, Started = undefined> {
  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
    /** First message of the process. */
    readonly started: Started,
  ) {}

  /**
   * Starts a module and waits for its first message.
   * @throws Error that names the process and what failed
   */
  static async start<Question, Answer, Started = undefined>(
    name: string,
    module: string,
    { args = [], environment }: ChildOptions = {},
  ): Promise<Child<Question, Answer, Started>> {
    const child = fork(module, args, {
      ...(environment ? { env: { PATH: process.env.PATH ?? "", ...environment }, execArgv: [] } : {}),
      serialization: "advanced",
      // The resizer logs a line for each variant.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Ctrl-C in a terminal must only reach this process, which lets the child end.
      detached: true,
    });
    try {
      return new Child<Question, Answer, Started>(name, child, (await nextMessage(name, child)) as Started);
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  /** @throws Error that names the process and what failed */
  async ask(question: Question): Promise<Answer> {
    const answer = nextMessage(this.name, this.process);
    if (this.process.connected) this.process.send(question as object);
    return (await answer) as Answer;
  }

  /** Ends the process and waits until it is gone. */
  end(): Promise<void> {
    return end(this.process);
  }
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

async function end(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  const gone = once(child, "exit");
  if (child.connected) child.disconnect();
  await gone;
}

async function nextMessage(name: string, child: ChildProcess): Promise<unknown> {
  if (isGone(child)) throw new Error(`${name} has ended.`);
  const settled = new AbortController();
  const { signal } = settled;
  const [message] = (await Promise.race([once(child, "message", { signal }), once(child, "exit", { signal })])) as [
    Message | number | null,
  ];
  settled.abort();
  if (typeof message === "object" && message !== null && "value" in message) return message.value;
  throw new Error(
    `${name} failed: ${typeof message === "object" ? (message?.error ?? "a signal") : `exit code ${message}`}`,
  );
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
