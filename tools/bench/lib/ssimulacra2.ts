// SSIMULACRA 2.1, a similarity as people see it: Jon Sneyers, Cloudinary, 2023 (github.com/cloudinary/ssimulacra2, BSD-3-Clause).
// Colour space, kernel, norms and weights are the reference's.
import type { Pixels } from "./ssim";

/** One component of an image: its values, and those and their squares blurred. */
interface Plane {
  readonly values: Float32Array;
  readonly mean: Float32Array;
  readonly meanSquare: Float32Array;
}

/** An image at one scale, in the colour space XYB: X, Y, and B minus Y. */
interface Scale {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Plane[];
}

/** Linear red, green and blue. */
interface Linear {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Float32Array[];
}

const SCALES = 6;
/** The last scale is the first with a shorter side. */
const MIN_SIDE = 8;
const STABILITY = 0.0009;

/** The right half of the kernel, a Gaussian of 1.5 that ends after four pixels. */
const [K0, K1, K2, K3, K4] = [
  0.26462110548819834, 0.212928592010422, 0.10933537277746, 0.03601111465836412, 0.009414367809653476,
] as const;
const RADIUS = 4;

/** The share of linear red, green and blue that each of the eye's receptors absorbs. */
const RECEPTORS = [
  [0.3, 0.622, 0.078],
  [0.23, 0.692, 0.078],
  [0.2434226892454782, 0.2047674442449682, 0.5518098665095535],
] as const;
const BIAS = 0.0037930732552754493;

/** A row for each scale of each component: the means of the three errors, and then their 4-norms. */
const WEIGHTS = [
  [0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0],
  [0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752],
  [0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0],
  [0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0],
  [0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053],
  [0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0],
  [0, 0, 0, 7.466890328078848, 0, 17.445833984131262],
  [0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264],
  [225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985],
  [176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408],
  [0, 0, 0, 34.77906344483772, 44.835625328877896, 0],
  [0, 0, 0, 0, 0, 0],
  [0, 0.0008680556573291698, 0, 0, 0, 0],
  [0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0],
  [0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0],
  [0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0],
  [
    95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307,
    0.9807858872435379,
  ],
  [0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537],
].flat();

/** Scores images against an original, which is prepared once: 100 for equal, 90 for no visible difference, 70 for high quality. */
export class Ssimulacra2 {
  readonly #original: readonly Scale[];

  constructor(original: Pixels) {
    this.#original = scalesOf(original);
  }

  /** @throws Error for an image of another size than the original's */
  score(image: Pixels): number {
    const [first] = this.#original;
    if (first?.width !== image.width || first.height !== image.height) {
      throw new Error("The images have different sizes.");
    }
    const scales = scalesOf(image);
    const norms = [0, 1, 2].flatMap((component) =>
      scales.flatMap((scale, at) =>
        normsOf(planeOf(this.#original[at], component), planeOf(scale, component), scale.width),
      ),
    );
    const error = 0.9562382616834844 * norms.reduce((sum, norm, at) => sum + norm * (WEIGHTS[at] ?? 0), 0);
    const mapped = 2.326765642916932 * error - 0.020884521182843837 * error ** 2 + 6.248496625763138e-5 * error ** 3;
    return mapped > 0 ? 100 - 10 * mapped ** 0.6276336467831387 : 100;
  }
}

/** Returns a value that is there. Of one type alone: a function for several is ten times as slow. */
function value(plane: Float32Array, at: number): number {
  return plane[at] ?? 0;
}

function planeOf(scale: Scale | undefined, component: number): Plane {
  const plane = scale?.planes[component];
  if (!plane) throw new Error("The images have different scales.");
  return plane;
}

function scalesOf(pixels: Pixels): Scale[] {
  const scales: Scale[] = [];
  for (let linear = linearOf(pixels); scales.length < SCALES; linear = halved(linear)) {
    const { width, height } = linear;
    const planes = xybOf(linear).map((values) => ({
      values,
      mean: blurred(values, width),
      meanSquare: blurred(product(values, values), width),
    }));
    scales.push({ width, height, planes });
    if (Math.min(width, height) < MIN_SIDE) break;
  }
  return scales;
}

function linearOf({ data, width, height }: Pixels): Linear {
  const table = Float64Array.from({ length: 256 }, (_, byte) => {
    const encoded = byte / 255;
    return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
  });
  const planes = [0, 1, 2].map((channel) => {
    const plane = new Float32Array(width * height);
    for (let at = 0; at < plane.length; at++) plane[at] = table[data[at * 4 + channel] ?? 0] ?? 0;
    return plane;
  });
  return { width, height, planes };
}

/** Returns an image of half the size: means of four pixels, the last row and column twice where the size is odd. */
function halved({ width, height, planes }: Linear): Linear {
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const half = planes.map((plane) => {
    const out = new Float32Array(halfWidth * halfHeight);
    for (let y = 0, at = 0; y < halfHeight; y++) {
      const top = 2 * y * width;
      const bottom = Math.min(2 * y + 1, height - 1) * width;
      for (let x = 0; x < halfWidth; x++, at++) {
        const left = 2 * x;
        const right = Math.min(left + 1, width - 1);
        const sum =
          value(plane, top + left) +
          value(plane, top + right) +
          value(plane, bottom + left) +
          value(plane, bottom + right);
        out[at] = sum / 4;
      }
    }
    return out;
  });
  return { width: halfWidth, height: halfHeight, planes: half };
}

/** Returns the three components of XYB, each moved into 0 to 1. */
function xybOf({ width, height, planes }: Linear): Float32Array[] {
  const [red, green, blue] = planes as [Float32Array, Float32Array, Float32Array];
  const [long, medium, short] = RECEPTORS;
  const [x, y, b] = [0, 1, 2].map(() => new Float32Array(width * height)) as [Float32Array, Float32Array, Float32Array];
  const biasRoot = Math.cbrt(BIAS);
  for (let at = 0; at < x.length; at++) {
    const r = value(red, at);
    const g = value(green, at);
    const bl = value(blue, at);
    const l = Math.cbrt(long[0] * r + long[1] * g + long[2] * bl + BIAS) - biasRoot;
    const m = Math.cbrt(medium[0] * r + medium[1] * g + medium[2] * bl + BIAS) - biasRoot;
    const s = Math.cbrt(short[0] * r + short[1] * g + short[2] * bl + BIAS) - biasRoot;
    const luminance = (l + m) / 2;
    x[at] = ((l - m) / 2) * 14 + 0.42;
    y[at] = luminance + 0.01;
    b[at] = s - luminance + 0.55;
  }
  return [x, y, b];
}

function product(one: Float32Array, other: Float32Array): Float32Array {
  const out = new Float32Array(one.length);
  for (let at = 0; at < out.length; at++) out[at] = value(one, at) * value(other, at);
  return out;
}

/** Returns a plane blurred by the kernel, with black around it. */
function blurred(plane: Float32Array, width: number): Float32Array {
  const height = plane.length / width;
  const row = new Float32Array(width + 2 * RADIUS);
  const rows = new Float32Array(width * (height + 2 * RADIUS));
  for (let y = 0; y < height; y++) {
    row.set(plane.subarray(y * width, (y + 1) * width), RADIUS);
    convolve(row, 1, rows.subarray((y + RADIUS) * width, (y + RADIUS + 1) * width));
  }
  const out = new Float32Array(plane.length);
  convolve(rows, width, out);
  return out;
}

/** Convolves values that are `step` apart, with `RADIUS` of them more on both sides of `out`. */
function convolve(from: Float32Array, step: number, out: Float32Array): void {
  for (let at = 0, middle = RADIUS * step; at < out.length; at++, middle++) {
    out[at] =
      K0 * value(from, middle) +
      K1 * (value(from, middle - step) + value(from, middle + step)) +
      K2 * (value(from, middle - 2 * step) + value(from, middle + 2 * step)) +
      K3 * (value(from, middle - 3 * step) + value(from, middle + 3 * step)) +
      K4 * (value(from, middle - 4 * step) + value(from, middle + 4 * step));
  }
}

/** Returns the means of three errors over a plane, and then their 4-norms: of structure, edges that appeared, edges that were lost. */
function normsOf(one: Plane, other: Plane, width: number): number[] {
  const { length } = one.values;
  const products = blurred(product(one.values, other.values), width);
  let structure = 0;
  let appeared = 0;
  let lost = 0;
  let structure4 = 0;
  let appeared4 = 0;
  let lost4 = 0;
  for (let at = 0; at < length; at++) {
    const mean1 = value(one.mean, at);
    const mean2 = value(other.mean, at);
    const apart = mean1 - mean2;
    const covariance = value(products, at) - mean1 * mean2;
    const variances = value(one.meanSquare, at) - mean1 * mean1 + value(other.meanSquare, at) - mean2 * mean2;
    const similarity = ((1 - apart * apart) * (2 * covariance + STABILITY)) / (variances + STABILITY);
    const difference = Math.max(0, 1 - similarity);
    structure += difference;
    structure4 += fourth(difference);
    const edge = 1 + Math.abs(value(one.values, at) - mean1);
    const change = (1 + Math.abs(value(other.values, at) - mean2)) / edge - 1;
    if (change > 0) {
      appeared += change;
      appeared4 += fourth(change);
    } else {
      lost -= change;
      lost4 += fourth(change);
    }
  }
  const norm4 = (sum: number) => (sum / length) ** (1 / 4);
  return [structure / length, appeared / length, lost / length, norm4(structure4), norm4(appeared4), norm4(lost4)];
}

/** Returns the fourth power, faster than `**`. */
function fourth(number: number): number {
  const square = number * number;
  return square * square;
}
