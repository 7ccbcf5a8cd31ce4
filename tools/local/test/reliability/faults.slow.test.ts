import assert from "node:assert/strict";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { createHandler, type Handler } from "../../../../functions/resizer/handler";
import { Deadline } from "../../../../functions/resizer/deadline";
import { createS3Client } from "../../../../functions/resizer/s3-client";
import { S3Store } from "../../../../functions/resizer/store";
import { readFunction } from "../../function/declared-function";
import { FunctionRuntime } from "../../function/function-runtime";
import { Trace } from "../../trace";
import { type Fault, FaultyS3 } from "./support/faulty-s3";
import { ask, errorCode, openBench, quietly, type ResizerBench } from "./support/resizer-bench";

/** The least time that a stack may give its function, in seconds. */
const TIMEOUT_SECONDS = 3;
/** What is left of the function's time, a second of which is kept back for the answer: enough to come to the fault. */
const LITTLE_MS = { GET: 1500, PUT: 2000 };
const ENOUGH_MS = 15_000;

const UNAVAILABLE = "503 unavailable";

describe("the resizer, in front of an S3 that misbehaves", () => {
  let bench: ResizerBench;
  let s3: FaultyS3;
  let handler: Handler;
  let end: () => void;
  let number = 0;

  before(async () => {
    bench = await openBench({ stack: "dev", config: { "resizer.timeout": TIMEOUT_SECONDS } });
    s3 = await new FaultyS3(bench.s3Url).open();
    // The deployed client, told by the environment alone where S3 is and whose keys to use.
    const { accessKeyId, secretAccessKey, sessionToken = "" } = bench.storage.credentials.issue(bench.role);
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_REGION: bench.stack.run.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    const client = createS3Client();
    await client.config.credentials();
    await client.config.region();
    handler = createHandler(bench.settings, new S3Store(client, bench.settings));
    end = () => {
      client.destroy();
      process.env = before;
    };
  });

  after(async () => {
    end();
    await s3.close();
    await bench.close();
  });

  /** An original whose variant is some hundred kilobytes: more than one packet. */
  async function original(): Promise<string> {
    const folder = `fault-${number++}`;
    const noise = { type: "gaussian" as const, mean: 128, sigma: 60 };
    const image = sharp({ create: { width: 640, height: 480, channels: 3, background: "black", noise } });
    await bench.put(`${folder}/a.jpg`, await image.jpeg({ quality: 90 }).toBuffer());
    return folder;
  }

  /** What a request is answered: `cut off` where Lambda would have ended the function before. */
  async function request(folder: string, remainingMs = ENOUGH_MS): Promise<string> {
    const cutOff = new Promise<{ statusCode?: number }>((resolve) => setTimeout(resolve, remainingMs, {}).unref());
    const { result } = await quietly(() =>
      Promise.race([ask(handler, `key=${folder}/640w/a.jpg`, remainingMs), cutOff]),
    );
    if (!("headers" in result)) return "cut off";
    if (result.statusCode === 503) {
      assert.equal(result.headers?.["retry-after"], "2");
      assert.equal(result.headers["cache-control"], "no-store");
    }
    return `${result.statusCode ?? 0} ${errorCode(result) ?? ""}`.trim();
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

  /** Writes that S3 took: there may be one for each variant, ever. */
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
    // S3 says the same of a missing original to who may not list the bucket.
    ["GET", "403 AccessDenied", "404 original-not-found"],
    ["GET", "403 InvalidAccessKeyId", "500 internal-error"],
    ["PUT", "reset", UNAVAILABLE],
    ["PUT", "silent", UNAVAILABLE],
    ["PUT", "stalled", UNAVAILABLE],
    ["PUT", "500 InternalError", UNAVAILABLE],
    ["PUT", "503 SlowDown", UNAVAILABLE],
    ["PUT", "403 AccessDenied", "500 internal-error"],
  ] as const satisfies readonly (readonly ["GET" | "PUT", Fault, string])[]) {
    it(`answers ${expected} to ${method} ${fault} in time, stores nothing, and makes the variant afterwards`, async () => {
      const folder = await original();
      await s3.break({ method, fault });
      assert.equal(await request(folder, expected === UNAVAILABLE ? LITTLE_MS[method] : ENOUGH_MS), expected);
      if (fault !== "refused") assert.ok(s3.requests.has(method));
      assert.deepEqual(await variants(folder), []);
      await s3.mend();
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
    ["PUT", "answer lost"],
  ] as const) {
    it(`tries again where ${method} ${fault} happens once, and writes once`, async () => {
      const folder = await original();
      await s3.break({ method, fault, times: 1 });
      // Silence is noticed after three seconds.
      assert.equal(await request(folder), "301");
      assert.equal(s3.requests.get(method), 2);
      assert.equal(writes(folder), 1);
      await s3.mend();
      await assertWhole(folder);
    });
  }

  it("keeps the ETag of the answer that it read, where every answer has another", async () => {
    const folder = await original();
    await s3.break({ method: "GET", fault: "etag" });
    assert.equal(await request(folder), "301");
    assert.equal(s3.requests.get("GET"), 1);
    await s3.mend();
    const { Metadata } = await bench.administrator.send(
      new GetObjectCommand({ Bucket: bench.settings.bucket, Key: `${folder}/640w/a.jpg` }),
    );
    assert.match(Metadata?.["original-etag"] ?? "", /^changed-\d+$/);
  });

  describe("with a client that waits for ever", () => {
    const image = { bytes: Buffer.alloc(300_000), format: "jpeg" } as const;

    for (const [method, fault, work] of [
      ["GET", "stalled", (store: S3Store, key: string, deadline: Deadline) => store.readOriginal(key, deadline)],
      [
        "PUT",
        "silent",
        (store: S3Store, key: string, deadline: Deadline) =>
          store.writeVariant(key, image, { bytes: Buffer.alloc(0), etag: "etag" }, deadline),
      ],
    ] as const) {
      it(`ends a ${method} that is ${fault} at the deadline, connection and all`, async () => {
        const folder = await original();
        const own = await new FaultyS3(bench.s3Url).open();
        await own.break({ method, fault });
        const client = bench.client(bench.role, { endpoint: own.url });
        const store = new S3Store(client, bench.settings);
        const key = method === "GET" ? `${folder}/a.jpg` : `${folder}/640w/a.jpg`;
        await assert.rejects(work(store, key, new Deadline(1500)), { code: "unavailable" });
        while (own.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await own.close();
        assert.deepEqual(await variants(folder), []);
      });
    }
  });

  describe("as a process of its own", () => {
    async function start(): Promise<FunctionRuntime> {
      const declared = await readFunction(bench.stack.one("Function"));
      const { region } = bench.stack.run;
      const { credentials } = bench.storage;
      return new FunctionRuntime({ declared, region, s3Url: s3.url, credentials, trace: new Trace() });
    }

    it("answers before Lambda ends it", async () => {
      const folder = await original();
      const runtime = await start();
      await s3.break({ method: "GET", fault: "silent" });
      const result = await runtime.invoke({ rawQueryString: `key=${folder}/640w/a.jpg` }, "request-1");
      await s3.mend();
      await runtime.close();
      assert.ok(result.kind === "answer", JSON.stringify(result));
      assert.equal((JSON.parse(result.payload) as { statusCode: number }).statusCode, 503);
    });

    it("leaves nothing where it is killed during the write, and the next one makes the variant", async () => {
      const folder = await original();
      const event = { rawQueryString: `key=${folder}/640w/a.jpg` };
      const killed = await start();
      await s3.break({ method: "PUT", fault: "stalled" });
      const outcome = killed.invoke(event, "request-1");
      while (!s3.requests.has("PUT")) await new Promise((resolve) => setTimeout(resolve, 10));
      await killed.close();
      assert.equal((await outcome).kind, "error");
      assert.deepEqual(await variants(folder), []);
      await s3.mend();
      const next = await start();
      const result = await next.invoke(event, "request-2");
      await next.close();
      assert.ok(result.kind === "answer");
      assert.equal((JSON.parse(result.payload) as { statusCode: number }).statusCode, 301);
      assert.equal(writes(folder), 1);
      await assertWhole(folder);
    });
  });
});
