import assert from "node:assert/strict";
import type { Pixels } from "../lib/ssim";
import { Ssimulacra2 } from "../lib/ssimulacra2";

/** Returns an image of ramps and squares, with noise of up to so many levels. */
function imageOf(width: number, height: number, noise: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      for (let channel = 0; channel < 3; channel++) {
        const drawn = (x * 3 + y * 2 + channel * 40 + ((x >> 3) ^ (y >> 3)) * 5) % 256;
        data[at + channel] = drawn + ((x * 7919 + y * 104729 + channel * 31) % (2 * noise + 1)) - noise;
      }
    }
  }
  return { data, width, height };
}

describe("the score of SSIMULACRA 2", () => {
  /** Printed by the reference, `ssimulacra2` at github.com/cloudinary/ssimulacra2, of the same pixels as PNG. */
  const REFERENCE = [
    { width: 256, height: 192, noise: 2, score: 95.46556193 },
    { width: 256, height: 192, noise: 8, score: 85.35264696 },
    { width: 256, height: 192, noise: 40, score: 44.30231316 },
    { width: 203, height: 157, noise: 8, score: 85.42279824 },
    { width: 203, height: 157, noise: 40, score: 44.46466177 },
    // Four scales instead of six.
    { width: 50, height: 40, noise: 8, score: 11.40456027 },
    { width: 50, height: 40, noise: 40, score: -69.47610774 },
  ];

  for (const { width, height, noise, score } of REFERENCE) {
    it(`is the reference's of ${width}x${height} pixels with noise of ${noise}`, () => {
      const scored = new Ssimulacra2(imageOf(width, height, 0)).score(imageOf(width, height, noise));
      // The reference calculates with less precision.
      assert.ok(Math.abs(scored - score) < 0.12, `${scored} is not ${score}`);
    });
  }

  it("is 100 of an image and itself", () => {
    assert.equal(new Ssimulacra2(imageOf(64, 48, 0)).score(imageOf(64, 48, 0)), 100);
  });

  it("is an error for another size", () => {
    assert.throws(() => new Ssimulacra2(imageOf(64, 48, 0)).score(imageOf(48, 64, 0)), /different sizes/);
  });
});
