import assert from "node:assert/strict";
import { excerptOf } from "../../../functions/shared/log";

const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

describe("what is logged of a key", () => {
  for (const [what, character] of Object.entries({
    letter: "a",
    umlaut: "ä",
    emoji: "😀",
    quote: '"',
    "control character": "\0",
    "half of a surrogate pair": "\ud83d",
  })) {
    const size = bytesOf(character);
    const most = Math.floor(256 / size);

    it(`is all of it, up to 256 bytes in the line, of one ${what} again and again`, () => {
      const whole = character.repeat(most);
      assert.equal(excerptOf(whole), whole);
    });

    it(`is cut at whole characters beyond that, of one ${what} again and again`, () => {
      for (const count of [most + 1, 10_000]) {
        const excerpt = excerptOf(character.repeat(count));
        assert.equal(excerpt, `${character.repeat(Math.floor(253 / size))}…`);
        assert.ok(bytesOf(excerpt) <= 256);
      }
    });
  }
});
