import assert from "node:assert/strict";
import sharp from "sharp";
import { readJpeg } from "../../../../functions/resizer/original/jpeg";
import { insert, jpegSegment, WHOLE, withJfif } from "@image-resizer/local/test/reliability/support/damage";
import { scanBomb } from "@image-resizer/local/test/reliability/support/bombs";

const APP1 = 0xe1;

describe("readJpeg", () => {
  let sound: Buffer;
  let progressive: Buffer;

  before(async () => {
    const image = sharp({ create: { width: 40, height: 20, channels: 3, background: "teal" } });
    sound = withJfif(await image.clone().jpeg().toBuffer());
    progressive = await image.clone().jpeg({ progressive: true }).toBuffer();
  });

  it("reads the size, and leaves the bytes of a sound file where they are", () => {
    const header = readJpeg(sound);
    assert.deepEqual([header?.width, header?.height, header?.scans, header?.endMissing], [40, 20, 1, false]);
    assert.equal(header?.bytes, sound);
  });

  it("counts the scans of a progressive JPEG, and of a bomb", () => {
    assert.equal(readJpeg(progressive)?.scans, 10);
    assert.equal(readJpeg(scanBomb(64, 64, 90))?.scans, 90);
    // Not all of a bomb's are counted.
    assert.equal(readJpeg(scanBomb(64, 64, 300))?.scans, 101);
  });

  it("counts no scans of what follows the end, or is within a segment", () => {
    const thumbnail = jpegSegment(APP1, progressive);
    assert.equal(readJpeg(insert(progressive, 2, thumbnail))?.scans, 10);
    assert.equal(readJpeg(Buffer.concat([progressive, progressive]))?.scans, 10);
  });

  for (const change of [
    "a stray byte between headers",
    "18 stray bytes between headers",
    "JFIF version 2.01",
    "Se = 0",
    "Al = 1",
    "Ss = 1",
  ]) {
    it(`repairs ${change}`, () => {
      const changed = WHOLE.sequential[change]?.(sound, Math.random);
      assert.ok(changed);
      assert.notDeepEqual(changed, sound);
      assert.deepEqual(readJpeg(changed)?.bytes, sound);
    });
  }

  it("repairs an unknown transform of Adobe's to the one that libjpeg assumes", () => {
    const changed = WHOLE.sequential["an unknown Adobe transform"]?.(sound, Math.random) ?? sound;
    const repaired = readJpeg(changed)?.bytes ?? changed;
    const differing = [...repaired.keys()].filter((at) => repaired[at] !== changed[at]);
    assert.deepEqual([differing.length, changed[differing[0] ?? 0], repaired[differing[0] ?? 0]], [1, 7, 1]);
  });

  for (const change of ["no end", "half an end", "zeros for an end"]) {
    it(`notices ${change}`, () => {
      assert.equal(readJpeg(WHOLE.sequential[change]?.(sound, Math.random) ?? sound)?.endMissing, true);
    });
  }

  it("reads no header of a file without a frame or a scan", () => {
    assert.equal(readJpeg(sound.subarray(0, 20)), undefined);
    assert.equal(readJpeg(sound.subarray(0, sound.lastIndexOf(Buffer.from([0xff, 0xda])))), undefined);
    assert.equal(readJpeg(Buffer.alloc(1000, 0xff)), undefined);
  });
});
