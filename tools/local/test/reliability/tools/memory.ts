// `npm run memory`: makes the largest original that a stack takes into its largest size, in the deployable function with
// the declared memory as a hard limit. `-- --pixels N --bytes N --megabytes N` tries other limits than the defaults.
import sharp from "sharp";
import { readFunction } from "../../../function/declared-function";
import { LimitedFunction } from "../support/limited-function";
import { createMemoryGroup } from "../support/memory-group";
import { openBench, type ResizerBench } from "../support/resizer-bench";
import { numbers } from "./arguments";

const MEGABYTE = 1024 * 1024;
const SIZES = ["1920w", "4096w"];
/** More than any takes here, so that time does not end what memory should. */
const TIMEOUT_SECONDS = 29;

type Encode = (picture: sharp.Sharp) => sharp.Sharp;

/** The kinds of originals whose decoders want most. */
const KINDS: Readonly<Record<string, Encode>> = {
  jpeg: (picture) => picture.jpeg(),
  "jpeg, progressive": (picture) => picture.jpeg({ progressive: true, chromaSubsampling: "4:4:4" }),
  "jpeg, to be turned": (picture) => picture.withMetadata({ orientation: 6 }).jpeg(),
  png: (picture) => picture.png({ compressionLevel: 1 }),
  "png, 16 bits, alpha, interlaced": (picture) =>
    picture.ensureAlpha().toColourspace("rgb16").png({ compressionLevel: 1, progressive: true }),
  webp: (picture) => picture.webp({ effort: 0 }),
  "webp, lossless, alpha": (picture) => picture.ensureAlpha().webp({ effort: 0, lossless: true }),
  avif: (picture) => picture.avif({ effort: 0 }),
  "avif, 10 bits, alpha": (picture) => picture.ensureAlpha().avif({ effort: 0, bitdepth: 10 }),
};

async function main(): Promise<void> {
  const defaults = await openBench({ stack: "dev" });
  const { maxInputPixels, maxInputBytes } = defaults.settings;
  const { memorySize } = defaults.stack.one("Function").inputs as { memorySize: number };
  await defaults.close();
  const { pixels, bytes, megabytes } = numbers({ pixels: maxInputPixels, bytes: maxInputBytes, megabytes: memorySize });

  const config = {
    "image.maxInputPixels": pixels,
    "image.maxInputBytes": bytes,
    "resizer.memorySize": megabytes,
    "resizer.timeout": TIMEOUT_SECONDS,
    sizes: SIZES,
  };
  const bench = await openBench({ stack: "dev", config });
  const group = createMemoryGroup(megabytes * MEGABYTE);
  try {
    console.log(
      `${pixels} pixels in ${bytes} bytes; ${megabytes} MB ${group ? "as the kernel's limit" : "not enforced here"}`,
    );
    console.log("| original | size | answer | s | peak MB |\n| --- | --- | --- | --- | --- |");
    for (const [kind, encode] of Object.entries(KINDS)) await measure(bench, kind, encode, pixels, bytes, group);
  } finally {
    group?.remove();
    await bench.close();
  }
}

async function measure(
  bench: ResizerBench,
  kind: string,
  encode: Encode,
  pixels: number,
  bytes: number,
  group: ReturnType<typeof createMemoryGroup>,
): Promise<void> {
  // A pixel of an AVIF counts for two.
  const original = await largest(encode, kind.startsWith("avif") ? pixels / 2 : pixels, bytes);
  const declared = await readFunction(bench.stack.one("Function"));
  for (const size of SIZES) {
    const key = bench.storage.credentials.issue(bench.role);
    await bench.put("p/a", original);
    const lambda = new LimitedFunction({ declared, region: bench.stack.run.region, s3Url: bench.s3Url, key, group });
    await lambda.started();
    const { ended, seconds } = await lambda.invoke(`key=p/${size}/a`);
    console.log(`| ${kind} | ${size} | ${ended} | ${seconds.toFixed(1)} | ${(lambda.peak / MEGABYTE).toFixed(0)} |`);
    await lambda.end();
  }
}

/**
 * A picture of as many pixels and bytes as the stack takes. Its texture is coarse, or the lossless formats would need
 * more bytes than that; decoders leave alone what follows the picture.
 */
async function largest(encode: Encode, pixels: number, bytes: number): Promise<Buffer> {
  const width = Math.floor(Math.sqrt(pixels * 1.5));
  const height = Math.floor(pixels / width);
  const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
  const small = { width: Math.ceil(width / 16), height: Math.ceil(height / 16), channels: 3 as const };
  const texture = await sharp({ create: { ...small, background: "black", noise } })
    .png()
    .toBuffer();
  const picture = sharp(texture, { limitInputPixels: false }).resize(width, height, { fit: "fill", kernel: "nearest" });
  const encoded = await encode(picture).toBuffer();
  return Buffer.concat([encoded, Buffer.alloc(Math.max(0, bytes - encoded.length))]);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
