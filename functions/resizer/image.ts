import sharp from "sharp";
import type { Format, Spec } from "../variant-key";
import { encode } from "./encode";
import { Refusal } from "./refusal";
import type { Settings } from "./settings";

/** 1,769 MB of a function's memory come with one vCPU (Lambda developer guide, "Configure Lambda function memory"). */
const MEMORY_PER_VCPU = 1769;

/** Pixels that one of an AVIF counts for: its decoder holds twice what the others do (docs/reliability.md). */
const AVIF_PIXEL = 2;

// A process makes one variant at a time and never the same one twice: libvips' cache only holds memory.
sharp.cache(false);
sharp.concurrency(Math.max(1, Math.round(Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / MEMORY_PER_VCPU)));
// Only the decoders that are meant to be used, should a file ever pass for another type than it is.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadHeif"],
});

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const AVIF_BRANDS = new Set(["avif", "avis"]);

/** By its channels: the bundle knows no names of colours (shims/colour.ts). */
const WHITE = { r: 255, g: 255, b: 255 };

/** A variant's bytes and their format. */
export interface Image {
  readonly bytes: Buffer;
  readonly format: Format;
}

export type ImageSettings = Pick<Settings, "quality" | "effort" | "fit" | "position" | "maxInputPixels">;

/**
 * Creates a variant: upright, sRGB, without metadata, never larger than the original.
 * @param seconds longest time of decoding and encoding, at least 1
 * @throws Refusal `not-an-image`, `input-too-large`, `undecodable-image`, or `unavailable` when time runs out
 */
export async function resize(original: Buffer, spec: Spec, settings: ImageSettings, seconds: number): Promise<Image> {
  const source = sniffFormat(original);
  if (!source) throw new Refusal("not-an-image", "The original is not a JPEG, PNG, WebP or AVIF image.");
  const format = spec.format ?? source;
  const { width, height } = spec.size;
  const box = width !== undefined && height !== undefined;
  const limitInputPixels = Math.floor(settings.maxInputPixels / (source === "avif" ? AVIF_PIXEL : 1));

  // `failOn: warning` rejects a damaged file; anything less would store it half grey (docs/reliability.md).
  let pipeline = sharp(original, { failOn: "warning", limitInputPixels })
    .timeout({ seconds: Math.max(1, Math.floor(seconds)) })
    .autoOrient()
    .resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(box ? { fit: settings.fit, position: settings.position } : {}),
      withoutEnlargement: true,
    })
    .toColourspace("srgb");
  // JPEG has no transparency; sharp would paint it black.
  if (format === "jpeg") pipeline = pipeline.flatten({ background: WHITE });

  try {
    return { bytes: await encode(pipeline, format, settings).toBuffer(), format };
  } catch (error) {
    throw refusalFor(error, limitInputPixels);
  }
}

/** libvips reports everything as a message; these two are not about the image being broken. */
function refusalFor(cause: unknown, maxInputPixels: number): Refusal {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes("exceeds pixel limit")) {
    return new Refusal("input-too-large", `The original has more than ${maxInputPixels} pixels.`, { cause });
  }
  if (message.startsWith("timeout")) {
    return new Refusal("unavailable", "The variant could not be created in time.", { cause });
  }
  return new Refusal("undecodable-image", "The original is damaged and cannot be decoded.", { cause });
}

/**
 * Returns the format of an image by its first bytes, whatever its name says; undefined for every other format, which is
 * never decoded from untrusted input.
 */
export function sniffFormat(bytes: Buffer): Format | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return "png";
  if (ascii(bytes, 0) === "RIFF" && ascii(bytes, 8) === "WEBP") return "webp";
  if (ascii(bytes, 4) === "ftyp" && brands(bytes).some((brand) => AVIF_BRANDS.has(brand))) return "avif";
  return undefined;
}

/** Returns the major and compatible brands of an ISO base media file (ISO/IEC 14496-12, "ftyp"). */
function brands(bytes: Buffer): string[] {
  const end = Math.min(bytes.length, bytes.readUInt32BE(0), 256);
  const found = [ascii(bytes, 8)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(ascii(bytes, at));
  return found;
}

function ascii(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, at + 4);
}
