import type sharp from "sharp";
import { ssim } from "ssim.js";

/** Pixels as ssim.js reads them: four bytes each. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Side of ssim.js's window in pixels; smaller images have no similarity. */
const WINDOW = 11;

/** Returns the pixels of a pipeline, on black where the image is transparent. */
export async function pixelsOf(image: sharp.Sharp): Promise<Pixels> {
  const { data, info } = await image
    .toColourspace("srgb")
    .flatten()
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

/**
 * Returns the mean structural similarity (SSIM) of the luminance of two images of one size, 1 for equal: over every window
 * of 11 by 11 pixels at full resolution (Wang et al., "Image quality assessment", 2004; there the windows are Gaussian).
 * @throws Error for images of different sizes, or smaller than a window
 */
export function similarity(one: Pixels, other: Pixels): number {
  const { width, height } = one;
  if (width !== other.width || height !== other.height) throw new Error("The images have different sizes.");
  if (width < WINDOW || height < WINDOW) {
    throw new Error(`The image of ${width}x${height} pixels is smaller than a window of ${WINDOW}x${WINDOW}.`);
  }
  return ssim(one, other, { downsample: false }).mssim;
}
