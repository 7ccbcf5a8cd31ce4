import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";
import type { LinkQuestion, StackAnswer, StackOrder } from "./protocol";

/** A local stack in a process of its own. */
export class StackProcess {
  readonly #child: ChildProcess;
  readonly cdn: string;
  /** The sizes on the stack's allow-list. */
  readonly sizes: readonly string[];

  private constructor(child: ChildProcess, { cdn, sizes }: Extract<StackAnswer, { kind: "started" }>) {
    this.#child = child;
    this.cdn = cdn;
    this.sizes = sizes;
  }

  /** @throws UserError for a mistake in what the stack is to be; Error if it cannot be started */
  static async start(order: StackOrder): Promise<StackProcess> {
    const child = fork(path.join(__dirname, "serve-stack.ts"), [JSON.stringify(order)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    try {
      return new StackProcess(child, await answer(child, "started"));
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  /** Makes a file an original under each of the keys. */
  async link(question: LinkQuestion): Promise<void> {
    const linked = answer(this.#child, "linked");
    if (this.#child.connected) this.#child.send(question);
    await linked;
  }

  /** Ends the stack and waits until it is gone. */
  end(): Promise<void> {
    return end(this.#child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  if (child.connected) child.disconnect();
  await gone;
}

/** The process's next answer. @throws Error if it is another one, or the process ends without one */
async function answer<Kind extends StackAnswer["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<StackAnswer, { kind: Kind }>> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error("the stack's process has ended");
  const settled = new AbortController();
  const { signal } = settled;
  const [told] = (await Promise.race([once(child, "message", { signal }), once(child, "exit", { signal })])) as [
    StackAnswer | number | null,
  ];
  settled.abort();
  if (typeof told !== "object" || told === null) throw new Error(`the stack's process ended with ${String(told)}`);
  if (told.kind === "failed") throw told.mistake ? new UserError(told.reason) : new Error(told.reason);
  if (told.kind !== kind) throw new Error(`the stack's process answered ${told.kind}`);
  return told as Extract<StackAnswer, { kind: Kind }>;
}
