import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { UserError } from "@image-resizer/lib/program";
import { readArguments } from "../arguments";
import { readPackConfig } from "../pack-config";
import { rules } from "../../../policy/rules";
import { PACK } from "../../../test/policy/analyzer-client";

interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `npm run policy` as npm does, in a process of its own. */
function policy(...argv: readonly string[]): Promise<Outcome> {
  const main = path.join(PACK, "cli/main.ts");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", main, ...argv],
      { cwd: path.dirname(PACK) },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, lines: stdout.trimEnd().split("\n"), errors: stderr });
      },
    );
  });
}

describe("npm run policy", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "policy-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  function file(content: unknown): string {
    const name = path.join(folder, "config.json");
    writeFileSync(name, typeof content === "string" ? content : JSON.stringify(content));
    return name;
  }

  it("prints every rule with its result, and ends with 0 where nothing is wrong", async () => {
    const { code, lines, errors } = await policy("--stack", "prod");
    assert.equal(errors, "");
    assert.equal(code, 0);
    assert.deepEqual(
      lines.slice(2, 2 + rules.length).map((line) => line.split(/ {2,}/)),
      rules.map((rule) => [rule.name, rule.enforcementLevel, rule.severity, "pass"]),
    );
    assert.match(lines.at(-1) ?? "", /^prod: \d+ resources, \d+ rules, 0 mandatory violations, 0 advisory violations$/);
  });

  it("ends with 1 on a mandatory violation, and says which", async () => {
    const { code, lines } = await policy("--stack", "dev", "-c", "resizer.memorySize=512");
    assert.equal(code, 1);
    assert.ok(lines.some((line) => /^image-function-sized +mandatory +medium +1 violation$/.test(line)));
    assert.ok(
      lines.some((line) =>
        line.startsWith('mandatory: image-function-sized: aws.lambda.Function "resizer": memorySize is 512 MB'),
      ),
    );
    assert.match(lines.at(-1) ?? "", /1 mandatory violation, 0 advisory violations$/);
  });

  it("ends with 0 where the config makes an advisory of it, or allows it", async () => {
    const warned = await policy(
      ...["--stack", "dev", "-c", "resizer.memorySize=512"],
      ...["--policy-pack-config", file({ "image-function-sized": "advisory", "logs-expire": "disabled" })],
    );
    assert.equal(warned.code, 0);
    assert.ok(warned.lines.some((line) => /^logs-expire +disabled +low +off$/.test(line)));
    assert.match(warned.lines.at(-1) ?? "", /0 mandatory violations, 1 advisory violation$/);

    const unlisted = [
      "--stack",
      "dev",
      "-c",
      "sizes=[]",
      "-c",
      "image.allowUnlistedSizes=true",
      "-c",
      "image.maxDimension=2000",
    ];
    assert.equal((await policy(...unlisted)).code, 1);
    assert.equal((await policy(...unlisted, "--policy-pack-config", path.join(PACK, "config/dev.json"))).code, 0);
  });

  it("answers a mistake with one sentence and 1", async () => {
    for (const [argv, says] of [
      [["--stack", "nope"], /^there is no stack "nope": .*dev, prod$/],
      [["--stack", "dev", "-c", "resizer.timeout=31"], /resizer.timeout is 31: allowed is/],
      [[], /^--stack is missing; usage: npm run policy/],
    ] as const) {
      const { code, lines, errors } = await policy(...argv);
      assert.equal(code, 1);
      assert.deepEqual(lines, [""]);
      assert.match(errors.trim(), says);
      assert.doesNotMatch(errors, /^ {4}at /m);
    }
  });

  it("reads its arguments, and values that are JSON as JSON", () => {
    assert.deepEqual(readArguments(["--stack", "dev", "-c", 'sizes=["640w"]', "-c", "fit=cover", "-c", "a=b=c"]), {
      stack: "dev",
      config: { sizes: ["640w"], fit: "cover", a: "b=c" },
      packConfig: undefined,
    });
    for (const [argv, message] of [
      [["--stak", "dev"], "Unknown option '--stak'; usage"],
      [["--stack", "dev", "-c", "sizes"], "-c sizes is not <key>=<value>; usage"],
      [["--stack", "dev", "-c", "=1"], "-c =1 is not <key>=<value>; usage"],
    ] as const) {
      assert.throws(
        () => readArguments(argv),
        (error) => error instanceof UserError && error.message.startsWith(message),
      );
    }
  });

  it("says what is wrong in the pack's config", () => {
    for (const [content, message] of [
      ["{", "config.json cannot be read as JSON: "],
      [[], "config.json must hold an object of rules"],
      [{ nope: "advisory" }, 'config.json names the rule "nope": there are all, no-s3-full-access, '],
      [{ all: "loud" }, "config.json gives all the level loud: there are advisory, mandatory, remediate, disabled"],
      [{ "required-tags": { tag: [] } }, 'config.json gives required-tags the setting "tag": it has tags'],
      [{ "logs-expire": { days: 1 } }, 'config.json gives logs-expire the setting "days": it has none'],
      [{ "required-tags": { tags: "Team" } }, "tags of required-tags must be a list of strings, and is Team"],
      [
        { "size-allow-list-bounded": { maxSizes: -1 } },
        "maxSizes of size-allow-list-bounded must be a whole number, 0 or more",
      ],
      [{ "size-allow-list-bounded": { allowUnlistedSizes: 1 } }, "must be true or false, and is 1"],
    ] as const) {
      assert.throws(
        () => readPackConfig(file(content), rules),
        (error) => error instanceof UserError && error.message.includes(message),
        message,
      );
    }
    assert.throws(
      () => readPackConfig(path.join(folder, "nope.json"), rules),
      /nope.json cannot be read as JSON: ENOENT/,
    );
  });

  it("reads levels and settings of the pack's config", () => {
    assert.deepEqual(
      readPackConfig(
        file({ all: "advisory", "required-tags": { enforcementLevel: "mandatory", tags: ["Team"] } }),
        rules,
      ),
      {
        all: { enforcementLevel: "advisory", settings: {} },
        "required-tags": { enforcementLevel: "mandatory", settings: { tags: ["Team"] } },
      },
    );
  });
});
