import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { parsed, recordOf } from "../../../policy/lib/values";
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
interface Invocation {
  readonly event: unknown;
  readonly context: Readonly<Record<string, unknown>> & { readonly awsRequestId: string };
  readonly traceId: string;
  readonly remainingMs: number;
}

interface ProcessOptions {
  readonly handler: HandlerFile;
  /** All variables of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly onExit: () => void;
}

type Message = HandlerResult | { readonly kind: "ready" } | { readonly kind: "next" };

const WORKER = path.join(__dirname, "worker.cjs");
/** Time that Lambda allows a function to start. */
const INIT_LIMIT_MS = 10_000;

/** An execution environment: a process that serves one request at a time and is killed when one takes too long. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  #settle: (message: Message) => void = () => undefined;
  #free: () => void = () => undefined;
  #exit: FunctionError | undefined;
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
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          onLine(withoutMetrics(line));
        });
    }
    this.#child.on("message", (message) => {
      if ((message as Message).kind === "next") this.#free();
      else this.#settle(message as Message);
    });
    this.#child.once("error", () => {
      this.#kill();
    });
    this.#child.once("exit", (code, signal) => {
      const how = code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`;
      this.#exit = { errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: ${how}` };
      this.#settle({ kind: "error", error: this.#exit });
      this.#free();
      onExit();
    });
    this.started = this.#answer(INIT_LIMIT_MS, "Init timed out").then((message) =>
      message.kind === "error" ? message.error : undefined,
    );
  }

  /** True while the process can serve another request. */
  get usable(): boolean {
    return !this.#exit && !this.#killed;
  }

  /**
   * Runs one request; the process has started and serves no other. Its deadline kills the process. Resolves when the process
   * is free for the next request, or has ended.
   */
  async invoke(invocation: Invocation): Promise<HandlerResult> {
    const { remainingMs } = invocation;
    const answer = this.#answer(remainingMs, `Task timed out after ${(remainingMs / 1000).toFixed(2)} seconds`);
    const free = new Promise<void>((resolve) => (this.#free = resolve));
    if (this.#exit) this.#free();
    // A process that has just ended cannot be written to: `exit` settles the answer.
    if (this.usable) this.#child.send(invocation, () => undefined);
    const result = (await answer) as HandlerResult;
    await free;
    return result;
  }

  /** Ends the process and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#exit) return;
    const gone = once(this.#child, "exit");
    this.#kill();
    await gone;
  }

  #kill(): void {
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }

  /** Resolves to the worker's next message, or to an error once the process ends or the time is over. */
  #answer(limitMs: number, tooLate: string): Promise<Message> {
    return new Promise<Message>((resolve) => {
      if (this.#exit) {
        resolve({ kind: "error", error: this.#exit });
        return;
      }
      const timer = setTimeout(() => {
        resolve({ kind: "error", error: { errorType: "Sandbox.Timedout", errorMessage: tooLate } });
        this.#kill();
      }, limitMs);
      this.#settle = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  }
}

/** Metrics of a line, which CloudWatch extracts (CloudWatch user guide, "Specification: Embedded metric format"). */
interface Directive {
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string }[];
}

/**
 * Returns a line of a function's log without its metrics, which repeat its other members for CloudWatch's graphs. Any
 * other line is returned as it is.
 */
export function withoutMetrics(line: string): string {
  const record = line.includes('"_aws"') ? recordOf(parsed(line)) : undefined;
  if (!record || !("_aws" in record)) return line;
  const { _aws, ...members } = record;
  const directives = (_aws as { CloudWatchMetrics?: readonly Directive[] } | null)?.CloudWatchMetrics ?? [];
  const names = directives.flatMap(({ Dimensions = [], Metrics = [] }) => [
    ...Dimensions.flat(),
    ...Metrics.map(({ Name }) => Name),
  ]);
  return JSON.stringify(Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name))));
}
