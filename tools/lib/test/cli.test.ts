import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "mocha";
import { defineCommand, parseCommand } from "../cli";
import { assertReadmeHasOptions, helpText, optionsTable } from "../cli-help";
import { UserError } from "../user-error";
import { sample } from "./sample-command";

const parse = (...argv: string[]) => parseCommand(sample, argv);

describe("the command line of a command", () => {
  it("has defaults, and undefined where there is none", () => {
    assert.deepEqual(parse("--stack", "dev"), {
      stack: "dev",
      mode: "fast",
      prefix: "",
      formats: undefined,
      seconds: 1.5,
      cacheDays: 1,
      json: false,
      config: {},
    });
  });

  it("is read into typed values", () => {
    const argv = ["--stack=a b", "--mode", "slow", "--prefix", "p/", "--formats", "avif, webp", "--formats", "avif"];
    const numbers = ["--seconds", "0.25", "--cache-days", "10", "--json"];
    const config = ["-c", 'sizes=["64w"]', "--config", "a.b=c=d", "-c", "quality=80", "-c", "x="];
    const values = parse(...argv, ...numbers, ...config);
    // These lines hold the types, too.
    const stack: string = values.stack;
    const formats: readonly string[] | undefined = values.formats;
    const cacheDays: number = values.cacheDays;
    assert.deepEqual([stack, formats, cacheDays], ["a b", ["avif", "webp"], 10]);
    assert.deepEqual([values.mode, values.prefix, values.seconds, values.json], ["slow", "p/", 0.25, true]);
    assert.deepEqual(values.config, { sizes: ["64w"], "a.b": "c=d", quality: 80, x: "" });
  });

  const help = "(npm run sample -- --help lists the options)";
  const mistakes: [argv: string[], message: string][] = [
    [[], `--stack NAME is missing ${help}`],
    [["--stak", "a"], `Unknown option '--stak' ${help}`],
    [["-x"], `Unknown option '-x' ${help}`],
    [["images"], `Unexpected argument 'images' ${help}`],
    [["--mode"], `Option '--mode <value>' argument missing ${help}`],
    [["--json=yes"], `Option '--json' does not take an argument ${help}`],
    [["--stack", ""], '--stack is "": allowed is a text that is not empty'],
    [["--mode", "quick"], '--mode is "quick": allowed is fast, slow'],
    [["--formats", "avif,,webp"], '--formats is "avif,,webp": allowed is names with commas between them'],
    [["--formats", "a,b", "--formats", "c"], '--formats is "a,b,c": allowed is two formats at most'],
    [["--seconds", "1e2"], '--seconds is "1e2": allowed is a number from 0.1 to 60'],
    [["--seconds", "61"], '--seconds is "61": allowed is a number from 0.1 to 60'],
    [["--cache-days", "1.5"], '--cache-days is "1.5": allowed is an integer from 1 to 30'],
    [["--cache-days", "03"], '--cache-days is "03": allowed is an integer from 1 to 30'],
    [["--cache-days", "7"], '--cache-days is "7": allowed is a divisor of 30'],
    [["-c", "sizes"], '-c is "sizes": allowed is KEY=VALUE'],
    [["-c", "=1"], '-c is "=1": allowed is KEY=VALUE'],
  ];
  for (const [argv, message] of mistakes) {
    it(`rejects ${argv.join(" ") || "nothing"}`, () => {
      const stack = message.includes("is missing") || argv[0] === "--stack" ? [] : ["--stack", "dev"];
      assert.throws(() => parse(...stack, ...argv), new UserError(message));
    });
  }
});

describe("the help of a command", () => {
  it("is generated from its options", () => {
    assert.equal(
      helpText(sample),
      [
        "Shows what an option can be.",
        "",
        "npm run sample -- --stack NAME [--mode TEXT] [--prefix PREFIX] [--formats A,B] [--seconds NUMBER]",
        "                  [--cache-days DAYS] [--json] [--config KEY=VALUE ...]",
        "",
        "  --stack NAME            The stack.",
        "  --mode TEXT             One of the modes. Default: fast.",
        "  --prefix PREFIX         A text that may be empty.",
        "  --formats A,B           Some of the formats, with a description that is so long that it goes on in",
        "                          a line of its own.",
        "  --seconds NUMBER        A duration. Default: 1.5.",
        "  --cache-days DAYS       Days, a | b. Default: 1.",
        "  --json                  Prints JSON.",
        "  -c, --config KEY=VALUE  Sets a config value.",
        "  -h, --help              Prints this help.",
        "  --version               Prints the version.",
        "",
        "Ends with 3.",
        "",
      ].join("\n"),
    );
  });

  it("is a table for a README, too", () => {
    const lines = optionsTable(sample).split("\n");
    assert.deepEqual(lines.slice(0, 3), [
      "| Option | Default | Meaning |",
      "| --- | --- | --- |",
      "| `--stack NAME` |  | The stack. |",
    ]);
    assert.equal(lines.at(-4), "| `--seconds NUMBER` | `1.5` | A duration. |");
    assert.equal(lines.at(-3), "| `--cache-days DAYS` | `1` | Days, a \\| b. |");
    assert.equal(lines.at(-1), "| `-c`, `--config KEY=VALUE` |  | Sets a config value. |");
  });

  it("is held against a README, however its table is padded", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cli-"));
    try {
      const readme = path.join(folder, "README.md");
      const padded = optionsTable(sample).replaceAll(" |", "    |").replaceAll("---", "-----");
      writeFileSync(readme, `# Sample\n\n${padded}\n`);
      assertReadmeHasOptions(readme, sample);
      writeFileSync(readme, padded.replace("1.5", "2"));
      assert.throws(() => {
        assertReadmeHasOptions(readme, sample);
      }, /has another table of the options of npm run sample/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("needs no options", () => {
    const bare = defineCommand({
      name: "npm run bare",
      summary: "Does it.",
      options: {},
      run: () => Promise.resolve(0),
    });
    assert.match(helpText(bare), /^Does it\.\n\nnpm run bare\n\n {2}-h, --help/);
  });
});

describe("a command that is run", () => {
  function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const main = path.join(__dirname, "sample-command.ts");
    return new Promise((resolve) => {
      execFile(process.execPath, ["--import", "tsx", main, ...argv], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  it("prints its help and its version, whatever else it is given", async () => {
    assert.deepEqual(await run("--wrong", "--help"), { code: 0, stdout: helpText(sample), stderr: "" });
    const version = await run("--version");
    assert.deepEqual([version.code, version.stderr], [0, ""]);
    assert.match(version.stdout, /^image-resizer \d+\.\d+\.\d+\n$/);
  });

  it("exits with the code of its work", async () => {
    assert.deepEqual(await run("--stack", "dev"), { code: 3, stdout: "dev\n", stderr: "" });
  });

  it("exits 1 at an error, even with a server open, and shows a stack only of an error of its own", async () => {
    const exits = (message: string) => ({ code: 1, stdout: "", stderr: `${message}\n` });
    assert.deepEqual(await run("--stack", "user-error"), exits("a mistake of the user"));
    assert.deepEqual(await run("--stack", "run-error"), exits("the config is invalid"));
    const bug = await run("--stack", "bug");
    assert.equal(bug.code, 1);
    assert.match(bug.stderr, /^TypeError: a bug\n {4}at .*sample-command\.ts/);
  });
});
