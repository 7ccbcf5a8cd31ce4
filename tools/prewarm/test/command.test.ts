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
import { isOriginal } from "../originals";

const ORIGINALS = 2000;
const DAMAGED = ["p/001/25.jpg", "p/050/1000.jpg", "p/099/1990.jpg"];
/** Of the originals, one in a folder that is called like a size: no variant of it has a key that is allowed. */
const CHAINED = "p/16w/folder/0.jpg";
const SIZE = "16w";
const BUCKET = "pre";

/** `npm run prewarm` without npm, and what it has written. */
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

/** How often each thing was asked of the CDN and of the API. */
class Asked {
  readonly cdn = new Map<string, number>();
  readonly api = new Map<string, number>();
  apiRequests = 0;
  throttled = 0;
  /** Called after every request of the API's. */
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

describe("npm run prewarm", function () {
  this.timeout(600_000);
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

  /** A stack of its own, and the file with what `npm start -- --json` says of it. */
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
    let asked: Asked;
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
      // No originals of this run: another prefix, and what a size has left that is made no more.
      write("many", "other/a.jpg", jpeg);
      write("many", "p/000/17w/0.jpg", jpeg);
      // What IAM's evaluator costs grows with the length of a name: a short one makes the test a short one.
      const config = {
        "bucket.name": BUCKET,
        sizes: [SIZE, "20w"],
        "resizer.rateLimit": 10_000,
        "resizer.burstLimit": 5_000,
      };
      ({ stack, file, out } = await start("many", { stack: "dev", config }));
      asked = new Asked(stack);
    });

    const variantOf = (original: string) => original.replace(/[^/]*$/, `${SIZE}/$&`);
    const args = () => ["--local", file, "--prefix", "p/", "--sizes", SIZE, "--out", out];

    it("makes them all, stopped by Ctrl-C and continued, and asks for nothing twice", async () => {
      const first = command(...args());
      asked.onApi = () => {
        if (asked.apiRequests === 600) first.child.kill("SIGINT");
      };
      assert.equal(await first.exit, 130, first.stderr);
      assert.match(first.stderr, /Stopping when the requests under way have ended; Ctrl-C again ends it at once\./);
      assert.match(first.stdout, /\nStopped\. The same command continues from .*local-[0-9a-f]{8}\.json\.\n$/);
      const madeFirst = stack.storage.count("PutObject");
      assert.ok(madeFirst >= 500 && madeFirst < ORIGINALS / 2, `${madeFirst} were made before it was stopped`);

      const second = command(...args());
      assert.equal(await second.exit, 1, second.stderr);
      const failed = [...DAMAGED, CHAINED];
      const made = ORIGINALS - failed.length;
      assert.match(second.stdout, new RegExp(`^Continuing where it was stopped, with ${madeFirst} made, 0 there`, "m"));
      assert.match(second.stdout, /; 1,996 made, 0 there already, 4 failed\.\n/);

      // All that can be made is there, each put once, and nothing else.
      const expected = good.filter((key) => !DAMAGED.includes(key)).map(variantOf);
      const variants = keysOf(stack).filter((key) => !isOriginal(key) && !key.includes("/17w/"));
      assert.deepEqual(variants.sort(), expected.sort());
      assert.equal(stack.storage.count("PutObject"), made);

      // A variant is asked for, made, and asked for once more; a damaged one is asked for why.
      assert.deepEqual([...new Set(asked.cdn.values())].sort(), [1, 2]);
      assert.equal([...asked.cdn.values()].filter((times) => times === 2).length, made);
      assert.equal(asked.cdn.size, made + DAMAGED.length);
      assert.deepEqual(new Set(asked.api.values()), new Set([1]));
      assert.equal(asked.api.size, made + 2 * DAMAGED.length);

      const [report = "", ...others] = readdirSync(out);
      assert.deepEqual(others, []);
      assert.ok(second.stdout.endsWith(`What failed, a line each: ${path.join(out, report)}\n`));
      const lines = readFileSync(path.join(out, report), "utf8").trimEnd().split("\n");
      const reported = lines.map((line) => JSON.parse(line) as { key: string });
      const url = (key: string) => `${stack.endpoints.cdn}/${variantOf(key)}`;
      const damaged = { status: 422, reason: "The original is damaged and cannot be decoded.", attempts: 1 };
      const chained = { reason: "The key is chained: a variant cannot be made from a variant.", attempts: 0 };
      assert.deepEqual(
        reported.sort((a, b) => (a.key < b.key ? -1 : 1)),
        [
          ...DAMAGED.map((key) => ({ key: variantOf(key), url: url(key), ...damaged })),
          { key: variantOf(CHAINED), url: url(CHAINED), status: null, ...chained },
        ],
      );
    });

    it("makes nothing that is there already, and leaves no file where nothing fails", async () => {
      const before = stack.storage.count("PutObject");
      const again = command("--local", file, "--prefix", "p/002/", "--sizes", SIZE, "--out", out);
      assert.equal(await again.exit, 0, again.stderr);
      assert.match(again.stdout, /; 0 made, 20 there already, 0 failed\.\n$/);
      assert.equal(stack.storage.count("PutObject"), before);
      assert.equal(readdirSync(out).length, 1);
    });

    it("says in a sentence what keeps it from beginning", async () => {
      const wrongKeys = path.join(folder, "wrong.json");
      const endpoints = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      writeFileSync(wrongKeys, JSON.stringify({ ...endpoints, secretAccessKey: "wrong" }));
      const mistakes: [string[], RegExp][] = [
        [["--local", file, "--prefix", "nothing/"], /^there are no originals in pre that begin with nothing\/\n$/],
        [["--local", wrongKeys], /^the bucket pre cannot be listed: The request signature .*\n$/],
        [["--local", file, "--sizes", "641w"], /^--sizes: the stack does not make "641w", but 16w, 20w\n$/],
        [
          ["--local", file, "--out", file],
          /^--out is ".*many\.json": it is a folder to read and write files in, which is made where there is none \(ENOTDIR: .*\)\n$/,
        ],
        [
          ["--local", file, "--out", path.join(file, "below")],
          /^--out is ".*below": it is a folder .* \(ENOTDIR: .*\)\n$/,
        ],
      ];
      for (const [given, message] of mistakes) {
        const mistaken = command("--out", path.join(folder, "no-out"), ...given);
        assert.equal(await mistaken.exit, 1);
        assert.match(mistaken.stderr, message);
      }
    });

    it("ends with a sentence where it can no longer save how far it has come", async () => {
      const lost = path.join(folder, "lost-out");
      const run = command("--local", file, "--prefix", "p/00", "--sizes", SIZE, "--out", lost);
      run.child.stdout?.once("data", () => {
        rmSync(lost, { recursive: true });
        writeFileSync(lost, "");
      });
      assert.equal(await run.exit, 1);
      assert.match(run.stderr, /^--out is ".*lost-out": it is a folder .* \((?:EEXIST|ENOTDIR): .*\)\n$/m);
      assert.doesNotMatch(run.stderr, /^ +at /m);
      assert.doesNotMatch(run.stdout, /variants in/);
    });
  });

  it("makes every format at the throttle's pace, of a stack that fails over", async () => {
    for (let index = 0; index < 8; index++) write("few", `${index}.jpg`, await picture(index).jpeg().toBuffer());
    const config = {
      ...{ sizes: [SIZE], formats: ["avif", "webp"], "cdn.delivery": "failover" },
      // Fewer than come at once.
      ...{ "resizer.rateLimit": 5, "resizer.burstLimit": 1 },
    };
    const { stack, file, out } = await start("few", { stack: "prod", config });
    const asked = new Asked(stack);
    const throttled = command("--local", file, "--out", out);
    assert.equal(await throttled.exit, 0, throttled.stderr);
    assert.match(throttled.stdout, /; 24 made, 0 there already, 0 failed\.\n$/);
    assert.ok(asked.throttled > 0);
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
