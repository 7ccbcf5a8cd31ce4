import assert from "node:assert/strict";
import { mock } from "node:test";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { createHandler, type Handler } from "../../../../functions/resizer/handler";
import { Deadline } from "../../../../functions/resizer/deadline";
import { CLIENT_SETTINGS } from "../../../../functions/shared/aws-client";
import { S3Store } from "../../../../functions/resizer/store";
import { quietly } from "../../../../test/support/quietly";
import { readFunction } from "../../function/declared-function";
import { FunctionRuntime, type InvocationResult } from "../../function/function-runtime";
import { Trace } from "../../trace";
import { type Fault, FaultyS3 } from "./support/faulty-s3";
import { ask, errorCode, openBench, type ResizerBench } from "./support/resizer-bench";

/** The least and the most time that a stack may give its function. */
const SHORT_TIMEOUT_SECONDS = 3;
const LONG_TIMEOUT_SECONDS = 29;

const UNAVAILABLE = "503 unavailable";

describe("the resizer, in front of an S3 that fails", () => {
  let bench: ResizerBench;
  let s3: FaultyS3;
  let handler: Handler;
  let end: () => void = () => undefined;
  let number = 0;

  before(async () => {
    bench = await openBench({ stack: "dev" });
    s3 = await new FaultyS3(bench.s3Url).open();
    // The deployed client, which learns only from the environment where S3 is and which keys to use.
    const { accessKeyId, secretAccessKey, sessionToken = "" } = bench.storage.credentials.issue(bench.role);
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_REGION: bench.stack.run.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    const client = new S3Client(CLIENT_SETTINGS);
    end = () => {
      client.destroy();
      process.env = before;
    };
    await client.config.credentials();
    await client.config.region();
    handler = createHandler(bench.settings, new S3Store(client, bench.settings));
  });

  afterEach(() => s3.heal());

  after(async () => {
    end();
    await s3.close();
    await bench.close();
  });

  /** Puts an original whose variant is some hundred kilobytes, more than one packet, and returns its folder. */
  async function putOriginal(): Promise<string> {
    const folder = `fault-${number++}`;
    const noise = { type: "gaussian" as const, mean: 128, sigma: 60 };
    const image = sharp({ create: { width: 640, height: 480, channels: 3, background: "black", noise } });
    await bench.put(`${folder}/a.jpg`, await image.jpeg({ quality: 90 }).toBuffer());
    return folder;
  }

  async function request(folder: string): Promise<string> {
    const { result } = await quietly(() => ask(handler, `key=${folder}/640w/a.jpg`));
    if (result.statusCode === 503) {
      assert.equal(result.headers?.["retry-after"], "2");
      assert.equal(result.headers["cache-control"], "no-store");
    }
    return `${result.statusCode ?? 0} ${errorCode(result) ?? ""}`.trim();
  }

  /** Runs `work` with a deadline that is over once the fault has happened. */
  async function untilFault<T>(from: FaultyS3, work: () => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const timeout = mock.method(AbortSignal, "timeout", () => deadline.signal);
    const over = from.fault().then(() => {
      deadline.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    });
    try {
      const [result] = await Promise.all([work(), over]);
      return result;
    } finally {
      timeout.mock.restore();
    }
  }

  async function variants(folder: string): Promise<string[]> {
    return (await bench.keys()).filter((key) => key.startsWith(`${folder}/640w/`));
  }

  async function assertWhole(folder: string): Promise<void> {
    const { Body } = await bench.administrator.send(
      new GetObjectCommand({ Bucket: bench.settings.bucket, Key: `${folder}/640w/a.jpg` }),
    );
    const bytes = await Body?.transformToByteArray();
    const { info } = await sharp(bytes, { failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [640, 480]);
  }

  /** Number of writes that S3 accepted: one for each variant, ever. */
  function writes(folder: string): number {
    return bench.calls.filter(({ what, status }) => what === `PutObject ${folder}/640w/a.jpg` && status === 200).length;
  }

  for (const [method, fault, expected] of [
    ["GET", "refused", UNAVAILABLE],
    ["GET", "reset", UNAVAILABLE],
    ["GET", "silent", UNAVAILABLE],
    ["GET", "stalled", UNAVAILABLE],
    ["GET", "short", UNAVAILABLE],
    ["GET", "500 InternalError", UNAVAILABLE],
    ["GET", "503 SlowDown", UNAVAILABLE],
    // S3 says the same of a missing original to a role that may not list the bucket.
    ["GET", "403 AccessDenied", "404 original-not-found"],
    ["GET", "403 InvalidAccessKeyId", "500 internal-error"],
    ["PUT", "reset", UNAVAILABLE],
    ["PUT", "silent", UNAVAILABLE],
    ["PUT", "stalled", UNAVAILABLE],
    ["PUT", "500 InternalError", UNAVAILABLE],
    ["PUT", "503 SlowDown", UNAVAILABLE],
    ["PUT", "403 AccessDenied", "500 internal-error"],
  ] as const satisfies readonly (readonly ["GET" | "PUT", Fault, string])[]) {
    it(`answers ${expected} to ${method} ${fault}, stores nothing, and creates the variant afterwards`, async () => {
      const folder = await putOriginal();
      await s3.fail({ method, fault });
      const waits = fault === "silent" || fault === "stalled";
      assert.equal(await (waits ? untilFault(s3, () => request(folder)) : request(folder)), expected);
      if (fault !== "refused") assert.ok(s3.requests.has(method));
      assert.deepEqual(await variants(folder), []);
      await s3.heal();
      assert.equal(await request(folder), "301");
      assert.equal(writes(folder), 1);
      await assertWhole(folder);
    });
  }

  for (const [method, fault] of [
    ["GET", "500 InternalError"],
    ["GET", "503 SlowDown"],
    ["GET", "silent"],
    ["PUT", "500 InternalError"],
    ["PUT", "503 SlowDown"],
    ["PUT", "reset"],
    ["PUT", "response lost"],
  ] as const) {
    it(`tries again where ${method} ${fault} happens once, and writes once`, async () => {
      const folder = await putOriginal();
      await s3.fail({ method, fault, times: 1 });
      assert.equal(await request(folder), "301");
      assert.equal(s3.requests.get(method), 2);
      assert.equal(writes(folder), 1);
      await assertWhole(folder);
    });
  }

  it("keeps the ETag of the response that it read, where every response has another", async () => {
    const folder = await putOriginal();
    await s3.fail({ method: "GET", fault: "etag" });
    assert.equal(await request(folder), "301");
    assert.equal(s3.requests.get("GET"), 1);
    const { Metadata } = await bench.administrator.send(
      new GetObjectCommand({ Bucket: bench.settings.bucket, Key: `${folder}/640w/a.jpg` }),
    );
    assert.match(Metadata?.["original-etag"] ?? "", /^changed-\d+$/);
  });

  describe("with a client that has no limits of its own", () => {
    const image = { bytes: Buffer.alloc(300_000), format: "jpeg" } as const;
    let own: FaultyS3;
    beforeEach(async () => {
      own = await new FaultyS3(bench.s3Url).open();
    });
    afterEach(() => own.close());

    for (const [method, fault, call] of [
      ["GET", "stalled", (store, folder) => store.readOriginal(`${folder}/a.jpg`, new Deadline(0).signal)],
      [
        "PUT",
        "silent",
        (store, folder) =>
          store.writeVariant(
            `${folder}/640w/a.jpg`,
            image,
            { bytes: Buffer.alloc(0), etag: "" },
            new Deadline(0).signal,
          ),
      ],
    ] as const satisfies readonly (readonly ["GET" | "PUT", Fault, (store: S3Store, folder: string) => unknown])[]) {
      it(`ends a ${method} that is ${fault} at the deadline, connection and all`, async () => {
        const folder = await putOriginal();
        await own.fail({ method, fault });
        const store = new S3Store(bench.client(bench.role, { endpoint: own.url }), bench.settings);
        await untilFault(own, () => assert.rejects(call(store, folder), { code: "unavailable" }));
        await own.idle();
        assert.deepEqual(await variants(folder), []);
      });
    }
  });

  describe("as a process of its own", () => {
    const runtimes: FunctionRuntime[] = [];
    afterEach(() => Promise.all(runtimes.splice(0).map((runtime) => runtime.close())));

    async function start(timeout: number): Promise<FunctionRuntime> {
      const declared = { ...(await readFunction(bench.stack.one("Function"))), timeout };
      const { region } = bench.stack.run;
      const { credentials } = bench.storage;
      const runtime = new FunctionRuntime({ declared, region, s3Url: s3.url, credentials, trace: new Trace() });
      runtimes.push(runtime);
      return runtime;
    }

    function statusOf(result: InvocationResult): number {
      assert.ok(result.kind === "answer", JSON.stringify(result));
      return (JSON.parse(result.payload) as { statusCode: number }).statusCode;
    }

    it("answers before Lambda ends it", async () => {
      const folder = await putOriginal();
      const runtime = await start(SHORT_TIMEOUT_SECONDS);
      await s3.fail({ method: "GET", fault: "silent" });
      assert.equal(statusOf(await runtime.invoke({ rawQueryString: `key=${folder}/640w/a.jpg` }, "request-1")), 503);
    });

    it("leaves nothing where it is killed during the write, and the next one creates the variant", async () => {
      const folder = await putOriginal();
      const event = { rawQueryString: `key=${folder}/640w/a.jpg` };
      const killed = await start(LONG_TIMEOUT_SECONDS);
      await s3.fail({ method: "PUT", fault: "stalled" });
      const fault = s3.fault();
      const outcome = killed.invoke(event, "request-1");
      await fault;
      await killed.close();
      assert.equal((await outcome).kind, "error");
      assert.deepEqual(await variants(folder), []);
      await s3.heal();
      const next = await start(LONG_TIMEOUT_SECONDS);
      assert.equal(statusOf(await next.invoke(event, "request-2")), 301);
      assert.equal(writes(folder), 1);
      await assertWhole(folder);
    });
  });
});
