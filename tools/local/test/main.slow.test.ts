import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { ROOT } from "@image-resizer/lib/root";
import { freedAfterAll } from "./support/freed";
import { ask, startServer } from "./support/http";
import { makeOriginals } from "./support/originals";

/** `npm start` without npm, and what it has written so far. */
class Run {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  stdout = "";
  stderr = "";

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, ["--import", "tsx", "tools/local/main.ts", ...args], { cwd: ROOT });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString();
      this.child.emit("output");
    });
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    // "close" comes after the last of the output.
    this.exit = once(this.child, "close").then(([code]) => code as number | null);
  }

  /** Waits until stdout has what is looked for. */
  async until(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.stdout)) {
      const ended = this.exit.then((code) => assert.fail(`it ended with ${code ?? "a signal"}: ${this.stderr}`));
      await Promise.race([once(this.child, "output"), ended]);
    }
  }
}

describe("npm start", () => {
  const free = freedAfterAll();
  let images: string;
  before(async () => {
    images = await makeOriginals();
    free(() => rm(images, { recursive: true }));
  });

  const runs: Run[] = [];
  afterEach(() => {
    for (const { child } of runs.splice(0)) child.kill("SIGKILL");
  });

  function start(...args: string[]): Run {
    const run = new Run(...args);
    runs.push(run);
    return run;
  }

  it("says where everything is in one line of JSON, logs to stderr, and ends at SIGINT", async () => {
    const run = start("--json", "--port", "0", "--images", images, "-c", 'sizes=["100w"]');
    await run.until(/\n/);
    const [line = ""] = run.stdout.split("\n");
    const said = JSON.parse(line) as Record<string, string> & { allowList: unknown };
    assert.deepEqual(Object.keys(said), [
      "cdn",
      "api",
      "website",
      "s3",
      "gallery",
      "bucket",
      "accessKeyId",
      "secretAccessKey",
      "allowList",
      "purgeOnChange",
    ]);
    assert.deepEqual(said.allowList, { sizes: ["100w"], formats: [], maxDimension: 4096 });
    const { cdn = "", api = "", website = "", s3 = "" } = said;
    for (const url of [cdn, website]) assert.match(url, /^http:\/\/localhost:\d+$/);
    assert.match(api, /^http:\/\/localhost:\d+\/dev$/);
    assert.match(s3, /^http:\/\/127\.0\.0\.1:\d+$/);

    const missing = await ask(`${cdn}/p_1/100w/photo.jpg`);
    assert.equal(missing.status, 307);
    const made = await ask(missing.headers.location ?? "");
    assert.deepEqual([made.status, made.headers.location], [301, `${cdn}/p_1/100w/photo.jpg`]);

    run.child.kill("SIGINT");
    assert.equal(await run.exit, 0);
    assert.equal(run.stdout, `${line}\n`);
    const log = run.stderr;
    assert.match(log, /^[\d:]{8} {2}307 {2}GET \/p_1\/100w\/photo\.jpg {2}0 B {2}\d+ ms {2}miss$/m);
    assert.match(log, /^[\d:]{8} {2}301 {2}GET \/dev\/resizer\?key=p_1\/100w\/photo\.jpg {2}.* ms {2}made$/m);
    await assert.rejects(ask(cdn), { code: "ECONNREFUSED" });
  });

  it("prints its first line, then the endpoints, keys for S3 and the way to try them, and ends at SIGTERM", async () => {
    const run = start("--port", "0", "--images", images, "--stack", "prod");
    await run.until(/Ctrl-C ends it\.\n/);
    assert.match(
      run.stdout,
      /^image-resizer [\d.]+ {2}stack prod\nbuilding [^\n]*\nready in \d+\.\d s {2}\d+ originals from /,
    );
    assert.deepEqual(
      [...run.stdout.matchAll(/^(\w+) +http:\/\/[^ ]+$/gm)].map(([, name]) => name),
      ["gallery", "cdn", "api", "website", "s3"],
    );
    assert.match(run.stdout, /^curl -sIL 'http:\/\/localhost:\d+\//m);
    assert.match(
      run.stdout,
      /^AWS_ACCESS_KEY_ID=AKIA\w+ AWS_SECRET_ACCESS_KEY=\S+ .*aws --endpoint-url http:\/\/127\.0\.0\.1:/m,
    );
    run.child.kill("SIGTERM");
    assert.equal(await run.exit, 0);
  });

  it("says which port is taken, and exits 1", async () => {
    const taken = await startServer(() => undefined);
    const port = Math.min(taken.port, 65_531);
    try {
      const run = start("--port", String(port), "--images", images);
      assert.equal(await run.exit, 1);
      const [, named] = /^port (\d+) is already in use: choose another --port\n$/.exec(run.stderr) ?? [];
      // Anything on this machine may have one of the next ports.
      assert.ok(Number(named) >= port && Number(named) < port + 5, run.stderr);
    } finally {
      await taken.close();
    }
  });

  const mistakes: [args: string[], message: RegExp][] = [
    [["--prot", "1"], /^Unknown option '--prot' [^\n]*\n$/],
    [["--port", "0", "--images", "/nowhere/at/all"], /^the folder \/nowhere\/at\/all does not exist\n$/],
    [["-c", "sizes=[]"], /image-resizer:sizes is \[\]: [^\n]*\n\s*$/],
  ];
  for (const [args, message] of mistakes) {
    it(`exits 1 and says what is wrong with ${args.join(" ")}`, async () => {
      const run = start(...args);
      assert.equal(await run.exit, 1);
      assert.match(run.stderr, message);
      assert.doesNotMatch(run.stderr, /^ +at /m);
      assert.doesNotMatch(run.stdout, /ready/);
    });
  }

  it("explains itself", async () => {
    const run = start("--help");
    assert.equal(await run.exit, 0);
    assert.match(run.stdout, /^npm start -- \[--stack NAME\]/m);
  });
});
