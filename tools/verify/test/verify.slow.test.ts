import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "@image-resizer/local/stack";
import { jsonLine } from "@image-resizer/local/terminal/summary";

/** The dev stack lets 10 requests a second pass. */
const UNTHROTTLED = { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 };

describe("npm run verify", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "verify-"));
  let stack: LocalStack;
  let child: ChildProcess | undefined;
  const free: (() => unknown)[] = [];
  before(async () => {
    const background = { r: 90, g: 140, b: 200 };
    await sharp({ create: { width: 8, height: 8, channels: 3, background } }).toFile(path.join(folder, "own.jpg"));
  });
  afterEach(async () => {
    for (const close of free.splice(0).reverse()) await close();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function start(options: Omit<LocalStackOptions, "port" | "images">): Promise<string> {
    stack = await startLocalStack({ ...options, port: 0, images: folder });
    free.push(() => stack.close());
    const file = path.join(folder, "local.json");
    writeFileSync(file, jsonLine(stack));
    return file;
  }

  /** Runs the command in a process of its own, and returns its exit code, its rows and its other lines. */
  async function verify(local: string, onOutput: (text: string) => void = () => undefined) {
    const started = spawn(
      process.execPath,
      ["-r", "./tools/lib/preflight.cjs", "tools/verify/main.ts", "--local", local],
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    let stdout = "";
    child = started;
    free.push(() => started.kill("SIGKILL"));
    started.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput(stdout);
    });
    const [code] = (await once(started, "close")) as [number | null];
    const lines = stdout.split("\n");
    const rows = lines.filter((line) => /^(ok|NO) /.test(line)).map((line) => line.split(/ {2,}/));
    return { code, rows, lines, stdout };
  }

  const left = () => [...stack.storage.objects(stack.bucket).keys()];

  it("finds dev as the docs say, and leaves nothing", async () => {
    const { code, rows, lines, stdout } = await verify(await start({ stack: "dev" }));
    assert.equal(code, 0, stdout);
    assert.ok(rows.every(([mark, , , seen]) => mark === "ok" && seen === "the same"));
    assert.equal(rows.length, 31);
    assert.equal(new Set(rows.map(([, fact]) => fact)).size, rows.length);
    assert.ok(lines.includes("not told: a replaced original: bucket.purgeOnChange is off"));
    assert.ok(lines.includes("All 31 are so."));
    assert.deepEqual(left(), ["own.jpg"]);
  });

  it("finds prod with failover and purging as the docs say, and leaves nothing", async () => {
    const config = {
      "cdn.delivery": "failover",
      "bucket.purgeOnChange": true,
      "cdn.cacheControl": "public, max-age=300, s-maxage=31536000",
    };
    const { code, rows, stdout } = await verify(await start({ stack: "prod", config }));
    assert.equal(code, 0, stdout);
    assert.equal(rows.length, 36);
    const [, fact, expected] = rows.at(-1) ?? [];
    assert.deepEqual([fact, expected], ["a b+c.jpg replaced, by every spelling", "the new image"]);
    assert.deepEqual(left(), ["own.jpg"]);
  });

  it("finds a cache that keeps nothing, and says so in the row of the hit", async () => {
    const resources: LocalStackOptions["resources"] = (declared) =>
      declared.map((resource) =>
        resource.type === "aws:cloudfront/cachePolicy:CachePolicy"
          ? { ...resource, inputs: { ...resource.inputs, maxTtl: 0 } }
          : resource,
      );
    const { code, rows, lines, stdout } = await verify(await start({ stack: "dev", config: UNTHROTTLED, resources }));
    assert.equal(code, 1, stdout);
    const differing = rows.filter(([mark]) => mark === "NO").map(([, ...cells]) => cells.slice(0, 3));
    const hit = "200 image/jpeg, Hit from cloudfront";
    assert.deepEqual(differing, [["a hit", hit, "200 image/jpeg, RefreshHit from cloudfront"]]);
    assert.ok(lines.includes("1 of 31 differ."));
    assert.deepEqual(left(), ["own.jpg"]);
  });

  it("removes what it made after Ctrl-C", async () => {
    const local = await start({ stack: "dev", config: UNTHROTTLED });
    const { code, rows } = await verify(local, (text) => {
      if (/^ok/m.test(text)) child?.kill("SIGINT");
    });
    assert.equal(code, 130);
    assert.ok(rows.length < 31);
    assert.deepEqual(left(), ["own.jpg"]);
  });
});
