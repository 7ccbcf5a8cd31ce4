// npx tsx bench/formats.ts [--width PIXELS] PHOTOGRAPH...
//
// What each format's quality and effort cost and give on photographs: bytes against those of the JPEG, structural
// similarity (SSIM, 1 is the same) to the photograph at that size, and time of one core.
import { parseArgs } from "node:util";
import sharp from "sharp";
import { ssim } from "ssim.js";

interface Encoder {
  readonly label: string;
  readonly encode: (image: sharp.Sharp) => sharp.Sharp;
}
interface Sample {
  readonly bytes: number;
  readonly similarity: number;
  readonly ms: number;
}

const JPEG: Encoder = { label: "jpeg q80", encode: (image) => image.jpeg({ quality: 80, progressive: true }) };
const ENCODERS: readonly Encoder[] = [
  JPEG,
  ...[75, 80, 82, 85].map((quality) => webp(quality, 4)),
  ...[2, 6].map((effort) => webp(80, effort)),
  ...[45, 50, 55, 60].map((quality) => avif(quality, 3)),
  ...[0, 2, 4].map((effort) => avif(55, effort)),
];

function webp(quality: number, effort: number): Encoder {
  return { label: `webp q${quality} e${effort}`, encode: (image) => image.webp({ quality, effort }) };
}

function avif(quality: number, effort: number): Encoder {
  return { label: `avif q${quality} e${effort}`, encode: (image) => image.avif({ quality, effort }) };
}

/** The photograph at the size, decoded: what every format starts from. */
async function resized(file: string, width: number) {
  const { data, info } = await sharp(file)
    .autoOrient()
    .resize({ width, withoutEnlargement: true })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, raw: { width: info.width, height: info.height, channels: 3 as const } };
}

async function measure({ encode }: Encoder, { data, raw }: Awaited<ReturnType<typeof resized>>): Promise<Sample> {
  // The processor's time, which other programs on the machine do not lengthen.
  const before = process.cpuUsage();
  const encoded = await encode(sharp(data, { raw })).toBuffer();
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  const { mssim } = ssim(await pixels(sharp(data, { raw })), await pixels(sharp(encoded)));
  return { bytes: encoded.length, similarity: mssim, ms };
}

async function pixels(image: sharp.Sharp) {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { width: { type: "string", default: "640" } },
    allowPositionals: true,
  });
  // As in the function: 1,769 MB come with one core.
  sharp.concurrency(1);
  sharp.cache(false);
  const samples = new Map(ENCODERS.map((encoder) => [encoder, [] as Sample[]]));
  for (const file of positionals) {
    const image = await resized(file, Number(values.width));
    for (const encoder of ENCODERS) samples.get(encoder)?.push(await measure(encoder, image));
  }
  const baseline = samples.get(JPEG) ?? [];
  console.log(`${positionals.length} photographs at ${values.width}w, one core`);
  console.log("encoder\tbytes\tof JPEG\tlarger than JPEG\tSSIM mean\tSSIM least\tms mean\tms most");
  for (const [{ label }, all] of samples) {
    const ratios = all.map(({ bytes }, index) => bytes / (baseline[index]?.bytes ?? NaN));
    const similarities = all.map(({ similarity }) => similarity);
    const times = all.map(({ ms }) => ms);
    console.log(
      [
        label,
        mean(all.map(({ bytes }) => bytes)).toFixed(0),
        `${(mean(ratios) * 100).toFixed(0)} %`,
        `${ratios.filter((ratio) => ratio > 1).length} of ${all.length}`,
        mean(similarities).toFixed(4),
        Math.min(...similarities).toFixed(4),
        mean(times).toFixed(0),
        Math.max(...times).toFixed(0),
      ].join("\t"),
    );
  }
}

void main();
