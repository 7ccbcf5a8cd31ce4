import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Command, Options, Values } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import * as coldWork from "../cold/run";
import * as costWork from "../cost/run";
import * as formatsWork from "../formats/run";
import type { Work } from "../lib/bench";
import * as loadWork from "../load/run";
import { cold, cost, formats, load, resize } from "../main";
import * as resizeWork from "../resize/run";
import { runHere, Workplace } from "./support";

/** Measured where they are installed. */
const TOOLS: readonly string[] = ["vipsthumbnail", "ImageMagick"];
const DELIVERIES = ["redirect", "failover", "redirect again"];

describe("the benches, on a tiny image", () => {
  const place = new Workplace();

  before(async () => {
    await place.addImage("an image.jpg");
    place.addFile("broken.jpg", "not an image");
  });

  after(() => {
    place.remove();
  });

  /** Runs a bench in this process, which has loaded the program once for all, and returns its result and what it printed. */
  async function measure<O extends Options, M extends { readonly complete: boolean }>(
    bench: Command<O>,
    work: Work<Values<O>, M>,
    ...args: readonly string[]
  ) {
    const { status, stdout, stderr } = await runHere(bench, work, "--out", place.path("result.json"), ...args);
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
    const result = place.read("result.json") as M;
    assert.equal(result.complete, true);
    return { ...result, stdout, stderr };
  }
  const images = ["--images", place.images];

  it("npm run bench measures every contender at every size", async () => {
    const result = await measure(resize, resizeWork, ...images, "--sizes", "64x64,32w.webp");
    assert.match(result.stderr, /^left out: broken\.jpg: Input file contains unsupported image format$/);
    assert.equal(result.passes, 5);
    const names = result.contenders.map(({ name }) => name);
    assert.equal(result.rows.length, 2 * names.length);
    assert.equal(result.ratios.length, (2 + 1) * (names.length - 1));
    const missing = TOOLS.filter((name) => !names.includes(name));
    assert.deepEqual(
      result.skipped.map(({ name }) => name),
      missing,
    );
    for (const row of result.rows) {
      assert.ok(row.bytes > 0 && row.wallMs.median > 0 && row.cpuMs.median > 0, JSON.stringify(row));
      // The command-line tools round a height in another way, and then there is nothing to compare.
      const ssim = row.ssim ?? (TOOLS.includes(row.contender) ? 1 : NaN);
      assert.ok(ssim > 0.3 && ssim <= 1, JSON.stringify(row));
      assert.deepEqual(row.s3Calls, row.contender === "handler" ? { GetObject: 1, HeadObject: 1, PutObject: 1 } : {});
    }
    // The same encoder settings: the same bytes.
    for (const spec of ["64x64", "32w.webp"]) {
      const bytes = (name: string) => result.rows.find((row) => row.contender === name && row.spec === spec)?.bytes;
      assert.equal(bytes("raw sharp"), bytes("handler"), spec);
      assert.equal(bytes("handler in memory"), bytes("handler"), spec);
    }
  });

  it("npm run bench:cold starts fresh processes of each kind", async () => {
    const { rows, parts, starts } = await measure(cold, coldWork, ...images, "--starts", "1");
    assert.equal(starts, 1);
    assert.deepEqual(
      rows.map(({ name, firstMs }) => [name, firstMs !== undefined]),
      [
        ["sharp alone", true],
        ["sharp alone again", true],
        ["S3 client alone", false],
        ["handler", true],
        ["handler, unbundled", true],
      ],
    );
    const ofVariant = ["GetObject", "decode, resize, encode", "PutObject", "answer and log"];
    assert.deepEqual(
      parts.map(({ name }) => name),
      ["settings, endpoint, signature", "connection to S3", ...ofVariant],
    );
    for (const { name, wallMs, cpuMs } of parts) assert.ok(wallMs > 0 && cpuMs > 0, name);
  });

  it("npm run bench:formats finds each encoder's bytes at the floor's similarity, and its price", async () => {
    const result = await measure(formats, formatsWork, ...images, "--sizes", "64x48,80w");
    assert.deepEqual(result.encoding, { memorySize: 1024, architecture: "arm64" });
    assert.deepEqual(
      result.floor.map(({ size }) => size),
      ["64x48", "80w", "all"],
    );
    // One of each format is the resizer's.
    assert.deepEqual(
      result.encoders.filter(({ isDefault }) => isDefault).map(({ format }) => format),
      ["jpeg", "webp", "avif"],
    );
    for (const { size, matched, ratio, quality } of result.rows) {
      assert.ok(matched >= 1 && matched <= (size === "all" ? 2 : 1));
      assert.ok(ratio.low > 0 && ratio.low <= ratio.median && ratio.median <= ratio.high);
      assert.ok(quality.low >= 1 && quality.high <= 100);
    }
    assert.equal(result.stack.length, 3 * 3);
    for (const { name } of result.encoders) assert.ok(result.stdout.includes(name), name);
  });

  it("npm run bench:load requests hits, misses and rejections in both deliveries", async () => {
    const tiny = ["--seconds", "0.1", "--rounds", "1", "--connections", "2", "--latency", "1"];
    const { rounds, rows, views } = await measure(load, loadWork, ...images, ...tiny);
    assert.equal(rounds, 1);
    assert.deepEqual(
      rows.map(({ scenario, contender }) => [scenario, contender]),
      loadWork.SCENARIOS.flatMap(({ name }) => DELIVERIES.map((contender) => [name, contender])),
    );
    const requests = (scenario: string) => rows.filter((row) => row.scenario === scenario).map((row) => row.requests);
    assert.deepEqual(requests("hits"), [1, 1, 1]);
    assert.deepEqual(requests("misses"), [3, 1, 3]);
    assert.deepEqual(requests("rejected at the edge"), [1, 1, 1]);
    assert.deepEqual(requests("rejected by the function"), [2, 1, 2]);
    for (const row of rows) {
      assert.ok(row.answers > 0 && row.errors === 0, JSON.stringify(row));
      if (row.scenario !== "a mix") assert.equal(row.hitRatio, row.scenario === "hits" ? 1 : 0, row.scenario);
    }
    assert.deepEqual(
      views.map((row) => [row.scenario, row.contender, row.answers, row.errors, row.requests]),
      [
        ...[3, 1, 3].map((each, index) => ["miss", DELIVERIES[index], 8, 0, each]),
        ...[1, 1, 1].map((each, index) => ["hit", DELIVERIES[index], 8, 0, each]),
      ],
    );
  });

  it("npm run cost calculates the bills of a stack", async () => {
    const options = ["--stack", "dev", "--images", "500", "--views", "20000"];
    const { variants, byViews, hostile } = await measure(cost, costWork, ...options);
    assert.equal(variants, 500 * 3);
    assert.deepEqual(
      byViews.map(({ views }) => views),
      [20_000, 1e5, 1e6, 1e7, 1e8, 1e9],
    );
    assert.deepEqual(
      hostile.map(({ name }) => name),
      ["redirect", "redirect, edge function", "failover", "failover, edge function"],
    );
  });

  it("npm run cost prints the costs of docs/benchmarks.md", async () => {
    const { stdout } = await runHere(cost, costWork);
    assert.ok(readFileSync(path.join(ROOT, "docs/benchmarks.md"), "utf8").includes(stdout), stdout);
  });

  it("a mistake ends a bench with one sentence and 1", async () => {
    const argv = ["--import", "tsx", "tools/bench/main.ts", "resize", "--passes", "4"];
    await assert.rejects(promisify(execFile)(process.execPath, argv, { cwd: ROOT }), {
      code: 1,
      stdout: "",
      stderr: '--passes is "4": allowed is an integer from 5 to 1000\n',
    });
  });
});
