import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { HandlerFile } from "./declared-function";

/** Result of one request to the function: what the handler returned, as JSON, or an error. */
export type HandlerResult =
  { readonly kind: "answer"; readonly payload: string } | { readonly kind: "error"; readonly error: FunctionError };

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack?: string;
}

/** One request, as the worker gets it. */
export interface Invocation {
  readonly event: unknown;
  readonly context: Readonly<Record<string, unknown>> & { readonly awsRequestId: string };
  readonly traceId: string;
  readonly remainingMs: number;
}

export interface ProcessOptions {
  readonly handler: HandlerFile;
  /** All variables of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly onExit: () => void;
}

type Message = HandlerResult | { readonly kind: "ready" } | { readonly kind: "failed"; readonly error: FunctionError };

const WORKER = path.join(__dirname, "worker.cjs");
/** Time that Lambda allows a function to start. */
const INIT_LIMIT_MS = 10_000;

/** An execution environment: a process that serves one request at a time and is killed when one takes too long. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  #receive: (message: Message) => void = () => undefined;
  #end: (error: FunctionError) => void = () => undefined;
  #ended = false;
  #killed = false;

  /** Resolves when the handler is loaded, with the error if it could not be. */
  readonly started: Promise<FunctionError | undefined>;

  constructor({ handler, environment, onLine, onExit }: ProcessOptions) {
    this.#child = fork(WORKER, [handler.file, handler.exportName], {
      env: environment,
      // Not this process's own flags, which load a compiler.
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", onLine);
    }
    this.#child.on("message", (message) => {
      this.#receive(message as Message);
    });
    this.#child.once("error", () => {
      this.#kill();
    });
    this.#child.once("exit", (code, signal) => {
      this.#ended = true;
      const how = code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`;
      this.#end({ errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: ${how}` });
      onExit();
    });
    this.started = this.#exchange(INIT_LIMIT_MS, "Init timed out").then((message) =>
      message.kind === "failed" || message.kind === "error" ? message.error : undefined,
    );
  }

  /** True while the process can serve another request. */
  get usable(): boolean {
    return !this.#ended && !this.#killed;
  }

  /** Runs one request; the process has started and serves no other. Its deadline kills the process. */
  async invoke(invocation: Invocation): Promise<HandlerResult> {
    const { remainingMs } = invocation;
    const exchange = this.#exchange(remainingMs, `Task timed out after ${(remainingMs / 1000).toFixed(2)} seconds`);
    // A process that has just ended cannot be written to: `exit` settles the exchange.
    if (this.usable) this.#child.send(invocation, () => undefined);
    return (await exchange) as HandlerResult;
  }

  /** Ends the process and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#kill();
    await gone;
  }

  #kill(): void {
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }

  /** Resolves to the worker's next message, or to an error once the process ends or the time is over. */
  #exchange(limitMs: number, tooLate: string): Promise<Message> {
    return new Promise<Message>((resolve) => {
      const timer = setTimeout(() => {
        resolve({ kind: "error", error: { errorType: "Sandbox.Timedout", errorMessage: tooLate } });
        this.#kill();
      }, limitMs);
      const settle = (message: Message) => {
        clearTimeout(timer);
        resolve(message);
      };
      this.#receive = settle;
      this.#end = (error) => {
        settle({ kind: "error", error });
      };
      if (this.#ended) this.#end({ errorType: "Runtime.ExitError", errorMessage: "Runtime exited" });
    });
  }
}
