import assert from "node:assert/strict";
import { type Rgb } from "./images";

/** A space of RGB: its conversion to the primaries of sRGB, both at D65, and its curve. */
interface Space {
  readonly toSrgb: readonly [Rgb, Rgb, Rgb];
  readonly decode: (encoded: number) => number;
}

const srgbCurve = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Matrices from the primaries' chromaticities (SMPTE EG 432-1; Adobe RGB (1998) Color Image Encoding, 4.3). */
export const SPACES = {
  "display-p3": {
    toSrgb: [
      [1.22494018, -0.22494018, 0],
      [-0.04205695, 1.04205695, 0],
      [-0.01963755, -0.07863605, 1.0982736],
    ],
    decode: srgbCurve,
  },
  "adobe-rgb": {
    toSrgb: [
      [1.39835574, -0.39835574, 0],
      [0, 1, 0],
      [0, -0.0429289, 1.0429289],
    ],
    decode: (value) => value ** (563 / 256),
  },
} satisfies Record<string, Space>;

/** Returns a colour of another space in sRGB, by the formulas of both. */
export function inSrgb(colour: Rgb, space: keyof typeof SPACES): Rgb {
  const { toSrgb, decode } = SPACES[space];
  const linear = colour.map((value) => decode(value / 255));
  const [red, green, blue] = toSrgb.map((row) => {
    const value = Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * (linear[index] ?? 0), 0),
      ),
    );
    return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
  });
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** Fails where a channel is more than `most` of 255 off. */
export function assertNear(actual: Rgb, expected: Rgb, what = "", most = 2): void {
  const worst = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? 0))));
  assert.ok(worst <= most, `${what} ${actual.join(", ")} for ${expected.map((value) => value.toFixed(1)).join(", ")}`);
}
