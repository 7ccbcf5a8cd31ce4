import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { ROOT } from "@image-resizer/lib/root";
import { rules } from "../../../policy/rules";

interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `npm run policy` in a process of its own. */
function policy(...argv: readonly string[]): Promise<Outcome> {
  const main = path.resolve(__dirname, "../main.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", main, ...argv], { cwd: ROOT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: stdout.trimEnd().split("\n"), errors: stderr });
    });
  });
}

describe("npm run policy", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "policy-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("prints every rule with its result, and exits with 0 without violations", async () => {
    const { code, lines, errors } = await policy("--stack", "prod");
    assert.equal(errors, "");
    assert.equal(code, 0);
    assert.deepEqual(
      lines.slice(2, 2 + rules.length).map((line) => line.split(/ {2,}/)),
      rules.map((rule) => [rule.name, rule.enforcementLevel, rule.severity, "pass"]),
    );
    assert.match(lines.at(-1) ?? "", /^prod: \d+ resources, \d+ rules, 0 mandatory violations, 0 advisory violations$/);
  });

  it("exits with 1 on a mandatory violation, and prints it", async () => {
    const { code, lines } = await policy("--stack", "dev", "-c", "resizer.memorySize=512");
    assert.equal(code, 1);
    assert.ok(lines.some((line) => /^image-function-sized +mandatory +medium +1 violation$/.test(line)));
    const message = 'mandatory: image-function-sized: aws.lambda.Function "resizer": memorySize is 512 MB';
    assert.ok(lines.some((line) => line.startsWith(message)));
    assert.match(lines.at(-1) ?? "", /1 mandatory violation, 0 advisory violations$/);
  });

  it("exits with 0 where the pack's config makes the violation an advisory, or allows it", async () => {
    const file = path.join(folder, "config.json");
    writeFileSync(file, JSON.stringify({ "image-function-sized": "advisory", "logs-expire": "disabled" }));
    const small = ["--stack", "dev", "-c", "resizer.memorySize=512"];
    const warned = await policy(...small, "--policy-pack-config", file);
    assert.equal(warned.code, 0);
    assert.ok(warned.lines.some((line) => /^logs-expire +disabled +low +off$/.test(line)));
    assert.match(warned.lines.at(-1) ?? "", /0 mandatory violations, 1 advisory violation$/);

    const keys = ["sizes=[]", "image.allowUnlistedSizes=true", "image.maxDimension=2000"];
    const unlisted = ["--stack", "dev", ...keys.flatMap((key) => ["-c", key])];
    assert.equal((await policy(...unlisted)).code, 1);
    assert.equal((await policy(...unlisted, "--policy-pack-config", "policy/config/dev.json")).code, 0);
  });

  it("exits with 1 and one message on a user's mistake", async () => {
    for (const [argv, message] of [
      [["--stack", "nope"], /^there is no stack "nope": .*dev, prod$/],
      [["--stack", "dev", "-c", "resizer.timeout=31"], /resizer.timeout is 31: allowed is/],
      [["--stack", "dev", "-c", "sizes"], /^-c is "sizes": allowed is KEY=VALUE$/],
      [[], /^--stack NAME is missing \(npm run policy -- --help lists the options\)$/],
    ] as const) {
      const { code, lines, errors } = await policy(...argv);
      assert.equal(code, 1);
      assert.deepEqual(lines, [""]);
      assert.match(errors.trim(), message);
      assert.doesNotMatch(errors, /^ {4}at /m);
    }
  });
});
