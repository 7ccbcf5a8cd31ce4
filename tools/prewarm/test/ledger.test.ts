import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Ledger, LedgerState, NOTHING_DONE } from "../ledger";

describe("the ledger of a run", () => {
  it("comes as far as everything before is done, and keeps what is done beyond", () => {
    const ledger = new Ledger(NOTHING_DONE);
    for (const original of ["a.jpg", "b.jpg", "c.jpg"]) {
      assert.deepEqual(ledger.begin(original, ["320w", "640w"]), ["320w", "640w"]);
    }
    ledger.settle("c.jpg", "320w", "made");
    ledger.settle("b.jpg", "320w", "there");
    ledger.settle("b.jpg", "640w", "failed");
    ledger.settle("a.jpg", "640w", "made");
    assert.deepEqual(ledger.state(), {
      after: "",
      originals: 0,
      ahead: { "a.jpg": ["640w"], "b.jpg": ["320w", "640w"], "c.jpg": ["320w"] },
      made: 2,
      there: 1,
      failed: 1,
    });
    ledger.settle("a.jpg", "320w", "made");
    assert.deepEqual(ledger.state(), {
      after: "b.jpg",
      originals: 2,
      ahead: { "c.jpg": ["320w"] },
      made: 3,
      there: 1,
      failed: 1,
    });
    assert.deepEqual(new Ledger(ledger.state()).begin("c.jpg", ["320w", "640w"]), ["640w"]);
  });

  it("takes nothing that is not under way", () => {
    const ledger = new Ledger(NOTHING_DONE);
    ledger.begin("a.jpg", ["640w"]);
    ledger.settle("a.jpg", "640w", "made");
    assert.throws(() => {
      ledger.settle("a.jpg", "640w", "made");
    }, /^Error: 640w of a\.jpg is not under way$/);
  });

  it("has every variant made once, wherever runs are stopped and in whatever order variants end", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(), { maxLength: 60 }),
        (originals, sizes, choices) => {
          const keys = Array.from({ length: originals }, (_, index) => `${index}/a.jpg`);
          const specs = Array.from({ length: sizes }, (_, index) => `${index + 1}w`);
          const made = new Map<string, number>();
          let ledger = new Ledger(NOTHING_DONE);
          let toBegin = [...keys];
          let underWay: [string, string][] = [];
          const stopAndContinue = () => {
            // As a file has it.
            const state = LedgerState.parse(JSON.parse(JSON.stringify(ledger.state())));
            ledger = new Ledger(state);
            toBegin = keys.filter((key) => key > state.after);
            underWay = [];
          };
          const settle = (choice: number) => {
            const [[key, spec] = ["", ""]] = underWay.splice(choice % underWay.length, 1);
            ledger.settle(key, spec, "made");
            made.set(`${key} ${spec}`, (made.get(`${key} ${spec}`) ?? 0) + 1);
          };
          const begin = () => {
            const key = toBegin.shift();
            if (key) underWay.push(...ledger.begin(key, specs).map((spec): [string, string] => [key, spec]));
          };
          for (const choice of choices) {
            if (choice % 7 === 0) stopAndContinue();
            else if (choice % 2 === 0 || underWay.length === 0) begin();
            else settle(choice);
          }
          while (toBegin.length > 0 || underWay.length > 0) {
            begin();
            while (underWay.length > 0) settle(0);
          }
          assert.deepEqual([made.size, new Set(made.values()).size], [originals * sizes, originals === 0 ? 0 : 1]);
          const after = keys.at(-1) ?? "";
          assert.deepEqual(ledger.state(), { ...NOTHING_DONE, after, originals, made: originals * sizes });
        },
      ),
    );
  });
});
