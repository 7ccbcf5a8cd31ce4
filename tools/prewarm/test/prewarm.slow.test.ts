import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import sharp from "sharp";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "@image-resizer/local/stack";
import { ROOT } from "@image-resizer/lib/root";
import { isOriginal } from "../variants";

const ORIGINALS = 2000;
const DAMAGED = ["p/001/25.jpg", "p/050/1000.jpg", "p/099/1990.jpg"];
/** One of the originals, in a folder named like a size: no variant of it has a key that is allowed. */
const CHAINED = "p/16w/folder/0.jpg";
const SIZE = "16w";
const BUCKET = "pre";

/** `npm run prewarm` without npm, and its output. */
class Command {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  stdout = "";
  stderr = "";

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, ["--import", "tsx", "tools/prewarm/main.ts", ...args], {
      cwd: ROOT,
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = once(this.child, "close").then(([code]) => code as number | null);
  }
}

/** Number of requests to the CDN and to the API, by method and path. */
class Requests {
  readonly cdn = new Map<string, number>();
  readonly api = new Map<string, number>();
  apiRequests = 0;
  throttled = 0;
  /** Called after each request to the API. */
  onApi: () => void = () => undefined;

  constructor({ trace }: LocalStack) {
    trace.listen(({ part, what, status }) => {
      if (part !== "cdn" && part !== "api") return;
      this[part].set(what, (this[part].get(what) ?? 0) + 1);
      if (part === "api") {
        this.apiRequests += 1;
        if (status === 429) this.throttled += 1;
        this.onApi();
      }
    });
  }
}

describe("npm run prewarm", () => {
  let folder: string;
  const stacks: LocalStack[] = [];
  const commands: Command[] = [];
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-"));
  });
  afterEach(() => {
    for (const { child } of commands.splice(0)) child.kill("SIGKILL");
  });
  after(async () => {
    await Promise.all(stacks.map((stack) => stack.close()));
    rmSync(folder, { recursive: true });
  });

  /** Starts a stack, and writes the file with the output of `npm start -- --json`. */
  async function start(name: string, options: Omit<LocalStackOptions, "port" | "images">) {
    const stack = await startLocalStack({ ...options, port: 0, images: path.join(folder, name) });
    stacks.push(stack);
    const file = path.join(folder, `${name}.json`);
    const { endpoints, bucket, accessKey, run } = stack;
    writeFileSync(file, JSON.stringify({ ...endpoints, bucket, ...accessKey, allowList: run.outputs.allowList }));
    return { stack, file, out: path.join(folder, `${name}-out`) };
  }

  function command(...args: readonly string[]): Command {
    const started = new Command(...args);
    commands.push(started);
    return started;
  }

  function write(name: string, key: string, bytes: Buffer): void {
    const file = path.join(folder, name, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  function keysOf({ storage, bucket }: LocalStack): string[] {
    return [...storage.objects(bucket).keys()];
  }

  const picture = (red: number) =>
    sharp({ create: { width: 32, height: 24, channels: 3, background: { r: red, g: 140, b: 200 } } });

  describe(`with ${ORIGINALS} originals`, () => {
    let stack: LocalStack;
    let file: string;
    let out: string;
    let requests: Requests;
    const good: string[] = [];

    before(async () => {
      const jpeg = await picture(10).jpeg().toBuffer();
      const pictures = [jpeg, await picture(90).jpeg().toBuffer(), await picture(200).png().toBuffer()];
      const special = ["p/000/with space+plus & ä.JPG", "p/000/日本.png"];
      for (let index = 0; index < ORIGINALS - special.length - 1; index++) {
        good.push(`p/${String(Math.floor(index / 20)).padStart(3, "0")}/${index}.jpg`);
      }
      good.push(...special);
      for (const [index, key] of good.entries()) {
        const bytes = pictures[index % pictures.length] ?? jpeg;
        write("many", key, DAMAGED.includes(key) ? jpeg.subarray(0, 100) : bytes);
      }
      write("many", CHAINED, jpeg);
      // No originals of this run: another prefix, and a variant of a size that the stack no longer has.
      write("many", "other/a.jpg", jpeg);
      write("many", "p/000/17w/0.jpg", jpeg);
      const config = {
        "bucket.name": BUCKET,
        sizes: [SIZE, "20w"],
        "resizer.rateLimit": 10_000,
        "resizer.burstLimit": 5_000,
      };
      ({ stack, file, out } = await start("many", { stack: "dev", config }));
      requests = new Requests(stack);
    });

    const variantOf = (original: string) => original.replace(/[^/]*$/, `${SIZE}/$&`);
    const args = () => ["--local", file, "--prefix", "p/", "--sizes", SIZE, "--out", out];

    it("creates them all, stopped by Ctrl-C and continued, and creates nothing twice", async () => {
      const first = command(...args());
      requests.onApi = () => {
        if (requests.apiRequests === 600) first.child.kill("SIGINT");
      };
      assert.equal(await first.exit, 130, first.stderr);
      const createdFirst = stack.storage.count("PutObject");
      assert.ok(createdFirst >= 500 && createdFirst < ORIGINALS / 2, `${createdFirst} before it was stopped`);

      const second = command(...args());
      assert.equal(await second.exit, 1, second.stderr);
      assert.match(second.stdout, /^Continuing after p\//m);
      const failed = [...DAMAGED, CHAINED];
      const created = ORIGINALS - failed.length;

      // All that can be created is there, each put once, and nothing else.
      const expected = good.filter((key) => !DAMAGED.includes(key)).map(variantOf);
      const variants = keysOf(stack).filter((key) => !isOriginal(key) && !key.includes("/17w/"));
      assert.deepEqual(variants.sort(), expected.sort());
      assert.equal(stack.storage.count("PutObject"), created);

      // A created variant has two requests of the CDN; a failed one has another for the reason.
      assert.deepEqual([...requests.cdn.values()].filter((times) => times === 2).length, created);
      assert.equal(requests.cdn.size, created + failed.length);
      assert.deepEqual(new Set(requests.api.values()), new Set([1]));
      assert.equal(requests.api.size, created + 2 * failed.length);

      const [report = "", ...others] = readdirSync(out);
      assert.deepEqual(others, []);
      const lines = readFileSync(path.join(out, report), "utf8").trimEnd().split("\n");
      const reported = lines.map((line) => JSON.parse(line) as { key: string });
      const url = (key: string) => `${stack.endpoints.cdn}/${encodeURI(variantOf(key))}`;
      const damaged = { status: 422, reason: "The original is damaged and cannot be decoded.", attempts: 1 };
      const reason = "The key is chained: a variant cannot be made from a variant.";
      const chained = { key: variantOf(CHAINED), url: url(CHAINED), status: 400, reason, attempts: 1 };
      const expectedFailures = DAMAGED.map((key) => ({ key: variantOf(key), url: url(key), ...damaged }));
      assert.deepEqual(reported, [...expectedFailures, chained]);
    });

    it("creates nothing that is there already", async () => {
      const before = stack.storage.count("PutObject");
      const again = command("--local", file, "--prefix", "p/002/", "--sizes", SIZE, "--out", out);
      assert.equal(await again.exit, 0, again.stderr);
      assert.match(again.stdout, /: 0 created, 20 already there, 0 failed\.\n$/);
      assert.equal(stack.storage.count("PutObject"), before);
      assert.equal(readdirSync(out).length, 1);
    });

    it("needs the keys of the bucket", async () => {
      const wrongKeys = path.join(folder, "wrong.json");
      const endpoints = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      writeFileSync(wrongKeys, JSON.stringify({ ...endpoints, secretAccessKey: "wrong" }));
      const mistaken = command("--local", wrongKeys, "--out", out);
      assert.equal(await mistaken.exit, 1);
      assert.match(mistaken.stderr, /^bucket pre cannot be listed: The request signature .*$/m);
    });
  });

  it("creates every format at the pace of the throttle, with failover delivery", async () => {
    for (let index = 0; index < 8; index++) write("few", `${index}.jpg`, await picture(index).jpeg().toBuffer());
    const config = {
      ...{ sizes: [SIZE], formats: ["avif", "webp"], "cdn.delivery": "failover" },
      // Fewer than are sent at the same time.
      ...{ "resizer.rateLimit": 5, "resizer.burstLimit": 1 },
    };
    const { stack, file, out } = await start("few", { stack: "prod", config });
    const requests = new Requests(stack);
    const throttled = command("--local", file, "--out", out);
    assert.equal(await throttled.exit, 0, throttled.stderr);
    assert.match(throttled.stdout, /: 24 created, 0 already there, 0 failed\.\n$/);
    assert.ok(requests.throttled > 0);
    assert.equal(stack.storage.count("PutObject"), 24);
    const specs = [SIZE, `${SIZE}.avif`, `${SIZE}.webp`];
    const expected = Array.from({ length: 8 }, (_, index) => specs.map((spec) => `${spec}/${index}.jpg`)).flat();
    assert.deepEqual(
      keysOf(stack)
        .filter((key) => !isOriginal(key))
        .sort(),
      expected.sort(),
    );
    assert.deepEqual(existsSync(out) ? readdirSync(out) : [], []);
  });
});
