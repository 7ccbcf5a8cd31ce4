import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readArguments as readCostArguments } from "../cost/arguments";
import { readMeasured } from "../cost/measured";
import { readPhotographs } from "../kit/photographs";
import { readArguments as readBenchArguments } from "../resize/arguments";
import { chosen, findContenders } from "../resize/contenders";
import { resizePage } from "../resize/report";
import { run } from "../resize/run";
import { UserError } from "@image-resizer/lib/program";
import { readArguments as readBytesArguments } from "../bytes/arguments";
import type { BytesResult } from "../bytes/result";
import type { ColdResult } from "../cold/result";
import type { ResizeResult } from "../kit/resize-result";
import type { CostResult } from "../cost/model";
import { Workplace } from "./support";

/** They start processes and run the program; no test is of time. */
const TIMEOUT = 60_000;

/** Measured where they are installed. */
const TOOLS: readonly string[] = ["vipsthumbnail", "ImageMagick"];

describe("the bench commands, on tiny photographs", function () {
  this.timeout(TIMEOUT);
  const place = new Workplace();

  before(async () => {
    await place.addPhotograph("a.jpg");
    place.addFile("broken.jpg", "not a photograph");
  });

  after(() => {
    place.remove();
  });

  it("npm run bench measures everybody at every size, and leaves out what cannot be decoded", async () => {
    const { status, stdout, stderr } = await place.run("resize", "--images", place.images, "--sizes", "64x64,32w.webp");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /left out: broken\.jpg/);
    assert.match(stdout, /handler, memory/);

    const result = place.result("resize.json") as ResizeResult;
    assert.equal(result.complete, true);
    assert.equal(result.passes, 5);
    const names = result.contenders.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 6), [
      "raw sharp",
      "raw sharp again",
      "handler",
      "handler, memory",
      "sharp defaults",
      "ipx",
    ]);
    assert.equal(result.rows.length, 2 * names.length);
    assert.equal(result.ratios.length, (2 + 1) * (names.length - 1));
    const missing = TOOLS.filter((name) => !names.includes(name));
    assert.deepEqual(
      result.skipped.map(({ name }) => name),
      [...missing, "photograph broken.jpg"],
    );
    for (const name of result.skipped) assert.ok(stdout.includes(`${name.name} (`), name.name);
    for (const row of result.rows) {
      assert.ok(row.bytes > 0 && row.wallMs.median > 0 && row.cpuMs.median > 0, JSON.stringify(row));
      // The command-line tools round a height in another way, and then there is nothing to compare.
      const alike = row.ssim ?? (TOOLS.includes(row.contender) ? 1 : NaN);
      assert.ok(alike > 0.3 && alike <= 1, JSON.stringify(row));
      assert.deepEqual(row.s3Calls, row.contender === "handler" ? { GetObject: 1, PutObject: 1 } : {});
    }
    assert.match(place.page("performance.md"), /## A variant, beside what else makes one/);
    assert.match(place.page("performance-cpu.svg"), /^<svg /);
  });

  it("raw sharp is at the handler's own encoder settings: the same bytes", () => {
    const { rows } = place.result("resize.json") as ResizeResult;
    for (const spec of ["64x64", "32w.webp"]) {
      const bytes = (name: string) => rows.find((row) => row.contender === name && row.spec === spec)?.bytes;
      assert.equal(bytes("raw sharp"), bytes("handler"), spec);
      assert.equal(bytes("handler, memory"), bytes("handler"), spec);
    }
  });

  it("npm run bench:bytes finds each encoder's bytes at the floor's similarity, and its price", async () => {
    const { status, stdout, stderr } = await place.run("bytes", "--images", place.images, "--sizes", "64x48,80w");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /left out: broken\.jpg/);
    assert.match(stdout, /^\| jpeg 67 \| 64x48 \|/m);

    const result = place.result("bytes.json") as BytesResult;
    assert.equal(result.complete, true);
    assert.deepEqual(result.encoding, { memorySize: 1024, architecture: "arm64" });
    assert.deepEqual(
      result.floor.map(({ size }) => size),
      ["64x48", "80w", "all"],
    );
    // One that the resizer uses of each format.
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
    const page = place.page("formats.md");
    for (const { name } of result.encoders) assert.ok(page.includes(name), name);
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
    assert.match(place.page("formats-bytes.svg"), /^<svg /);
  });

  it("npm run bench:cold starts fresh processes of each kind", async () => {
    const { status, stderr } = await place.run("cold", "--images", place.images, "--starts", "1");
    assert.equal(status, 0, stderr);
    const { rows, parts, starts, complete } = place.result("cold.json") as ColdResult;
    assert.deepEqual([starts, complete], [1, true]);
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
    assert.deepEqual(
      parts.map(({ name }) => name),
      [
        "settings, endpoint, signature",
        "connection to S3",
        "GetObject",
        "decode, resize, encode",
        "PutObject",
        "answer and log",
      ],
    );
    for (const { name, wallMs, cpuMs } of parts) assert.ok(wallMs > 0 && cpuMs > 0, name);
    const page = place.page("performance.md");
    assert.match(page, /## A fresh process/);
    assert.match(page, /^\| decode, resize, encode \|/m);
    assert.doesNotMatch(page, /NaN|undefined/);
  });

  it("npm run cost reckons from a bench's result, and writes its report and plots", async () => {
    const measured = place.path("results", "resize.json");
    const { status, stdout, stderr } = await place.run(
      "cost",
      ...["--stack", "dev", "--images", "500", "--views", "20000", "--measured", measured],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\| sum \| \$/m);
    const { variants, checked, hostile } = place.result("cost.json") as CostResult;
    assert.equal(variants, 500 * 3);
    assert.deepEqual(
      checked.map(({ views }) => views),
      [20_000],
    );
    assert.deepEqual(
      hostile.map(({ delivery, edge }) => [delivery, edge]),
      [
        ["redirect", false],
        ["redirect", true],
        ["failover", false],
        ["failover", true],
      ],
    );
    const page = place.page("cost.md");
    for (const plot of page.matchAll(/\(([a-z-]+\.svg)\)/g)) assert.match(place.page(plot[1] ?? ""), /^<svg /);
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
  });
});

describe("a bench that is stopped", function () {
  this.timeout(TIMEOUT);
  const place = new Workplace();

  after(() => {
    place.remove();
  });

  it("keeps the passes that were complete, marked as partial, and nothing of none", async () => {
    await place.addPhotograph("a.jpg");
    const photographs = await readPhotographs(place.images);
    const asked = readBenchArguments(["--sizes", "32w", "--contender", "raw sharp again"]);
    /** Ctrl-C after it was looked for so often: twice in a pass, and before each of its two variants. */
    const after = (looks: number) => ({ requested: () => looks-- <= 0, release: () => undefined });

    const partial = await run(asked, photographs, after(3 * 4));
    assert.equal(partial?.complete, false);
    assert.equal(partial.passes, 2);
    assert.match(resizePage(partial).lines.join("\n"), /2 counted passes \(\*\*partial: the run was stopped\*\*\)/);
    assert.equal(await run(asked, photographs, after(6)), undefined);
  });
});

describe("a mistake in a bench command", function () {
  this.timeout(TIMEOUT);
  const place = new Workplace();

  after(() => {
    place.remove();
  });

  it("ends it with one sentence and 1", async () => {
    const { status, stderr, stdout } = await place.run("resize", "--images", place.images);
    const allowed = "jpg, jpeg, png, webp, avif";
    assert.equal(stderr.trim(), `there are no photographs below ${place.images}: expected ${allowed} files`);
    assert.deepEqual([status, stdout, existsSync(place.results)], [1, "", false]);
  });

  it("is a folder that is missing, or in which nothing can be decoded", async () => {
    await assert.rejects(readPhotographs(place.path("nowhere")), UserError);
    place.addFile("broken.jpg", "not a photograph");
    await assert.rejects(readPhotographs(place.images), {
      message: `none of the 1 photographs below ${place.images} can be decoded`,
    });
  });

  const mistakes: readonly (readonly [string, () => unknown, string])[] = [
    [
      "a size that is none",
      () => readBenchArguments(["--sizes", "640"]),
      '--sizes: "640" is no size: expected such as 360x270, 640w, 480h, 640w.webp',
    ],
    [
      "a size of bench:bytes with a format",
      () => readBytesArguments(["--sizes", "640w.webp"]),
      '--sizes: "640w.webp" is no size without a format: expected such as 360x270, 640w, 480h',
    ],
    [
      "too few passes",
      () => readBenchArguments(["--passes", "4"]),
      "--passes 4: expected a whole number from 5 to 1000",
    ],
    [
      "a contender that is not here",
      () => chosen(findContenders().contenders.slice(0, 2), ["thumbor"]),
      '--contender: there is no "thumbor" here, but "raw sharp", "raw sharp again"',
    ],
    [
      "views that are no number",
      () => readCostArguments(["--views", "1e6"]),
      "--views 1e6: expected a whole number from 1 to 10000000000",
    ],
    [
      "cache days that do not divide the month",
      () => readCostArguments(["--cache-days", "7"]),
      "--cache-days 7: expected a divisor of the month's 30 days",
    ],
  ];
  for (const [what, read, message] of mistakes) {
    it(`is ${what}`, () => {
      assert.throws(read, (error) => error instanceof UserError && error.message === message);
    });
  }

  it("is a file that no bench has written", () => {
    assert.throws(() => readMeasured(place.path("none.json")), UserError);
  });
});
