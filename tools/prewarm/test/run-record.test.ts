import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { UserError } from "@image-resizer/lib/user-error";
import { RunRecord } from "../run-record";

const IDENTITY = { bucket: "bucket", prefix: "", specs: ["640w"] };

describe("the record of a run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-record-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function open(identity: unknown = IDENTITY): { record: RunRecord; after: string } {
    const record = new RunRecord(folder, "prod", identity);
    return { record, after: record.open() };
  }
  const failure = (key: string) => ({ key, url: `https://cdn/${key}`, status: 422, reason: "é", attempts: 1 });
  const failedKeys = ({ failuresFile }: RunRecord) =>
    readFileSync(failuresFile, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { key: string }).key);

  it("has the last original up to which every variant is done", () => {
    const { record, after } = open();
    assert.equal(after, "");
    for (const original of ["a.jpg", "b\n日本.jpg", "c.jpg"]) record.begin(original, 2);
    for (const original of ["c.jpg", "b\n日本.jpg", "b\n日本.jpg", "a.jpg"]) record.finish(original);
    record.save();
    assert.equal(open().after, "");
    record.finish("a.jpg");
    record.save();
    assert.equal(open().after, "b\n日本.jpg");
    assert.throws(() => {
      record.finish("a.jpg");
    }, /^Error: original a\.jpg is not in progress$/);
  });

  it("is of the same run, and of no other", () => {
    const { record } = open();
    record.begin("a.jpg", 1);
    record.finish("a.jpg");
    record.save();
    assert.equal(open({ ...IDENTITY }).after, "a.jpg");
    for (const other of [{ bucket: "other" }, { prefix: "p/" }, { specs: ["640w", "640w.avif"] }]) {
      assert.equal(open({ ...IDENTITY, ...other }).after, "");
    }
  });

  it("is one file, named for the stack, and none when the run is complete", () => {
    const { record } = open();
    const files = readdirSync(folder);
    assert.equal(files.length, 1);
    assert.match(files[0] ?? "", /^prod-[0-9a-f]{8}\.position$/);
    record.complete();
    record.complete();
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(record.hasFailures(), false);
  });

  it("has a line for each failure up to its position", () => {
    const { record } = open();
    for (const original of ["a.jpg", "b.jpg", "c.jpg"]) record.begin(original, 1);
    record.finish("b.jpg", failure("640w/b.jpg"));
    assert.equal(record.hasFailures(), false);
    record.finish("a.jpg", failure("640w/a.jpg"));
    record.save();
    assert.equal(
      readFileSync(record.failuresFile, "utf8").split("\n")[0],
      '{"key":"640w/a.jpg","url":"https://cdn/640w/a.jpg","status":422,"reason":"é","attempts":1}',
    );
    // The next run continues the file; the one after a complete run begins another.
    const next = open().record;
    next.begin("c.jpg", 1);
    next.finish("c.jpg", failure("640w/c.jpg"));
    assert.deepEqual(failedKeys(next), ["640w/a.jpg", "640w/b.jpg", "640w/c.jpg"]);
    next.complete();
    assert.equal(open().record.hasFailures(), false);
  });

  it("loses no original, wherever runs are stopped and in whatever order variants are done", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.array(fc.nat(), { maxLength: 40 }), (originals, choices) => {
        rmSync(folder, { recursive: true });
        const keys = Array.from({ length: originals }, (_, index) => `${index}/a.jpg`);
        const done = new Set<string>();
        let { record, after } = open();
        let inProgress: string[] = [];
        const begin = () => {
          const key = keys.find((candidate) => candidate > after);
          if (key === undefined) return;
          record.begin(key, 1);
          inProgress.push(key);
          after = key;
        };
        const finish = (choice: number) => {
          const [key = ""] = inProgress.splice(choice % inProgress.length, 1);
          record.finish(key, failure(key));
          done.add(key);
        };
        for (const choice of choices) {
          if (choice % 7 === 0) {
            record.save();
            ({ record, after } = open());
            inProgress = [];
          } else if (choice % 2 === 0 || inProgress.length === 0) begin();
          else finish(choice);
        }
        begin();
        while (inProgress.length > 0) {
          finish(0);
          begin();
        }
        assert.deepEqual([...done].sort(), keys);
        assert.deepEqual(originals === 0 ? [] : failedKeys(record), keys);
      }),
      { numRuns: 50 },
    );
  });

  it("needs a folder that can be written", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    for (const out of [file, path.join(file, "below")]) {
      assert.throws(
        () => new RunRecord(out, "prod", IDENTITY).open(),
        (error) =>
          error instanceof UserError &&
          error.message.startsWith(`--out is "${out}": allowed is a folder that can be written (E`),
      );
    }
  });
});
