import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { DeclaredFunction } from "../../../function/declared-function";
import { lambdaEnvironment } from "../../../function/function-runtime";
import type { AccessKey } from "../../../aws/credentials";
import { type MemoryGroup, peakMemory } from "./memory-group";

export interface LimitedFunctionOptions {
  readonly declared: DeclaredFunction;
  readonly region: string;
  readonly s3Url: string;
  readonly key: AccessKey;
  readonly group: MemoryGroup | undefined;
}

/** Status of a response, or the signal that ended the process. */
export interface LimitedOutcome {
  readonly ended: number | NodeJS.Signals | "exited";
  readonly seconds: number;
}

const WORKER = path.resolve(__dirname, "../../../function/worker.cjs");

/** Deployable function in a process of its own, in a memory group if there is one. */
export class LimitedFunction {
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;

  constructor({ declared, region, s3Url, key, group }: LimitedFunctionOptions) {
    this.#timeoutMs = declared.timeoutS * 1000;
    // The shell enters the group and becomes the function, so that all memory counts from the start.
    const enter = group ? `echo $$ > '${group.procs}' && ` : "";
    const args = [process.execPath, WORKER, declared.handler.file, declared.handler.exportName];
    this.#child = spawn("/bin/sh", ["-c", `${enter}exec "$@"`, "sh", ...args], {
      env: {
        ...lambdaEnvironment(declared, region, key),
        LAMBDA_TASK_ROOT: path.dirname(declared.handler.file),
        AWS_ENDPOINT_URL_S3: s3Url,
        ...declared.variables,
      },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
  }

  /** Resolves when the handler is loaded. */
  async started(): Promise<void> {
    const [message] = (await once(this.#child, "message")) as [{ kind: string }];
    if (message.kind !== "ready") throw new Error(`the function did not start: ${JSON.stringify(message)}`);
  }

  /** Peak of its memory, in bytes. */
  get peak(): number {
    return peakMemory(this.#child.pid ?? 0) ?? NaN;
  }

  async invoke(rawQueryString: string): Promise<LimitedOutcome> {
    const started = performance.now();
    const remainingMs = this.#timeoutMs;
    const ended = new Promise<LimitedOutcome["ended"]>((resolve) => {
      this.#child.once("message", ({ payload }: { payload: string }) => {
        resolve((JSON.parse(payload) as { statusCode: number }).statusCode);
      });
      this.#child.once("exit", (_code, signal) => {
        resolve(signal ?? "exited");
      });
    });
    this.#child.send({ event: { rawQueryString }, context: { awsRequestId: "request-1" }, traceId: "", remainingMs });
    return { ended: await ended, seconds: (performance.now() - started) / 1000 };
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
