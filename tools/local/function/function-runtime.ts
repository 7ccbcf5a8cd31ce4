import { availableParallelism } from "node:os";
import path from "node:path";
import type { AccessKey, Credentials } from "../aws/credentials";
import { rolePrincipal } from "../iam/iam";
import type { Trace } from "../trace";
import type { DeclaredFunction } from "./declared-function";
import { type FunctionError, FunctionProcess, type HandlerResult } from "./function-process";

export interface FunctionRuntimeOptions {
  readonly declared: DeclaredFunction;
  readonly region: string;
  /** Local S3: an IP address in it makes the SDK use path-style URLs. */
  readonly s3Url: string;
  /** Local API of CloudFront. Default: none. */
  readonly cloudFrontUrl?: string | undefined;
  readonly credentials: Pick<Credentials, "issue" | "revoke" | "setRequestId">;
  readonly trace: Trace;
  /** Number of processes at once. Default: the machine's cores. */
  readonly maxProcesses?: number;
}

/** Lambda's response to an invocation. Throttled: more requests at once than the function's concurrency. */
export type InvocationResult = HandlerResult | { readonly kind: "throttled" };

/** A declared function that can be called. */
export type LambdaFunction = Pick<DeclaredFunction, "name" | "arn" | "invokeArn" | "roleArn" | "timeoutS"> & {
  readonly runtime: Pick<FunctionRuntime, "invoke">;
};

const CLOSED = { errorType: "Runtime.ExitError", errorMessage: "The local stack was closed" };

interface Environment {
  readonly process: FunctionProcess;
  readonly key: AccessKey;
  /** Request that the log lines belong to. */
  requestId: string | undefined;
}

/** Runs a Lambda function in processes of its own, started on demand, each of which serves one request at a time. */
export class FunctionRuntime {
  readonly #options: FunctionRuntimeOptions;
  readonly #maxProcesses: number;
  readonly #all = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;
  #closing = false;

  constructor(options: FunctionRuntimeOptions) {
    this.#options = options;
    this.#maxProcesses = options.maxProcesses ?? availableParallelism();
  }

  /** Starts a process ahead of the first request. Resolves when it is ready; a failure goes to the log. */
  async warm(): Promise<void> {
    const environment = this.#start();
    if (!(await this.#failure(environment))) this.#release(environment);
  }

  async invoke(event: unknown, requestId: string): Promise<InvocationResult> {
    const { declared, trace } = this.#options;
    const report = trace.start("function", requestId);
    const { result, detail } = await this.#run(event, requestId);
    report({
      what: `invoke ${declared.name}`,
      status: { answer: 200, error: 500, throttled: 429 }[result.kind],
      ...(detail === undefined ? {} : { detail }),
      ...(result.kind === "answer" ? { bytes: Buffer.byteLength(result.payload) } : {}),
    });
    return result;
  }

  /** Ends every process. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map(({ process }) => process.kill()));
  }

  async #run(event: unknown, requestId: string): Promise<{ result: InvocationResult; detail?: string }> {
    const { declared } = this.#options;
    if (this.#inFlight >= declared.concurrency) return { result: { kind: "throttled" }, detail: "Rate Exceeded." };
    this.#inFlight++;
    try {
      const acquired = await this.#acquire();
      if (!acquired) return { result: { kind: "error", error: CLOSED } };
      const { environment, cold } = acquired;
      const failure = await this.#failure(environment);
      if (failure) return { result: { kind: "error", error: failure }, detail: failure.errorMessage };
      const result = await this.#serve(environment, event, requestId);
      this.#release(environment);
      if (result.kind === "error") {
        this.#log(environment, `RequestId: ${requestId} Error: ${result.error.stack ?? result.error.errorMessage}`);
        return { result, detail: result.error.errorMessage };
      }
      return cold ? { result, detail: "cold start" } : { result };
    } finally {
      this.#inFlight--;
    }
  }

  async #serve(environment: Environment, event: unknown, requestId: string): Promise<HandlerResult> {
    const { declared, credentials } = this.#options;
    environment.requestId = requestId;
    credentials.setRequestId(environment.key.accessKeyId, requestId);
    try {
      return await environment.process.invoke({
        event,
        context: lambdaContext(declared, requestId),
        traceId: traceIdOf(requestId),
        remainingMs: declared.timeoutS * 1000,
      });
    } finally {
      credentials.setRequestId(environment.key.accessKeyId, undefined);
    }
  }

  /** Returns an idle process, or a new one, or, at the maximum, the next that becomes free; undefined at the end. */
  async #acquire(): Promise<{ environment: Environment; cold: boolean } | undefined> {
    while (!this.#closing) {
      const idle = this.#idle.pop();
      if (idle) return { environment: idle, cold: false };
      if (this.#all.size < this.#maxProcesses) return { environment: this.#start(), cold: true };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return undefined;
  }

  #release(environment: Environment): void {
    if (environment.process.usable) this.#idle.push(environment);
    this.#waiting.shift()?.();
  }

  #start(): Environment {
    const { declared, region, s3Url, cloudFrontUrl, credentials } = this.#options;
    const key = credentials.issue(rolePrincipal(declared.roleArn));
    const environment: Environment = {
      key,
      requestId: undefined,
      process: new FunctionProcess({
        handler: declared.handler,
        environment: {
          ...lambdaEnvironment(declared, region, key),
          LAMBDA_TASK_ROOT: path.dirname(declared.handler.file),
          AWS_ENDPOINT_URL_S3: s3Url,
          ...(cloudFrontUrl === undefined ? {} : { AWS_ENDPOINT_URL_CLOUDFRONT: cloudFrontUrl }),
          // In Lambda the function has the declared Node, whatever this machine has.
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
          ...declared.variables,
        },
        onLine: (line) => {
          this.#log(environment, line);
        },
        onExit: () => {
          credentials.revoke(key.accessKeyId);
          this.#all.delete(environment);
          const at = this.#idle.indexOf(environment);
          if (at !== -1) this.#idle.splice(at, 1);
          this.#waiting.shift()?.();
        },
      }),
    };
    this.#all.add(environment);
    return environment;
  }

  /** Returns the error of a process that did not start, and logs it. */
  async #failure(environment: Environment): Promise<FunctionError | undefined> {
    const failure = await environment.process.started;
    const text = `The function did not start: ${failure?.stack ?? failure?.errorMessage ?? ""}`;
    if (failure && !this.#closing) this.#log(environment, text);
    return failure;
  }

  #log({ requestId }: Environment, text: string): void {
    this.#options.trace.log({ requestId, text });
  }
}

const VERSION = "$LATEST";

/** Returns the variables that Lambda itself sets. (Lambda developer guide, defined runtime environment variables) */
export function lambdaEnvironment(declared: DeclaredFunction, region: string, key: AccessKey): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: `${path.parse(declared.handler.file).name}.${declared.handler.exportName}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: declared.name,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(declared.memoryMb),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
  };
}

/** Returns the handler's second argument, without its clock. (Lambda developer guide, Node.js context object) */
function lambdaContext({ name, arn, memoryMb }: DeclaredFunction, requestId: string) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: VERSION,
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
  };
}

/** Returns a request's id in X-Ray's form, which has the same 32 digits. */
export function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll("-", "");
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)}`;
}
