import { type ChildProcess, fork } from "node:child_process";
import type { Answer, Job, Question } from "./protocol";

/** What a variant took. */
export type Made = Extract<Answer, { kind: "made" }>;

/** A contender's process: one question at a time. */
export class ContenderProcess {
  readonly #child: ChildProcess;
  #receive: (answer: Answer) => void = () => undefined;
  #ready: Promise<Answer>;

  /** @param environment the whole of it, but for the path to programs */
  constructor(
    private readonly name: string,
    module: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#child = fork(module, {
      env: { PATH: process.env.PATH ?? "", ...environment },
      // Not this process's own flags, which load a compiler.
      execArgv: [],
      serialization: "advanced",
      // The handler logs a line for each variant.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child.on("message", (answer) => {
      this.#receive(answer as Answer);
    });
    this.#child.once("exit", (code) => {
      this.#receive({ kind: "failed", reason: `its process ended with ${String(code)}` });
    });
    this.#ready = this.#next();
  }

  /** @throws Error that names the contender and why it could not */
  async make(job: Job): Promise<Made> {
    return (await this.#ask({ kind: "make", job }, "made")) as Made;
  }

  async peakRssMb(): Promise<number> {
    return ((await this.#ask({ kind: "peak" }, "peak")) as Extract<Answer, { kind: "peak" }>).peakRssMb;
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  async #ask(question: Question, kind: Answer["kind"]): Promise<Answer> {
    await this.#ready;
    const next = this.#next();
    if (this.#child.connected) this.#child.send(question);
    const answer = await next;
    if (answer.kind === "failed") throw new Error(`${this.name} failed: ${answer.reason}`);
    if (answer.kind !== kind) throw new Error(`${this.name} answered ${answer.kind} to ${question.kind}`);
    return answer;
  }

  #next(): Promise<Answer> {
    return new Promise((resolve) => {
      this.#receive = resolve;
    });
  }
}
