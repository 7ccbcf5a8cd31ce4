import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { UserError } from "@image-resizer/lib/user-error";
import { Checkpoint } from "../checkpoint";
import { FailureReport } from "../failure-report";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "prewarm-files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the checkpoint of a run", () => {
  const run = {
    stack: "prod",
    cdnUrl: "https://d1.cloudfront.net",
    bucket: "bucket",
    session: "",
    prefix: "products/",
    specs: ["640w"],
  };
  const saved = {
    ledger: { after: "a.jpg", originals: 1, ahead: { "c.jpg": ["640w"] }, made: 1, there: 1, failed: 0 },
    reportBytes: 0,
  };

  it("is read by the same run, and by no other", () => {
    new Checkpoint(folder, run).save(saved);
    assert.deepEqual(new Checkpoint(folder, { ...run }).load(), saved);
    const others = [
      { stack: "dev" },
      { cdnUrl: "https://d2.cloudfront.net" },
      { bucket: "other" },
      { session: "AKIA1" },
      { prefix: "" },
      { specs: ["640w", "640w.avif"] },
    ];
    for (const other of others) assert.equal(new Checkpoint(folder, { ...run, ...other }).load(), undefined);
  });

  it("is one file, named for the stack, and goes when it is removed", () => {
    const checkpoint = new Checkpoint(folder, run);
    checkpoint.save(saved);
    checkpoint.save({ ...saved, reportBytes: 3 });
    assert.equal(checkpoint.load()?.reportBytes, 3);
    const files = readdirSync(folder);
    assert.equal(files.length, 1);
    assert.match(files[0] ?? "", /^prod-[0-9a-f]{8}\.json$/);
    checkpoint.remove();
    checkpoint.remove();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("is refused where the file is something else", () => {
    const checkpoint = new Checkpoint(folder, run);
    for (const text of ["", "{}", JSON.stringify({ ...saved, reportBytes: -1 })]) {
      writeFileSync(checkpoint.file, text);
      assert.throws(
        () => checkpoint.load(),
        (error) =>
          error instanceof UserError &&
          error.message === `${checkpoint.file} is no checkpoint of this program: delete it to begin anew`,
      );
    }
  });
});

describe("the report of failures", () => {
  const failure = (key: string) => ({ key, url: `https://cdn/${key}`, status: 422, reason: "é", attempts: 1 });
  const keysIn = (file: string) =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { key: string }).key);

  it("is a line each, and no file before the first", () => {
    const report = new FailureReport(path.join(folder, "new", "report.jsonl"), 0);
    assert.ok(!existsSync(report.file));
    report.add(failure("a"));
    assert.equal(
      readFileSync(report.file, "utf8"),
      '{"key":"a","url":"https://cdn/a","status":422,"reason":"é","attempts":1}\n',
    );
  });

  it("is continued from where the checkpoint was", () => {
    const file = path.join(folder, "report.jsonl");
    const stopped = new FailureReport(file, 0);
    stopped.add(failure("a"));
    const { bytes } = stopped;
    // Told after the checkpoint: it will be asked for again.
    stopped.add(failure("b"));
    const next = new FailureReport(file, bytes);
    next.add(failure("c"));
    assert.deepEqual(keysIn(file), ["a", "c"]);
    rmSync(file);
    assert.equal(new FailureReport(file, bytes).bytes, 0);
  });

  it("is begun anew by a run that is", () => {
    const file = path.join(folder, "report.jsonl");
    new FailureReport(file, 0).add(failure("a"));
    new FailureReport(file, 0);
    assert.ok(!existsSync(file));
  });
});
