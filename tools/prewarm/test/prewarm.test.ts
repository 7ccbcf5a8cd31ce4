import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { startServer, type TestServer } from "@image-resizer/local/test/support/http";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/user-error";
import { command } from "../main";
import { prewarm } from "../prewarm";

const ORIGINALS = Array.from({ length: 40 }, (_, index) => `p/${String(index).padStart(2, "0")}.jpg`);
const DAMAGED = ["640w/02.jpg", "640w/30.jpg"];

describe("npm run prewarm", () => {
  let folder: string;
  /** A CDN, and the S3 that lists the bucket. */
  let cdn: TestServer;
  let s3: TestServer;
  let file: string;
  let requests: string[];
  let onRequest: () => void;
  let child: ChildProcess | undefined;

  before(async () => {
    cdn = await startServer((request, response) => {
      requests.push(`${String(request.method)} ${String(request.url)}`);
      onRequest();
      const isDamaged = DAMAGED.some((key) => request.url === `/p/${key}`);
      response.writeHead(isDamaged ? 422 : 200);
      response.end(isDamaged && request.method === "GET" ? '{"message":"It is damaged."}' : "");
    });
    s3 = await startServer((request, response) => {
      const query = new URL(String(request.url), "http://s3").searchParams;
      const keys = ["other/a.jpg", ...ORIGINALS, "p/640w/00.jpg", "p/notes.txt"].filter(
        (key) => key.startsWith(query.get("prefix") ?? "") && key > (query.get("start-after") ?? ""),
      );
      const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`);
      response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`);
    });
  });
  after(() => Promise.all([cdn.close(), s3.close()]));
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-"));
    file = path.join(folder, "local.json");
    const allowList = { sizes: ["640w"], formats: [], maxDimension: 4096 };
    const keys = { bucket: "images", accessKeyId: "AKIA1", secretAccessKey: "secret" };
    writeFileSync(file, JSON.stringify({ cdn: cdn.url, api: `${cdn.url}/dev`, s3: s3.url, ...keys, allowList }));
    requests = [];
    onRequest = () => undefined;
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  async function run(...more: readonly string[]) {
    const args = ["--local", file, "--out", path.join(folder, "out"), "--concurrency", "4", ...more];
    child = spawn(process.execPath, ["-r", "./tools/lib/preflight.cjs", "tools/prewarm/main.ts", ...args], {
      cwd: ROOT,
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  it("is stopped by Ctrl-C, and continued by the same command, which reports the failures of both", async () => {
    onRequest = () => {
      if (requests.length === 20) child?.kill("SIGINT");
    };
    const first = await run("--prefix", "p/");
    assert.equal(first.code, 130, first.stderr);
    assert.match(first.stderr, /Stopping after the requests in flight\. Ctrl-C again stops at once\./);
    assert.match(first.stdout, /\nFailures, one per line: .*\nStopped\. The same command continues\.\n$/);
    assert.ok(requests.length < ORIGINALS.length);

    const second = await run("--prefix", "p/");
    assert.equal(second.code, 1, second.stderr);
    assert.match(second.stdout, /^Continuing after p\/\d\d\.jpg\.$/m);
    const heads = requests.filter((request) => request.startsWith("HEAD"));
    // With one variant per original, a clean stop leaves none to request twice.
    assert.deepEqual(
      heads.sort(),
      ORIGINALS.map((key) => `HEAD /${key.replace("p/", "p/640w/")}`),
    );

    const [report = "", ...others] = readdirSync(path.join(folder, "out"));
    assert.deepEqual(others, []);
    const reportFile = path.join(folder, "out", report);
    assert.ok(second.stdout.endsWith(`Failures, one per line: ${reportFile}\n`));
    const lines = readFileSync(reportFile, "utf8").trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      DAMAGED.map((key) => {
        const reason = "It is damaged.";
        return { key: `p/${key}`, url: `${cdn.url}/p/${key}`, status: 422, reason, attempts: 1 };
      }),
    );
  });

  it("exits 0 and leaves no file without a failure", async () => {
    const { code, stdout, stderr } = await run("--prefix", "p/1");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^http.*: 640w of originals that begin with p\/1\n10 variants in \d+ s: /);
    assert.match(stdout, /: 0 created, 10 already there, 0 failed\.\n$/);
    assert.match(stderr, /^10 of 10 variants \| [\d.]+\/s \| 0 s left \| 0 created, 10 already there, 0 failed\n$/m);
    assert.deepEqual(readdirSync(path.join(folder, "out")), []);
  });

  it("reports an error in one sentence before it requests anything", async () => {
    const nothing = await run("--prefix", "nothing/");
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /^bucket images has no originals that begin with nothing\/$/m);

    const options = parseCommand(command, ["--local", file, "--out", path.join(folder, "unused")]);
    await assert.rejects(
      prewarm({ ...options, sizes: ["641w"] }),
      new UserError('--sizes has "641w": the stack allows 640w'),
    );
    await assert.rejects(
      prewarm({ ...options, out: file }),
      (error) => error instanceof UserError && error.message.startsWith(`--out is "${file}": allowed is a folder`),
    );
    assert.deepEqual(requests, []);
    assert.equal(existsSync(path.join(folder, "unused")), false);
  });

  it("ends with a sentence if it can no longer save its position", async () => {
    const out = path.join(folder, "lost");
    onRequest = () => {
      if (requests.length !== 4) return;
      rmSync(out, { recursive: true });
      writeFileSync(out, "");
    };
    const lost = await run("--out", out);
    assert.equal(lost.code, 1);
    assert.match(
      lost.stderr,
      /^--out is ".*lost": allowed is a folder that can be written \((?:EEXIST|ENOTDIR): .*\)$/m,
    );
    assert.doesNotMatch(lost.stderr, /^ +at /m);
    assert.doesNotMatch(lost.stdout, /variants in/);
  });
});
