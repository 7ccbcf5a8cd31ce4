import assert from "node:assert/strict";
import { type Image } from "../../../functions/resizer/image";
import { Refusal } from "../../../functions/resizer/refusal";
import { heicOf, hevcOf } from "./support/heic";
import { COLOURS, make, quarters, type Rgb } from "./support/images";

const COUNTS = { gif: 500, tiff: 500, heic: 40 };
const ALLOWED = ["input-too-large", "not-an-image", "undecodable-image"];

/** Numbers from 0 to 1 that only look random (Park and Miller's generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}

describe("uploads of which up to eight bytes are wrong", () => {
  for (const [format, count] of Object.entries(COUNTS)) {
    it(`become variants or errors of theirs, ${count} in ${format}`, async () => {
      const original = await originals[format as keyof typeof COUNTS]();
      const next = numbers(count);
      for (let round = 0; round < count; round++) {
        const damaged = Buffer.from(original);
        // Headers are at the front in two of them: half of the bytes are of the first 500.
        const within = round % 2 === 0 ? damaged.length : Math.min(500, damaged.length);
        for (let left = 1 + Math.floor(next() * 8); left > 0; left--) {
          damaged[Math.floor(next() * within)] = Math.floor(next() * 256);
        }
        const result: unknown = await make(damaged, "20w", { heic: true }).catch((error: unknown) => error);
        if (result instanceof Refusal) assert.ok(ALLOWED.includes(result.code), `${round}: ${result.code}`);
        else assert.ok((result as Image).bytes.length > 0, `${round}: ${String(result)}`);
      }
    });
  }
});

const originals = {
  gif: () => quarters(60, 40).gif().toBuffer(),
  tiff: () => quarters(60, 40).tiff({ compression: "lzw" }).toBuffer(),
  heic: () => {
    const colour = (x: number, y: number): Rgb => COLOURS[x < 32 === y < 16 ? "red" : "blue"] ?? [0, 0, 0];
    return Promise.resolve(heicOf(hevcOf(64, 32, colour), { turns: 1 }));
  },
};
