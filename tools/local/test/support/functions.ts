import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readFunction } from "../../function/declared-function";
import { FunctionRuntime, type FunctionRuntimeOptions } from "../../function/function-runtime";
import type { Principal } from "../../iam/iam";
import { type Hop, type LogLine, Trace } from "../../trace";
import { resource } from "./resources";

type RuntimeCredentials = FunctionRuntimeOptions["credentials"];

/** Keys that open nothing, and a record of what was done with them. */
export class RecordedCredentials implements RuntimeCredentials {
  readonly issued: Principal[] = [];
  readonly revoked: string[] = [];
  readonly requests: (readonly [accessKeyId: string, requestId: string | undefined])[] = [];

  issue(principal: Principal) {
    const number = this.issued.push(principal);
    return { accessKeyId: `key-${number}`, secretAccessKey: `secret-${number}`, sessionToken: `token-${number}` };
  }

  revoke(accessKeyId: string): void {
    this.revoked.push(accessKeyId);
  }

  setRequestId(accessKeyId: string, requestId: string | undefined): void {
    this.requests.push([accessKeyId, requestId]);
  }
}

/** Pulumi's archive of one file, as a reader sees it. */
export function archiveOf(file: string): unknown {
  return { assets: Promise.resolve({ [path.basename(file)]: { path: Promise.resolve(file) } }) };
}

const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:shop-resizer";

export function functionResource(code: unknown, inputs: Readonly<Record<string, unknown>> = {}) {
  return resource(
    "aws:lambda/function:Function",
    "resizer",
    {
      name: "shop-resizer",
      code,
      handler: "index.handler",
      runtime: "nodejs24.x",
      role: "arn:aws:iam::123456789012:role/resizer",
      ...inputs,
    },
    {
      arn: FUNCTION_ARN,
      invokeArn: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
    },
  );
}

/** A runtime of a function whose module is `source`; `close` ends it. */
export async function startFunction(
  source: string,
  inputs: Readonly<Record<string, unknown>> = {},
  options: Partial<FunctionRuntimeOptions> = {},
) {
  const folder = mkdtempSync(path.join(tmpdir(), "function-"));
  const file = path.join(folder, "index.js");
  writeFileSync(file, source);
  const trace = new Trace();
  const hops: Hop[] = [];
  const lines: LogLine[] = [];
  trace.listen((hop) => hops.push(hop));
  let onLine: () => void = () => undefined;
  trace.listenToLog((line) => {
    lines.push(line);
    onLine();
  });
  /** Resolves when the function has written so many lines. */
  const written = (count: number) =>
    new Promise<void>((resolve) => {
      onLine = () => {
        if (lines.length >= count) resolve();
      };
      onLine();
    });
  const credentials = new RecordedCredentials();
  const declared = await readFunction(functionResource(archiveOf(file), inputs));
  const s3Url = "http://127.0.0.1:9";
  const runtime = new FunctionRuntime({ declared, region: "eu-central-1", s3Url, credentials, trace, ...options });
  const close = async () => {
    await runtime.close();
    await rm(folder, { recursive: true });
  };
  return { runtime, declared, credentials, hops, lines, written, folder, close };
}
