import assert from "node:assert/strict";
import sharp from "sharp";
import { readPng } from "../../../../functions/resizer/original/png";
import { chunksOf } from "../../../../functions/resizer/original/png-chunks";
import { repairPng, soundPartOf } from "../../../../functions/resizer/original/png-repair";
import { insert, WHOLE } from "@image-resizer/local/test/reliability/support/damage";
import { textBomb } from "@image-resizer/local/test/reliability/support/bombs";
import { pngChunk } from "@image-resizer/local/test/reliability/support/hostile-files";

const KINDS: Readonly<Record<string, sharp.PngOptions>> = {
  "a PNG": {},
  "an interlaced PNG": { progressive: true },
  "a PNG with a palette": { palette: true },
};

/** A PNG of noise, so that it has several chunks of pixels. */
function noise(options: sharp.PngOptions): Promise<Buffer> {
  const texture = { type: "gaussian" as const, mean: 128, sigma: 30 };
  return sharp({ create: { width: 101, height: 67, channels: 3, background: "black", noise: texture } })
    .png(options)
    .toBuffer();
}

describe("readPng", () => {
  it("reads the size, and leaves the bytes of a file without compressed text where they are", async () => {
    const png = await noise({});
    assert.deepEqual(readPng(png), { bytes: png, width: 101, height: 67, hasPalette: false, isFlat: false });
    assert.equal(readPng(png)?.bytes, png);
  });

  it("leaves out compressed texts, which libpng would all inflate", async () => {
    const png = await noise({});
    assert.deepEqual(readPng(textBomb(png, 3))?.bytes, png);
    const international = pngChunk("iTXt", Buffer.from("a\0\x01\0\0\0x"));
    assert.deepEqual(readPng(insert(png, 33, international))?.bytes, png);
    const plain = insert(png, 33, pngChunk("iTXt", Buffer.from("a\0\0\0\0\0x")));
    assert.equal(readPng(plain)?.bytes, plain);
  });

  it("reads no header of a file that does not begin with one", async () => {
    const png = await noise({});
    assert.equal(readPng(png.subarray(0, 20)), undefined);
    assert.equal(readPng(insert(png, 8, pngChunk("tEXt", Buffer.from("a\0b")))), undefined);
  });
});

describe("repairPng", () => {
  for (const [kind, options] of Object.entries(KINDS)) {
    for (const change of [
      "a wrong checksum of IDAT",
      "a wrong Adler",
      "a wrong checksum of IHDR",
      "no last checksum",
    ]) {
      it(`repairs ${kind} with ${change}`, async () => {
        const sound = await noise(options);
        const changed = WHOLE.png[change]?.(sound, Math.random);
        assert.ok(changed && !changed.equals(sound));
        const repaired = await repairPng(changed);
        const pixels = (bytes: Buffer) => sharp(bytes, { failOn: "warning" }).raw().toBuffer();
        assert.deepEqual(await pixels(repaired ?? Buffer.alloc(0)), await pixels(sound));
      });
    }

    it(`leaves a ${kind} as it is with pixels that are missing, or that no checksum proves`, async () => {
      const sound = await noise(options);
      assert.equal(await repairPng(sound.subarray(0, -100)), undefined);
      const pixels = [...chunksOf(sound)].find(({ type }) => type === "IDAT");
      const changed = Buffer.from(sound);
      // A byte of the compressed pixels.
      changed.fill(0x55, (pixels?.at ?? 0) + 500, (pixels?.at ?? 0) + 501);
      assert.equal(await repairPng(changed), undefined);
    });
  }
});

describe("soundPartOf", () => {
  it("ends before the first pixels whose checksum is wrong", async () => {
    const sound = await noise({});
    const [, second] = [...chunksOf(sound)].filter(({ type }) => type === "IDAT");
    assert.ok(second);
    const changed = Buffer.from(sound);
    changed.fill(0x55, second.at + 10, second.at + 20);
    assert.deepEqual(soundPartOf(changed), sound.subarray(0, second.at));
    assert.equal(soundPartOf(sound), sound);
  });
});
