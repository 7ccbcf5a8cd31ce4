import assert from "node:assert/strict";
import { painter, printable } from "../../terminal/text";

describe("text for a terminal", () => {
  it("has no control characters, and leaves other characters as they are", () => {
    assert.equal(printable("\u001b]0;x\u0007\n\u0085\u202e"), "\\u001b]0;x\\u0007\\u000a\\u0085\\u202e");
    assert.equal(printable("Käse & 写真 ’ 🌄"), "Käse & 写真 ’ 🌄");
  });

  it("has colours on a terminal alone, and none with NO_COLOR or on a dumb one", () => {
    const red = (isTTY: boolean, env: Record<string, string>) => painter({ isTTY }, env)("red", "x");
    assert.equal(red(true, { TERM: "xterm" }), "\u001b[31mx\u001b[39m");
    assert.equal(red(true, { NO_COLOR: "" }), "\u001b[31mx\u001b[39m");
    for (const [isTTY, env] of [
      [false, { TERM: "xterm" }],
      [true, { NO_COLOR: "1" }],
      [true, { TERM: "dumb" }],
    ] as const) {
      assert.equal(red(isTTY, env), "x");
    }
  });
});
