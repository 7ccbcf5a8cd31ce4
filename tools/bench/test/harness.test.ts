import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/user-error";
import { cold, cost, formats, load, RESULTS, resize } from "../main";
import { section as coldSection } from "../cold/report";
import { section as formatsSection } from "../formats/report";
import type { Result } from "../lib/bench";
import { section as loadSection } from "../load/report";
import { section as resizeSection } from "../resize/report";
import { runHere, Workplace } from "./support";

describe("a bench", () => {
  const place = new Workplace();
  after(() => {
    place.remove();
  });

  interface Sample {
    readonly complete: boolean;
    readonly rounds: number;
  }
  const work = (measured: Sample | undefined) => ({
    run: () => Promise.resolve(measured),
    section: ({ rounds, note }: Result<Sample>) => [`${rounds} rounds`, note ?? ""].join("\n"),
  });
  const note = ["--note", "On a train."];

  it("prints its section, and writes a file only with --out", async () => {
    const expected = { status: 0, stdout: "2 rounds\nOn a train.", stderr: "" };
    assert.deepEqual(await runHere(cold, work({ complete: true, rounds: 2 }), ...note), expected);
    assert.deepEqual(readdirSync(place.folder), ["images"]);

    const out = ["--out", place.path("out.json")];
    assert.deepEqual(await runHere(cold, work({ complete: true, rounds: 2 }), ...note, ...out), expected);
    const { kind, complete, rounds, note: kept, machine } = place.read("out.json") as Result<Sample>;
    assert.deepEqual([kind, complete, rounds, kept], ["sample", true, 2, "On a train."]);
    assert.equal(machine.versions.node, process.version);
  });

  it("ends with 130 where it was stopped, and keeps what was measured", async () => {
    const stdout = "1 rounds\n";
    const partial = { status: 130, stdout, stderr: "Stopped: the result is partial." };
    assert.deepEqual(await runHere(cold, work({ complete: false, rounds: 1 })), partial);
    const nothing = "Stopped before a first round was complete: there is no result.";
    assert.deepEqual(await runHere(cold, work(undefined)), { status: 130, stdout: "", stderr: nothing });
  });
});

describe("the command line of a bench", () => {
  const mistakes: readonly (readonly [parse: () => unknown, option: string, given: string, allowed: string])[] = [
    [() => parseCommand(resize, ["--sizes", "640"]), "sizes", "640", "such as 360x270,640w,480h,640w.webp"],
    [() => parseCommand(resize, ["--passes", "4"]), "passes", "4", "an integer from 5 to 1000"],
    [() => parseCommand(cold, ["--starts", "0"]), "starts", "0", "an integer from 1 to 1000"],
    [
      () => parseCommand(formats, ["--sizes", "1w.webp"]),
      "sizes",
      "1w.webp",
      "such as 360x270,640w,480h, without a format",
    ],
    [() => parseCommand(load, ["--seconds", "0"]), "seconds", "0", "a number from 0.1 to 60"],
    [() => parseCommand(load, ["--latency", "50ms"]), "latency", "50ms", "an integer from 0 to 1000"],
    [() => parseCommand(cost, ["--views", "1e6"]), "views", "1e6", "an integer from 1 to 10000000000"],
    [() => parseCommand(cost, ["--cache-days", "7"]), "cache-days", "7", "a divisor of the month's 30 days"],
    [() => parseCommand(cost, ["--out", "nowhere/a"]), "out", "nowhere/a", "a file in a folder that exists"],
    [() => parseCommand(cost, ["--out", ROOT]), "out", ROOT, "a file in a folder that exists"],
  ];
  for (const [parse, option, given, allowed] of mistakes) {
    it(`rejects --${option} ${given}`, () => {
      assert.throws(parse, new UserError(`--${option} is "${given}": allowed is ${allowed}`));
    });
  }

  it("has the defaults of docs/benchmarks.md", () => {
    assert.deepEqual(parseCommand(resize, []).sizes, ["360x270", "640w", "1280w", "640w.webp", "640w.avif"]);
    assert.equal(parseCommand(cost, []).measured, path.join(RESULTS, "resize.json"));
    assert.equal(parseCommand(load, []).out, undefined);
  });
});

describe("docs/benchmarks.md", () => {
  const page = readFileSync(path.join(ROOT, "docs/benchmarks.md"), "utf8");
  const sections: Readonly<Record<string, (result: never) => string>> = {
    resize: resizeSection,
    cold: coldSection,
    formats: formatsSection,
    load: loadSection,
  };

  for (const [kind, section] of Object.entries(sections)) {
    it(`has what ${kind} printed for the kept result`, () => {
      const result = JSON.parse(readFileSync(path.join(RESULTS, `${kind}.json`), "utf8")) as never;
      assert.ok(page.includes(section(result)));
    });
  }

  it("would say that a result is partial", () => {
    const result = JSON.parse(readFileSync(path.join(RESULTS, "cold.json"), "utf8")) as object;
    assert.match(coldSection({ ...result, complete: false } as never), /\(\*\*partial: the run was stopped\*\*\)/);
  });

  it("has no number that is missing", () => {
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
  });
});
