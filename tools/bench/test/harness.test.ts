import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/user-error";
import { cold, cost, formats, load, RESULTS, resize } from "../benches";
import { section as coldSection } from "../cold/run";
import { section as formatsSection } from "../formats/tables";
import { defineBench, type Result } from "../lib/bench";
import { section as loadSection } from "../load/tables";
import { section as resizeSection } from "../resize/tables";
import { Workplace } from "./support";

describe("defineBench", () => {
  const place = new Workplace();
  const printed: string[] = [];
  const warned: string[] = [];
  const { log, error } = console;

  beforeEach(() => {
    printed.length = warned.length = 0;
    console.log = (text: string) => printed.push(text);
    console.error = (text: string) => warned.push(text);
  });

  afterEach(() => {
    Object.assign(console, { log, error });
  });

  after(() => {
    place.remove();
  });

  const bench = (measured: { readonly complete: boolean; readonly rounds: number } | undefined) =>
    defineBench({
      kind: "sample",
      name: "npm run sample",
      summary: "Measures nothing.",
      options: { rounds: { type: "integer", min: 1, max: 9, default: 1, description: "rounds" } },
      load: () =>
        Promise.resolve({
          run: () => Promise.resolve(measured),
          section: ({ rounds, note }: Result<{ complete: boolean; rounds: number }>) =>
            [`${rounds} rounds`, note ?? ""].join("\n"),
        }),
    });
  const values = { rounds: 1, note: "On a train.", out: undefined };

  it("prints the section, and writes files only with --out", async () => {
    const { run } = bench({ complete: true, rounds: 2 });
    assert.equal(await run(values), 0);
    assert.deepEqual([printed, warned], [["2 rounds\nOn a train."], []]);
    assert.equal(existsSync(place.out), false);

    assert.equal(await run({ ...values, out: place.out }), 0);
    assert.equal(place.section("sample"), "2 rounds\nOn a train.\n");
    const { kind, complete, rounds, note, machine } = place.result("sample") as Result<{
      complete: boolean;
      rounds: number;
    }>;
    assert.deepEqual([kind, complete, rounds, note], ["sample", true, 2, "On a train."]);
    assert.equal(machine.versions.node, process.version);
  });

  it("ends with 130 where it was stopped, and keeps what was measured", async () => {
    assert.equal(await bench({ complete: false, rounds: 1 }).run(values), 130);
    assert.deepEqual([printed, warned], [["1 rounds\nOn a train."], ["Stopped: the result is partial."]]);
    assert.equal(await bench(undefined).run(values), 130);
    assert.equal(printed.length, 1);
    assert.equal(warned[1], "Stopped before a first round was complete: there is no result.");
  });
});

describe("the command line of a bench", () => {
  const mistakes: readonly (readonly [() => unknown, string])[] = [
    [
      () => parseCommand(resize, ["--sizes", "640"]),
      '--sizes is "640": allowed is such as 360x270,640w,480h,640w.webp',
    ],
    [() => parseCommand(resize, ["--passes", "4"]), '--passes is "4": allowed is an integer from 5 to 1000'],
    [() => parseCommand(cold, ["--starts", "0"]), '--starts is "0": allowed is an integer from 1 to 1000'],
    [
      () => parseCommand(formats, ["--sizes", "640w.webp"]),
      '--sizes is "640w.webp": allowed is such as 360x270,640w,480h, without a format',
    ],
    [() => parseCommand(load, ["--seconds", "0"]), '--seconds is "0": allowed is a number from 0.1 to 60'],
    [() => parseCommand(load, ["--latency", "50ms"]), '--latency is "50ms": allowed is an integer from 0 to 1000'],
    [() => parseCommand(cost, ["--views", "1e6"]), '--views is "1e6": allowed is an integer from 1 to 10000000000'],
    [
      () => parseCommand(cost, ["--cache-days", "7"]),
      '--cache-days is "7": allowed is a divisor of the month\'s 30 days',
    ],
  ];
  for (const [parse, message] of mistakes) {
    it(`rejects ${message.split(":")[0] ?? ""}`, () => {
      assert.throws(parse, (error) => error instanceof UserError && error.message === message);
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

  it("has no number that is missing", () => {
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
  });
});

describe("a partial result", () => {
  it("is marked in its section", () => {
    const result = JSON.parse(readFileSync(path.join(RESULTS, "cold.json"), "utf8")) as Result<{ complete: boolean }>;
    assert.match(coldSection({ ...result, complete: false } as never), /\(\*\*partial: the run was stopped\*\*\)/);
  });
});
