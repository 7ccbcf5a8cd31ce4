import sharp from "sharp";
import { MAX_SIDE } from "../../../../../functions/resizer/original/limits";
import { avifGridOf, withDisplayP3Code } from "../../../../../test/functions/resizer/support/heic";
import { readFunction } from "../../../function/declared-function";
import { LimitedFunction } from "./limited-function";
import { createMemoryGroup } from "./memory-group";
import { openBench, type ResizerBench } from "./resizer-bench";

const MEGABYTE = 1024 * 1024;

/** A shape of originals, with its width for a number of pixels, and the sizes that need most memory of it. */
interface Shape {
  readonly width: (pixels: number, longestSide: number) => number;
  readonly sizes: readonly string[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  wide: { width: (_pixels, longestSide) => longestSide, sizes: ["480h"] },
  tall: { width: (pixels, longestSide) => Math.floor(pixels / longestSide), sizes: ["1920w"] },
  "3:2": { width: (pixels) => Math.floor(Math.sqrt(pixels * 1.5)), sizes: ["1920w", "4096w"] },
};

/** Longest sides of images in one piece, where they are shorter than those of originals. */
const LONGEST_SIDES: Readonly<Record<string, number>> = { webp: 16_383, avif: 16_383 };
/** The number of pixels that one counts for, where it is not one. */
const WEIGHTS: Readonly<Record<string, number>> = {
  avif: 2,
  "avif, grid": 2,
  "avif, 10 bits": 3,
  "avif, alpha": 4,
  "avif, 10 bits, alpha": 4,
  "avif, 10 bits, alpha, Display P3": 4,
};
/** Side of a grid's tiles at most. Both sides of a tile are even, because chroma has half the size (MIAF, 7.3.11.4.2). */
const TILE = 1024;

/** Longer than any resize needs, so that memory is the only limit. */
const TIMEOUT_SECONDS = 29;

type Encode = (image: sharp.Sharp, width: number, height: number) => Promise<Buffer>;

/** Kinds of originals whose decoders need most memory. */
const KINDS: Readonly<Record<string, Encode>> = {
  jpeg: (image) => image.jpeg().toBuffer(),
  "jpeg, progressive": (image) => image.jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
  "jpeg, to be turned": (image) => image.withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  png: (image) => image.png({ compressionLevel: 1 }).toBuffer(),
  "png, 16 bits, alpha, interlaced": (image) =>
    image.ensureAlpha().toColourspace("rgb16").png({ compressionLevel: 1, progressive: true }).toBuffer(),
  webp: (image) => image.webp({ effort: 0 }).toBuffer(),
  "webp, lossless, alpha": (image) => image.ensureAlpha().webp({ effort: 0, lossless: true }).toBuffer(),
  avif: (image) => image.avif({ effort: 0 }).toBuffer(),
  "avif, grid": async (image, width, height) => {
    const [columns, rows] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
    const side = (length: number, parts: number) => 2 * Math.floor(length / parts / 2);
    const tile = image.resize(side(width, columns), side(height, rows)).avif({ effort: 0 });
    return avifGridOf(await tile.toBuffer(), [columns, rows]);
  },
  "avif, 10 bits": (image) => image.avif({ effort: 0, bitdepth: 10 }).toBuffer(),
  "avif, alpha": (image) => image.ensureAlpha().avif({ effort: 0 }).toBuffer(),
  "avif, 10 bits, alpha": (image) => image.ensureAlpha().avif({ effort: 0, bitdepth: 10 }).toBuffer(),
  "avif, 10 bits, alpha, Display P3": async (image) =>
    withDisplayP3Code(await image.ensureAlpha().withIccProfile("p3").avif({ effort: 0, bitdepth: 10 }).toBuffer()),
};

/** Resizes originals of each kind and shape, and prints the peaks of the memory. */
export async function measureMemory(given: {
  readonly pixels: number | undefined;
  readonly bytes: number | undefined;
  readonly megabytes: number | undefined;
}): Promise<number> {
  const defaults = await openBench({ stack: "dev" });
  const { maxInputPixels, maxInputBytes } = defaults.settings;
  const { memorySize } = defaults.stack.one("Function").inputs as { memorySize: number };
  await defaults.close();
  const { pixels = maxInputPixels, bytes = maxInputBytes, megabytes = memorySize } = given;

  const config = {
    "image.maxInputPixels": pixels,
    "image.maxInputBytes": bytes,
    "resizer.memorySize": megabytes,
    "resizer.timeout": TIMEOUT_SECONDS,
    sizes: [...new Set(Object.values(SHAPES).flatMap(({ sizes }) => sizes))],
  };
  const bench = await openBench({ stack: "dev", config });
  const group = createMemoryGroup(megabytes * MEGABYTE);
  try {
    console.log(
      `${pixels} pixels in ${bytes} bytes; ${megabytes} MB ${group ? "as the kernel's limit" : "not enforced here"}`,
    );
    console.log("| original | shape | size | status | s | peak MB |\n| --- | --- | --- | --- | --- | --- |");
    for (const shape of Object.keys(SHAPES)) {
      for (const kind of Object.keys(KINDS)) await measure(bench, kind, shape, pixels, bytes, group);
    }
    return 0;
  } finally {
    group?.remove();
    await bench.close();
  }
}

async function measure(
  bench: ResizerBench,
  kind: string,
  shape: string,
  pixels: number,
  bytes: number,
  group: ReturnType<typeof createMemoryGroup>,
): Promise<void> {
  const original = await largest(kind, shape, pixels, bytes);
  const declared = await readFunction(bench.stack.one("Function"));
  for (const size of SHAPES[shape]?.sizes ?? []) {
    const key = bench.storage.credentials.issue(bench.role);
    await bench.put(`${kind}/${shape}`, original);
    const lambda = new LimitedFunction({ declared, region: bench.stack.run.region, s3Url: bench.s3Url, key, group });
    try {
      await lambda.started();
      const { ended, seconds } = await lambda.invoke(`key=${encodeURIComponent(`${kind}/${size}/${shape}`)}`);
      const peak = (lambda.peak / MEGABYTE).toFixed(0);
      console.log(`| ${[kind, shape, size, ended, seconds.toFixed(1), peak].join(" | ")} |`);
    } finally {
      await lambda.end();
    }
  }
}

/**
 * Returns an image of as many pixels and bytes as the stack accepts. Its texture is coarse, because the lossless formats
 * would need more bytes otherwise; decoders ignore what follows the image.
 */
async function largest(kind: string, shape: string, pixels: number, bytes: number): Promise<Buffer> {
  const [format = ""] = kind.split(",");
  const most = pixels / (WEIGHTS[kind] ?? 1);
  const longest = (kind.includes("grid") ? undefined : LONGEST_SIDES[format]) ?? MAX_SIDE;
  const width = SHAPES[shape]?.width(most, longest) ?? 1;
  const height = Math.min(longest, Math.floor(most / width));
  const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
  const small = { width: Math.ceil(width / 16), height: Math.ceil(height / 16), channels: 3 as const };
  const texture = await sharp({ create: { ...small, background: "black", noise } })
    .png()
    .toBuffer();
  const image = sharp(texture, { limitInputPixels: false }).resize(width, height, { fit: "fill", kernel: "nearest" });
  const encoded = (await KINDS[kind]?.(image, width, height)) ?? Buffer.alloc(0);
  return Buffer.concat([encoded, Buffer.alloc(Math.max(0, bytes - encoded.length))]);
}
