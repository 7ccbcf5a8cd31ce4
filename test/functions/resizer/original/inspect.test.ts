import assert from "node:assert/strict";
import sharp from "sharp";
import { inspect } from "../../../../functions/resizer/original/inspect";
import { MAX_FRAMES, MAX_SCANS, MAX_SIDE } from "../../../../functions/resizer/original/limits";
import { FORMATS } from "../../../../functions/variant-key";
import { frameBomb, scanBomb } from "@image-resizer/local/test/reliability/support/bombs";
import { WHOLE } from "@image-resizer/local/test/reliability/support/damage";
import { pngBomb } from "@image-resizer/local/test/reliability/support/hostile-files";

const LIMITS = { maxInputPixels: 50_000_000 };

function image(width: number, height: number): sharp.Sharp {
  return sharp({ create: { width, height, channels: 3, background: "teal" } });
}

describe("inspect", () => {
  for (const format of FORMATS) {
    it(`reads the size of a ${format}`, async () => {
      const bytes = await image(70, 30).toFormat(format).toBuffer();
      const original = inspect(bytes, LIMITS);
      assert.deepEqual([original.format, original.width, original.height], [format, 70, 30]);
      assert.equal(original.bytes, bytes);
    });
  }

  it("reads the size of a lossless WebP, and of an animation with its frames", async () => {
    const lossless = inspect(await image(70, 30).webp({ lossless: true }).toBuffer(), LIMITS);
    assert.deepEqual([lossless.width, lossless.height, lossless.frames], [70, 30, 1]);
    const animation = inspect(await frameBomb(7), LIMITS);
    assert.deepEqual([animation.width, animation.height, animation.frames], [1, 1, 7]);
  });

  for (const change of Object.keys(WHOLE.webp).filter((name) => name.includes("RIFF"))) {
    it(`repairs a WebP with ${change}`, async () => {
      const sound = await image(70, 30).webp({ quality: 100 }).toBuffer();
      const larger = Buffer.concat([sound, Buffer.from("XMP "), Buffer.from([0xdc, 5, 0, 0]), Buffer.alloc(1500)]);
      larger.writeUInt32LE(larger.length - 8, 4);
      const changed = WHOLE.webp[change]?.(larger, Math.random) ?? larger;
      assert.notDeepEqual(changed, larger);
      assert.deepEqual(inspect(changed, LIMITS).bytes, larger);
    });
  }

  for (const [what, bytes, sentence] of [
    ["pixels", () => pngBomb(7072, 7071), "The original has more than 50000000 pixels."],
    ["a longer side", () => pngBomb(MAX_SIDE + 1, 1), "The original has a side of more than 32767 pixels."],
    ["a longer side, down", () => pngBomb(1, MAX_SIDE + 1), "The original has a side of more than 32767 pixels."],
    ["scans", () => scanBomb(16, 16, MAX_SCANS + 1), "The original has more than 100 scans."],
    ["frames", () => frameBomb(MAX_FRAMES + 1), "The original has more than 5000 frames."],
  ] as const) {
    it(`rejects more ${what} than the limit, in one sentence`, async () => {
      const original = await bytes();
      assert.throws(() => inspect(original, LIMITS), { code: "input-too-large", status: 413, message: sentence });
    });
  }

  it("accepts as much as the limits say", async () => {
    inspect(pngBomb(MAX_SIDE, 1525), LIMITS);
    assert.equal(inspect(scanBomb(16, 16, MAX_SCANS), LIMITS).scans, MAX_SCANS);
    assert.equal(inspect(await frameBomb(MAX_FRAMES), LIMITS).frames, MAX_FRAMES);
  });

  it("rejects a file whose header cannot be read as damaged", () => {
    for (const bytes of [
      Buffer.from("ffd8ffe0", "hex"),
      Buffer.from("RIFF\0\0\0\0WEBP"),
      pngBomb(1, 1).subarray(0, 12),
    ]) {
      assert.throws(() => inspect(bytes, LIMITS), { code: "undecodable-image", status: 422 });
    }
  });
});
