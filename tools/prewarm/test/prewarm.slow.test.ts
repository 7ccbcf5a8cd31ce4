import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import sharp from "sharp";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { contentTypeOf } from "@image-resizer/local/s3/originals";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "@image-resizer/local/stack";
import { jsonLine } from "@image-resizer/local/terminal/summary";
import { command } from "../main";
import { prewarm } from "../prewarm";
import { isOriginal } from "../variants";

const ORIGINALS = 2000;
/** One original in so many has no variant yet, because each that is created costs much more than one that exists. */
const MISSING_EVERY = 80;
const DAMAGED = ["p/004/80.jpg", "p/048/960.jpg", "p/096/1920.jpg"];
/** One of the originals, in a folder named like a size: no variant of it has a key that is allowed. */
const CHAINED = "p/16w/folder/0.jpg";
const SIZE = "16w";

/** Number of requests to the CDN and to the API, by method and path. */
class Requests {
  readonly cdn = new Map<string, number>();
  readonly api = new Map<string, number>();
  throttled = 0;
  /** Called after each variant that is requested first. */
  onVariant: () => void = () => undefined;

  constructor({ trace }: LocalStack) {
    trace.listen(({ part, what, status }) => {
      if (part !== "cdn" && part !== "api") return;
      this[part].set(what, (this[part].get(what) ?? 0) + 1);
      if (status === 429) this.throttled += 1;
      if (part === "cdn" && this.cdn.get(what) === 1) this.onVariant();
    });
  }
}

describe("npm run prewarm", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "prewarm-"));
  const stacks: LocalStack[] = [];
  let child: ChildProcess | undefined;
  after(async () => {
    child?.kill("SIGKILL");
    await Promise.all(stacks.map((stack) => stack.close()));
    rmSync(folder, { recursive: true });
  });

  /** Starts a stack, and writes the file with the output of `npm start -- --json`. */
  async function start(name: string, options: Omit<LocalStackOptions, "port" | "images">) {
    const stack = await startLocalStack({ ...options, port: 0, images: path.join(folder, name) });
    stacks.push(stack);
    const file = path.join(folder, `${name}.json`);
    writeFileSync(file, jsonLine(stack));
    return { stack, file, out: path.join(folder, `${name}-out`), requests: new Requests(stack) };
  }

  /** Runs the command in this process. */
  const runHere = (...args: readonly string[]) => prewarm(parseCommand(command, args));

  function write(name: string, key: string, bytes: Buffer): string {
    const file = path.join(folder, name, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  }

  const variantsIn = ({ storage, bucket }: LocalStack) =>
    [...storage.objects(bucket).keys()].filter((key) => !isOriginal(key)).sort();

  const picture = (red: number) =>
    sharp({ create: { width: 32, height: 24, channels: 3, background: { r: red, g: 140, b: 200 } } });

  describe(`with ${ORIGINALS} originals`, () => {
    let started: Awaited<ReturnType<typeof start>>;
    const originals = ["p/000/with space+plus & ä.JPG", "p/000/日本.png"];
    const variantOf = (original: string) => original.replace(/[^/]*$/, `${SIZE}/$&`);
    const missing: string[] = [];

    before(async () => {
      const image = await picture(10).jpeg().toBuffer();
      const images = [image, await picture(90).jpeg().toBuffer(), await picture(200).png().toBuffer()];
      const files = images.map((bytes, index) => write("files", String(index), bytes));
      const damaged = write("files", "damaged", image.subarray(0, 100));
      // No original of this run: another prefix.
      write("many", "other/a.jpg", image);
      const config = { "bucket.name": "pre", sizes: [SIZE, "20w"], "resizer.rateLimit": 10_000 };
      started = await start("many", { stack: "dev", config: { ...config, "resizer.burstLimit": 5_000 } });

      // The same few files under many keys.
      const objects = started.stack.storage.objects("pre");
      const put = (key: string, file = files[0] ?? "") =>
        objects.link(key, file, statSync(file), { "content-type": contentTypeOf(key) ?? "" });
      for (let index = 0; originals.length < ORIGINALS - 1; index++) {
        originals.push(`p/${String(Math.floor(index / 20)).padStart(3, "0")}/${index}.jpg`);
      }
      for (const [index, key] of originals.entries()) {
        put(key, DAMAGED.includes(key) ? damaged : files[index % files.length]);
        if (index < 2 || (index - 2) % MISSING_EVERY === 0) missing.push(key);
        else put(variantOf(key));
      }
      put(CHAINED);
      // No original either: a variant of a size that the stack no longer has.
      put("p/000/17w/0.jpg");
    });

    /** Runs the command without npm in a process of its own, until Ctrl-C after so many variants. */
    async function runApart(stopAfter: number, ...args: readonly string[]) {
      const { requests } = started;
      const apart = spawn(process.execPath, ["-r", "./tools/lib/preflight.cjs", "tools/prewarm/main.ts", ...args], {
        cwd: ROOT,
      });
      child = apart;
      let [stdout, stderr] = ["", ""];
      apart.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      apart.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      requests.onVariant = () => {
        if (requests.cdn.size === stopAfter) apart.kill("SIGINT");
      };
      const [code] = (await once(apart, "close")) as [number | null];
      return { code, stdout, stderr };
    }

    it("creates all that are missing, stopped by Ctrl-C and continued, and creates nothing twice", async () => {
      const { stack, file, out, requests } = started;
      const existing = variantsIn(stack);
      const args = ["--local", file, "--prefix", "p/", "--sizes", SIZE, "--out", out];
      const first = await runApart(600, ...args);
      assert.equal(first.code, 130, first.stderr);
      const createdFirst = stack.storage.count("PutObject");
      assert.ok(createdFirst >= 5 && createdFirst < missing.length / 2, `${createdFirst} before it was stopped`);

      const second = await runApart(Infinity, ...args);
      assert.equal(second.code, 1, second.stderr);
      assert.match(second.stdout, /^Continuing after p\//m);

      // All that can be created is there, each put once, and nothing else.
      const created = missing.filter((key) => !DAMAGED.includes(key)).map(variantOf);
      assert.deepEqual(variantsIn(stack), [...existing, ...created].sort());
      assert.equal(stack.storage.count("PutObject"), created.length);

      // A created variant has two requests of the CDN, any other one; a failed one has another of the API for the reason.
      assert.equal(requests.cdn.size, ORIGINALS);
      assert.equal([...requests.cdn.values()].filter((times) => times === 2).length, created.length);
      assert.equal([...requests.cdn.values()].filter((times) => times === 1).length, ORIGINALS - created.length);
      assert.deepEqual(new Set(requests.api.values()), new Set([1]));
      assert.equal(requests.api.size, created.length + 2 * (DAMAGED.length + 1));

      const [report = "", ...others] = readdirSync(out);
      assert.deepEqual(others, []);
      const lines = readFileSync(path.join(out, report), "utf8").trimEnd().split("\n");
      const failure = (original: string, status: number, reason: string) => {
        const key = variantOf(original);
        return { key, url: `${stack.endpoints.cdn}/${encodeURI(key)}`, status, reason, attempts: 1 };
      };
      assert.deepEqual(
        lines.map((line) => JSON.parse(line) as unknown),
        [
          ...DAMAGED.map((key) => failure(key, 422, "The original is damaged and cannot be decoded.")),
          failure(CHAINED, 400, "The key is chained: a variant cannot be made from a variant."),
        ],
      );
    });

    it("creates nothing that is there already", async () => {
      const { stack, file, out, requests } = started;
      const [created, apiRequests] = [stack.storage.count("PutObject"), requests.api.size];
      assert.equal(await runHere("--local", file, "--prefix", "p/002/", "--sizes", SIZE, "--out", out), 0);
      assert.deepEqual([stack.storage.count("PutObject"), requests.api.size], [created, apiRequests]);
      assert.equal(readdirSync(out).length, 1);
    });

    it("needs the keys of the bucket", async () => {
      const wrongKeys = path.join(folder, "wrong.json");
      const endpoints = JSON.parse(readFileSync(started.file, "utf8")) as Record<string, unknown>;
      writeFileSync(wrongKeys, JSON.stringify({ ...endpoints, secretAccessKey: "wrong" }));
      const message = /^bucket pre cannot be listed: The request signature /;
      await assert.rejects(runHere("--local", wrongKeys, "--out", started.out), { message });
    });
  });

  it("creates every format at the pace of the throttle, with failover delivery", async () => {
    const originals = Array.from({ length: 4 }, (_, index) => `${index}.jpg`);
    for (const key of originals) write("few", key, await picture(Number.parseInt(key)).jpeg().toBuffer());
    const config = {
      sizes: [SIZE],
      formats: ["avif", "webp"],
      "cdn.delivery": "failover",
      // Fewer than are sent at the same time.
      "resizer.rateLimit": 5,
      "resizer.burstLimit": 1,
    };
    const { stack, file, out, requests } = await start("few", { stack: "prod", config });
    assert.equal(await runHere("--local", file, "--out", out), 0);
    assert.ok(requests.throttled > 0);
    assert.equal(stack.storage.count("PutObject"), 12);
    const specs = [SIZE, `${SIZE}.avif`, `${SIZE}.webp`];
    assert.deepEqual(variantsIn(stack), originals.flatMap((key) => specs.map((spec) => `${spec}/${key}`)).sort());
    assert.deepEqual(readdirSync(out), []);
  });
});
