import type sharp from "sharp";

/** A picture's luminance, 0 to 255, row by row. */
export interface Luminance {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a window's side. */
const WINDOW = 11;
const AREA = WINDOW ** 2;
/** What keeps dark and flat windows from dividing by nothing: (0.01 * 255)^2 and (0.03 * 255)^2. */
const C1 = 6.5025;
const C2 = 58.5225;

/** The luminance of what a pipeline makes, on black where it is transparent. */
export async function luminanceOf(image: sharp.Sharp): Promise<Luminance> {
  const { data, info } = await image.toColourspace("srgb").flatten().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const luminance = new Uint8Array(width * height);
  for (let index = 0, from = 0; index < luminance.length; index++, from += channels) {
    // The weights of BT.601, in 256ths.
    luminance[index] = (77 * (data[from] ?? 0) + 150 * (data[from + 1] ?? 0) + 29 * (data[from + 2] ?? 0) + 128) >> 8;
  }
  return { data: luminance, width, height };
}

/**
 * The mean structural similarity (SSIM) of two pictures of one size, 1 for equal: over every window of 11 by 11 pixels, all
 * pixels of one alike, at full resolution (Wang et al., "Image quality assessment", 2004; there the windows are Gaussian).
 * @throws Error for pictures of different sizes, or smaller than a window
 */
export function similarity(one: Luminance, other: Luminance): number {
  const { width, height } = one;
  if (width !== other.width || height !== other.height) throw new Error("the pictures are of different sizes");
  if (width < WINDOW || height < WINDOW) throw new Error(`a picture of ${width}x${height} is smaller than a window`);
  // Of each column, over the rows of the window: the sums of both, of their squares, and of their product.
  const columns = Array.from({ length: 5 }, () => new Int32Array(width));
  let sum = 0;
  for (let y = 0; y < height; y++) {
    addRow(columns, one, other, y, 1);
    if (y >= WINDOW) addRow(columns, one, other, y - WINDOW, -1);
    if (y >= WINDOW - 1) sum += sumOfRow(columns, width);
  }
  return sum / ((width - WINDOW + 1) * (height - WINDOW + 1));
}

function addRow(columns: readonly Int32Array[], one: Luminance, other: Luminance, y: number, sign: 1 | -1): void {
  const [as, bs, aas, bbs, abs] = columns as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
  for (let x = 0, at = y * one.width; x < one.width; x++, at++) {
    const a = one.data[at] ?? 0;
    const b = other.data[at] ?? 0;
    as[x] = (as[x] ?? 0) + sign * a;
    bs[x] = (bs[x] ?? 0) + sign * b;
    aas[x] = (aas[x] ?? 0) + sign * a * a;
    bbs[x] = (bbs[x] ?? 0) + sign * b * b;
    abs[x] = (abs[x] ?? 0) + sign * a * b;
  }
}

/** The similarities of the windows along a row, added up. */
function sumOfRow(columns: readonly Int32Array[], width: number): number {
  const [as, bs, aas, bbs, abs] = columns as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  let sum = 0;
  for (let x = 0; x < width; x++) {
    a += as[x] ?? 0;
    b += bs[x] ?? 0;
    aa += aas[x] ?? 0;
    bb += bbs[x] ?? 0;
    ab += abs[x] ?? 0;
    if (x < WINDOW - 1) continue;
    const meanA = a / AREA;
    const meanB = b / AREA;
    const covariance = ab / AREA - meanA * meanB;
    const variances = aa / AREA - meanA * meanA + bb / AREA - meanB * meanB;
    sum +=
      ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA * meanA + meanB * meanB + C1) * (variances + C2));
    const first = x - WINDOW + 1;
    a -= as[first] ?? 0;
    b -= bs[first] ?? 0;
    aa -= aas[first] ?? 0;
    bb -= bbs[first] ?? 0;
    ab -= abs[first] ?? 0;
  }
  return sum;
}
