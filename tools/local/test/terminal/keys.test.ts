import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type { ReadStream } from "node:tty";
import { CTRL_C, listenToKeys } from "../../terminal/keys";

/** A terminal that a test types on. */
class Terminal extends PassThrough {
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
}

describe("the keys of npm start", () => {
  it("are called one by one, without Enter, until the terminal is given back", async () => {
    const terminal = new Terminal();
    const pressed: string[] = [];
    const actions = ["o", "r", "q", CTRL_C].map((key) => [key, () => pressed.push(key)] as const);
    const release = listenToKeys(terminal as unknown as ReadStream, new Map(actions));
    assert.ok(terminal.isRaw);
    // An arrow, a key of the number pad and a letter have no action.
    for (const typed of ["o", "r", "x", "\u001b[A", "\u001bOq", "rq", CTRL_C]) {
      terminal.write(typed);
      await turn();
    }
    assert.deepEqual(pressed, ["o", "r", "r", "q", CTRL_C]);
    release();
    assert.deepEqual([terminal.isRaw, terminal.isPaused()], [false, true]);
    terminal.write("q");
    await turn();
    assert.equal(pressed.length, 5);
  });
});
