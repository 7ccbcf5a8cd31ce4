import assert from "node:assert/strict";
import { changesOf } from "../../../functions/purge/message";
import { message } from "./support";

describe("the messages of changed originals", () => {
  it("name each original once, and know whether one was tried before", () => {
    const Records = [
      message("1", { detail: { object: { key: "p_1/a b+c.jpg" } } }),
      message("2", { detail: { object: { key: "p_1/b.jpg" } } }, 2),
      message("3", { detail: { object: { key: "p_1/a b+c.jpg" } } }),
    ];
    assert.deepEqual(changesOf({ Records }), {
      changes: [
        { original: "p_1/a b+c.jpg", triedBefore: false, messageIds: ["1", "3"] },
        { original: "p_1/b.jpg", triedBefore: true, messageIds: ["2"] },
      ],
      unreadable: [],
    });
  });

  it("were tried before where they come out of the dead-letter queue, and so long after their event", () => {
    const event = (time: string) => ({ time, detail: { object: { key: "a.jpg" } } });
    const tried = (time: string) => changesOf({ Records: [message("1", event(time))] }).changes[0]?.triedBefore;
    // They are sent at 2023-11-14T22:13:20Z.
    assert.equal(tried("2023-11-14T22:13:18Z"), false);
    assert.equal(tried("2023-11-14T22:11:20Z"), false);
    assert.equal(tried("2023-11-14T22:11:19Z"), true);
  });

  it("are set apart where they name none", () => {
    const bodies = ["", "null", "{", "{}", { detail: { object: { key: 7 } } }, { detail: null }];
    const Records = bodies.map((body, index) => message(String(index), body));
    assert.deepEqual(changesOf({ Records }), { changes: [], unreadable: ["0", "1", "2", "3", "4", "5"] });
  });
});
