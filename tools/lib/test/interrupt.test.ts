import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, describe, it } from "mocha";

const PROGRAM = path.join(__dirname, "interrupted.ts");

describe("Ctrl-C", () => {
  let child: ChildProcess;
  let stdout: string;
  afterEach(() => child.kill("SIGKILL"));

  /** Starts the program, and calls back at each of its lines. */
  function start(args: readonly string[], onLine: (line: string) => void): Promise<unknown[]> {
    child = spawn(process.execPath, ["--import", "tsx", PROGRAM, ...args], { stdio: ["ignore", "pipe", "ignore"] });
    stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      for (const line of chunk.toString().trimEnd().split("\n")) onLine(line);
    });
    return once(child, "close");
  }

  // The second signal is sent only when the first has been received, because both would be one otherwise.
  const pressTwice = (line: string) => {
    if (line === "ready" || line === "first") child.kill("SIGINT");
  };

  it("is one press where it arrives twice, from the terminal and from npm: what was done is kept", async () => {
    assert.deepEqual(await start([], pressTwice), [130, null]);
    assert.equal(stdout, "ready\nfirst\nkept\n");
  });

  it("ends the process where it is pressed again, even if what is done last fails", async () => {
    assert.deepEqual(await start(["stuck"], pressTwice), [130, null]);
    assert.equal(stdout, "ready\nfirst\nsecond\n");
  });
});
