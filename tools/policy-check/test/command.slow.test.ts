import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/user-error";
import { rules } from "../../../policy/rules";
import { policyCommand } from "../main";
import { run } from "../run";

interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `npm run policy` in a process of its own. */
function runApart(...argv: readonly string[]): Promise<Outcome> {
  const main = path.resolve(__dirname, "../main.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", main, ...argv], { cwd: ROOT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: stdout.trimEnd().split("\n"), errors: stderr });
    });
  });
}

/** Runs it in this process, which has loaded the program once for all. */
async function runHere(...argv: readonly string[]): Promise<Omit<Outcome, "errors">> {
  const { stack, config, policyPackConfig } = parseCommand(policyCommand, argv);
  const printed: string[] = [];
  const { log } = console;
  console.log = (text: string) => printed.push(text);
  try {
    const code = await run(stack, config, policyPackConfig);
    return { code, lines: printed.join("\n").split("\n") };
  } finally {
    console.log = log;
  }
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
    const { code, lines, errors } = await runApart("--stack", "prod");
    assert.equal(errors, "");
    assert.equal(code, 0);
    assert.deepEqual(
      lines.slice(2, 2 + rules.length).map((line) => line.split(/ {2,}/)),
      rules.map((rule) => [rule.name, rule.enforcementLevel, rule.severity, "pass"]),
    );
    assert.match(lines.at(-1) ?? "", /^prod: \d+ resources, \d+ rules, 0 mandatory violations, 0 advisory violations$/);
  });

  it("exits with 1 on a mandatory violation, and prints it", async () => {
    const { code, lines } = await runHere("--stack", "dev", "-c", "resizer.memorySize=512");
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
    const warned = await runHere(...small, "--policy-pack-config", file);
    assert.equal(warned.code, 0);
    assert.ok(warned.lines.some((line) => /^logs-expire +disabled +low +off$/.test(line)));
    assert.match(warned.lines.at(-1) ?? "", /0 mandatory violations, 1 advisory violation$/);

    const keys = ["sizes=[]", "image.allowUnlistedSizes=true", "image.maxDimension=2000"];
    const unlisted = ["--stack", "dev", ...keys.flatMap((key) => ["-c", key])];
    assert.equal((await runHere(...unlisted)).code, 1);
    assert.equal((await runHere(...unlisted, "--policy-pack-config", "policy/config/dev.json")).code, 0);
  });

  it("exits with 1 and one message on a user's mistake", async () => {
    const { code, lines, errors } = await runApart("--stack", "dev", "-c", "resizer.timeout=31");
    assert.equal(code, 1);
    assert.deepEqual(lines, [""]);
    assert.match(errors, /resizer.timeout is 31: allowed is/);
    assert.doesNotMatch(errors, /^ {4}at /m);

    for (const [argv, message] of [
      [["--stack", "nope"], /^there is no stack "nope": .*dev, prod$/],
      [["--stack", "dev", "-c", "sizes"], /^-c is "sizes": allowed is KEY=VALUE$/],
      [[], /^--stack NAME is missing \(npm run policy -- --help lists the options\)$/],
    ] as const) {
      await assert.rejects(runHere(...argv), { constructor: UserError, message });
    }
  });
});
