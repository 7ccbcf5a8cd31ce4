import assert from "node:assert/strict";
import { readFunction } from "../../function/declared-function";
import type { InvocationResult } from "../../function/function-runtime";
import { UserError } from "@image-resizer/lib/program";
import { freedAfterEach } from "../support/freed";
import { archiveOf, functionResource, startFunction } from "../support/functions";

const REQUEST_ID = "6f1c2f6e-0d2f-4b0a-9d53-0d6f3f1f8a11";

function answerOf(result: InvocationResult): unknown {
  assert.equal(result.kind, "answer");
  return JSON.parse(result.payload) as unknown;
}

function errorOf(result: InvocationResult): string {
  assert.equal(result.kind, "error");
  return result.error.errorMessage;
}

describe("the local function runtime", () => {
  const free = freedAfterEach();

  async function start(...parameters: Parameters<typeof startFunction>) {
    const started = await startFunction(...parameters);
    free(started.close);
    return started;
  }

  it("passes the event and Lambda's context, and returns what the handler returns", async () => {
    const { runtime } = await start(
      `exports.handler = async (event, context) => {
         const { getRemainingTimeInMillis, ...rest } = context;
         return { event, context: rest, remaining: getRemainingTimeInMillis() };
       };`,
      { memorySize: 1024, timeout: 15 },
    );
    const { event, context, remaining } = answerOf(await runtime.invoke({ a: ["ü"] }, REQUEST_ID)) as {
      event: unknown;
      context: unknown;
      remaining: number;
    };
    assert.deepEqual(event, { a: ["ü"] });
    assert.deepEqual(context, {
      awsRequestId: REQUEST_ID,
      callbackWaitsForEmptyEventLoop: true,
      functionName: "shop-resizer",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:shop-resizer",
      memoryLimitInMB: "1024",
    });
    assert.ok(remaining > 0 && remaining <= 15_000, String(remaining));
  });

  it("gives the function the declared environment and what Lambda sets, and nothing else of this machine", async () => {
    process.env.SECRET_OF_THE_LAPTOP = "do not pass on";
    const { runtime, folder } = await start("exports.handler = async () => process.env;", {
      environment: { variables: { BUCKET: "images" } },
      memorySize: 512,
    });
    const environment = answerOf(await runtime.invoke({}, REQUEST_ID));
    assert.deepEqual(environment, {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: "Root=1-6f1c2f6e-0d2f4b0a9d530d6f3f1f8a11",
      AWS_REGION: "eu-central-1",
      AWS_DEFAULT_REGION: "eu-central-1",
      AWS_LAMBDA_FUNCTION_NAME: "shop-resizer",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_ACCESS_KEY_ID: "key-1",
      AWS_SECRET_ACCESS_KEY: "secret-1",
      AWS_SESSION_TOKEN: "token-1",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      BUCKET: "images",
    });
    delete process.env.SECRET_OF_THE_LAPTOP;
  });

  it("runs one request at a time in a process, and no more processes than it may", async () => {
    const { runtime, credentials } = await start(
      `let busy = 0, most = 0;
       exports.handler = async () => {
         most = Math.max(most, ++busy);
         await new Promise((resolve) => setTimeout(resolve, 20));
         busy--;
         return { most, pid: process.pid };
       };`,
      {},
      { maxProcesses: 2 },
    );
    const results = await Promise.all(Array.from({ length: 8 }, () => runtime.invoke({}, REQUEST_ID)));
    const answers = results.map((result) => answerOf(result) as { most: number; pid: number });
    assert.ok(answers.every(({ most }) => most === 1));
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 2);
    assert.deepEqual(
      credentials.issued,
      Array(2).fill({ kind: "role", arn: "arn:aws:iam::123456789012:role/resizer" }),
    );
  });

  it("throttles beyond the declared concurrency", async () => {
    const { runtime, hops } = await start(
      "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 50));",
      { reservedConcurrentExecutions: 2 },
      { maxProcesses: 1 },
    );
    const results = await Promise.all(["a", "b", "c"].map((id) => runtime.invoke({}, id)));
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ["answer", "answer", "throttled"],
    );
    assert.deepEqual(hops.find(({ requestId }) => requestId === "c")?.status, 429);
    assert.equal((await runtime.invoke({}, "d")).kind, "answer");
  });

  it("kills the process at the timeout, and the next request gets a new one", async () => {
    const { runtime, credentials, lines } = await start(
      `exports.handler = async ({ hang }) => {
         while (hang);
         return process.pid;
       };`,
      { timeout: 1 },
      { maxProcesses: 1 },
    );
    const first = answerOf(await runtime.invoke({}, REQUEST_ID));
    assert.equal(errorOf(await runtime.invoke({ hang: true }, REQUEST_ID)), "Task timed out after 1.00 seconds");
    const second = answerOf(await runtime.invoke({}, REQUEST_ID));
    assert.notEqual(second, first);
    assert.throws(() => process.kill(first as number, 0), { code: "ESRCH" });
    assert.deepEqual(credentials.revoked, ["key-1"]);
    assert.deepEqual(lines, [
      { requestId: REQUEST_ID, text: `RequestId: ${REQUEST_ID} Error: Task timed out after 1.00 seconds` },
    ]);
  });

  it("survives a handler that throws, and a process that dies", async () => {
    const { runtime } = await start(
      `exports.handler = async ({ what }) => {
         if (what === "throw") throw new TypeError("no such picture");
         if (what === "exit") process.exit(3);
         return "fine";
       };`,
    );
    const thrown = await runtime.invoke({ what: "throw" }, REQUEST_ID);
    assert.equal(thrown.kind === "error" && thrown.error.errorType, "TypeError");
    assert.equal(errorOf(thrown), "no such picture");
    const exited = await runtime.invoke({ what: "exit" }, REQUEST_ID);
    assert.equal(errorOf(exited), "Runtime exited with error: exit status 3");
    assert.equal(answerOf(await runtime.invoke({}, REQUEST_ID)), "fine");
  });

  it("gives no request to a process that ends after its answer", async () => {
    const end = 'setImmediate(() => process.kill(process.pid, "SIGKILL"))';
    const code = `exports.handler = async ({ last }) => (last && ${end}, process.pid);`;
    const { runtime } = await start(code, {}, { maxProcesses: 1 });
    const answers = await Promise.all([true, true, false, false].map((last) => runtime.invoke({ last }, REQUEST_ID)));
    const [first, second, third, fourth] = answers.map(answerOf);
    assert.deepEqual([new Set([first, second, third]).size, fourth], [3, third]);
  });

  it("says why a function does not start", async () => {
    const broken = await start('throw new Error("BUCKET is missing");');
    assert.equal(errorOf(await broken.runtime.invoke({}, REQUEST_ID)), "BUCKET is missing");
    assert.match(broken.lines[0]?.text ?? "", /^The function did not start: Error: BUCKET is missing\n/);
    const other = await start("exports.handle = 1;");
    assert.equal(
      errorOf(await other.runtime.invoke({}, REQUEST_ID)),
      `${other.folder}/index.js exports no function "handler"`,
    );
  });

  it("starts ahead when it is told to", async () => {
    const { runtime, hops, credentials } = await start("exports.handler = async () => null;");
    await runtime.warm();
    await runtime.invoke({}, REQUEST_ID);
    assert.equal(credentials.issued.length, 1);
    assert.deepEqual(
      hops.map(({ part, what, status, detail }) => ({ part, what, status, detail })),
      [{ part: "function", what: "invoke shop-resizer", status: 200, detail: undefined }],
    );
  });

  it("tells whose request its S3 calls and its lines belong to", async () => {
    const { runtime, credentials, lines, written } = await start(
      'exports.handler = async () => { console.log("one"); console.error("two"); };',
    );
    await runtime.invoke({}, "first");
    await written(2);
    assert.deepEqual(credentials.requests, [
      ["key-1", "first"],
      ["key-1", undefined],
    ]);
    assert.deepEqual(lines.map(({ requestId, text }) => `${requestId ?? ""} ${text}`).sort(), [
      "first one",
      "first two",
    ]);
  });

  it("leaves no process behind", async () => {
    const { runtime } = await start("exports.handler = async () => process.pid;");
    const pid = answerOf(await runtime.invoke({}, REQUEST_ID)) as number;
    await runtime.close();
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("ends the requests that wait for a process when it is closed, and starts none for them", async () => {
    const { runtime, credentials } = await start(
      "exports.handler = () => new Promise(() => undefined);",
      {},
      { maxProcesses: 1 },
    );
    const results = Promise.all([runtime.invoke({}, "first"), runtime.invoke({}, "second")]);
    await runtime.close();
    assert.deepEqual(
      (await results).map(({ kind }) => kind),
      ["error", "error"],
    );
    assert.equal(credentials.issued.length, 1);
  });

  it("rejects at the start what Lambda rejects or what it cannot run", async () => {
    const code = archiveOf(__filename);
    const cases: [Record<string, unknown>, string][] = [
      [
        { environment: { variables: { AWS_REGION: "x", A: "1" } } },
        'the function "resizer" declares AWS_REGION in its environment: names that begin with AWS_, LAMBDA_ or _ are Lambda\'s',
      ],
      [
        { handler: "resize.handler" },
        'the package of the function "resizer" has no resize.js, .mjs or .cjs for its handler "resize.handler"',
      ],
      [
        { layers: ["arn"] },
        'aws:lambda/function:Function "resizer" cannot be served: layers: the local stack does not serve it',
      ],
    ];
    for (const [inputs, message] of cases) {
      await assert.rejects(readFunction(functionResource(code, inputs)), new UserError(message));
    }
    const python = readFunction(functionResource(code, { runtime: "python3.13" }));
    await assert.rejects(python, /^Error: aws:lambda\/function:Function "resizer" cannot be served: runtime: /);
  });
});
