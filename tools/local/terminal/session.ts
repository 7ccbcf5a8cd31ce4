// One run of `npm start`: loads nothing but Node's own modules before its first line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { explain, version } from "@image-resizer/lib/cli";
import type { StartOptions } from "../main";
import type { LocalStack } from "../stack";
import { Trace } from "../trace";
import { CTRL_C, listenToKeys } from "./keys";
import { StackFiles } from "./stack-files";
import { jsonLine, leftOut, summary } from "./summary";
import { RequestLog } from "./request-log";
import { type Paint, painter, printable } from "./text";

const load = createRequire(__filename);
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Serves a stack until Ctrl-C, and again when its files change. */
export class Session {
  readonly #options: StartOptions;
  readonly #paint: Paint;
  #stack: LocalStack | undefined;
  /** Resolves at Ctrl-C or `q`, once a stack was served. */
  #ended: Promise<unknown> | undefined;
  #releaseKeys: () => void = () => undefined;
  /** The reload in progress: the next one begins after it. */
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: StartOptions) {
    this.#options = options;
    // With --json nothing is coloured.
    this.#paint = options.json ? (_style, text) => text : painter(process.stdout, process.env);
  }

  /** Prints the first line. */
  begin(): void {
    const { json, stack } = this.#options;
    if (json) return;
    this.#print(`${this.#paint("bold", version())}  stack ${printable(stack)}`);
    this.#print(this.#paint("dim", "building the functions and running the program ..."));
  }

  /**
   * Serves the stack and returns the exit code. Before it serves, Ctrl-C ends the process at once.
   * @throws the reason why the stack cannot be served at first
   */
  async serve(): Promise<number> {
    await this.#start();
    const files = new StackFiles(this.#options.stack, () => {
      this.#reload("a stack file has changed");
    });
    await this.#ended;
    files.close();
    this.#releaseKeys();
    await this.#reloading;
    await this.#stack?.close();
    return 0;
  }

  async #start(): Promise<void> {
    const { log, images, json, ...options } = this.#options;
    // Loading this takes seconds.
    const { startLocalStack } = load("../stack") as typeof import("../stack");
    const before = performance.now();
    const trace = new Trace();
    new RequestLog(trace, { format: log === "json" ? "json" : "text", paint: this.#paint, write: this.#log });
    const stack = await startLocalStack({ ...options, ...(images === undefined ? {} : { images }), trace });
    const isFirst = this.#stack === undefined;
    this.#stack = stack;
    this.#ended ??= this.#listenToEnd();
    for (const text of leftOut(stack.originals)) this.#log(this.#paint("yellow", printable(text)));
    if (json) {
      if (isFirst) process.stdout.write(`${jsonLine(stack)}\n`);
      return;
    }
    // The first start counts from the start of the process.
    const seconds = (performance.now() - (isFirst ? 0 : before)) / 1000;
    this.#print(summary(stack, seconds, this.#paint, this.#hasKeys()));
  }

  /** Starts the stack again. One that cannot start leaves the reason, and the next change tries again. */
  #reload(reason: string): void {
    this.#reloading = this.#reloading.then(async () => {
      this.#log(this.#paint("dim", `${reason}: reloading ...`));
      try {
        const { runProgram } = load("@image-resizer/lib/program") as typeof import("@image-resizer/lib/program");
        // What is served stays where the program itself rejects the change.
        await runProgram({ stack: this.#options.stack, config: this.#options.config });
        await this.#stack?.close();
        await this.#start();
      } catch (error) {
        this.#log(this.#paint("red", explain(error)));
      }
    });
  }

  #listenToEnd(): Promise<unknown> {
    const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), this.#listenToKeys()]);
    // A terminal's Ctrl-C may arrive more than once.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
    return ended;
  }

  /** Resolves when `q` or Ctrl-C is pressed; never without a terminal. */
  #listenToKeys(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#hasKeys()) return;
      const actions: [string, () => void][] = [
        ["o", this.#open.bind(this)],
        ["r", this.#reload.bind(this, "r")],
        ["q", resolve],
        [CTRL_C, resolve],
      ];
      this.#releaseKeys = listenToKeys(process.stdin, new Map(actions));
    });
  }

  #hasKeys(): boolean {
    return process.stdin.isTTY && process.stdout.isTTY && !this.#options.json;
  }

  /** Opens the gallery in the browser. */
  #open(): void {
    const url = this.#stack?.endpoints.gallery;
    if (url === undefined) return;
    const [program = "", ...args] = OPENERS[process.platform] ?? ["xdg-open"];
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    child.on("error", () => {
      this.#log(`There is no ${program} here: open ${url} in a browser.`);
    });
    child.unref();
  }

  #print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  readonly #log = (line: string): void => {
    (this.#options.json ? process.stderr : process.stdout).write(`${line}\n`);
  };
}
