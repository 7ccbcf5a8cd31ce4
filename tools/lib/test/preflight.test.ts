import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../root";

const PREFLIGHT = path.join(ROOT, "tools/lib/preflight.cjs");

/** Runs Node with arguments; returns how it ended. */
function node(cwd: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("the preflight of a command", () => {
  it("says in one sentence that nothing is installed", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "preflight-"));
    try {
      copyFileSync(PREFLIGHT, path.join(folder, "preflight.cjs"));
      writeFileSync(path.join(folder, "main.ts"), "const x: number = 1;");
      assert.deepEqual(await node(folder, "-r", "./preflight.cjs", "main.ts"), {
        code: 1,
        stdout: "",
        stderr: "The packages of this project are not installed: run npm ci first.\n",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const [name, script] of Object.entries(scripts)) {
    const [, words] = /^exec node (-r \.\/tools\/lib\/preflight\.cjs .*)$/.exec(script) ?? [];
    if (words === undefined) continue;

    it(`lets ${name} answer --help and a wrong option without loading Pulumi, sharp or an SDK`, async () => {
      for (const [flag, code] of [
        ["--help", 0],
        ["--wrong", 1],
      ] as const) {
        const ended = await node(ROOT, "-r", "./tools/lib/test/print-loaded.cjs", ...words.split(" "), flag);
        assert.equal(ended.code, code);
        const loaded = ended.stderr.match(/node_modules\/(@?[^/\n]+)/g) ?? [];
        assert.deepEqual([...new Set(loaded)].sort(), ["node_modules/esbuild", "node_modules/tsx"]);
      }
    });
  }
});
