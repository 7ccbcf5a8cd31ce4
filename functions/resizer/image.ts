import sharp from "sharp";
import type { Spec, VariantFormat } from "../variant-key";
import { encode } from "./encode";
import { decodeHeic } from "./heic/decode";
import { type InspectedOriginal, inspect } from "./original/inspect";
import { Refusal } from "./refusal";
import type { Position, Settings } from "./settings";

/** 1,769 MB of a function's memory come with one vCPU (Lambda developer guide, "Configure Lambda function memory"). */
const MEMORY_PER_VCPU = 1769;

// A process makes one variant at a time and never the same one twice: libvips' cache only holds memory.
sharp.cache(false);
sharp.concurrency(Math.max(1, Math.round(Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / MEMORY_PER_VCPU)));
// Only the decoders that are meant to be used, should a file ever pass for another type than it is.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Heif", "Nsgif", "Tiff"].map((loader) => `VipsForeignLoad${loader}`),
});

/** By its channels: the bundle knows no names of colours (shims/colour.ts). */
const WHITE = { r: 255, g: 255, b: 255 };

/** A variant's bytes and their format. */
export interface Image {
  readonly bytes: Buffer;
  readonly format: VariantFormat;
}

export type ImageSettings = Pick<Settings, "quality" | "effort" | "fit" | "position" | "maxInputPixels" | "heic">;

/**
 * Creates a variant: upright, sRGB, without metadata, never larger than the original.
 * @param seconds longest time of decoding and encoding, at least 1
 * @throws Refusal `not-an-image`, `input-too-large`, `undecodable-image`, or `unavailable` when time runs out
 */
export async function resize(original: Buffer, spec: Spec, settings: ImageSettings, seconds: number): Promise<Image> {
  const until = Date.now() + seconds * 1000;
  const source = inspect(original, settings);
  const bytes = source.format === "heic" ? await decodeHeic(source, seconds) : source.bytes;
  const format = spec.format ?? ownFormat(source);
  const animated = await keepsAnimation(source, format);
  const { width, height } = spec.size;
  const box = width !== undefined && height !== undefined;

  // `failOn: warning` rejects a damaged file; anything less would store it half grey (docs/reliability.md).
  let pipeline = sharp(bytes, { failOn: "warning", limitInputPixels: source.maxPixels, animated })
    .timeout({ seconds: Math.max(1, Math.floor((until - Date.now()) / 1000)) })
    .autoOrient()
    .resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(box
        ? { fit: settings.fit, position: animated ? positionOfFrames(settings.position) : settings.position }
        : {}),
      withoutEnlargement: true,
    })
    .toColourspace("srgb");
  // JPEG has no transparency; sharp would paint it black.
  if (format === "jpeg") pipeline = pipeline.flatten({ background: WHITE });

  try {
    return { bytes: await encode(pipeline, format, settings).toBuffer(), format };
  } catch (error) {
    throw refusalFor(error, source.maxPixels);
  }
}

/** Returns the format of a variant whose key names none: its original's, or one that every browser shows. */
function ownFormat({ format, hasAlpha }: InspectedOriginal): VariantFormat {
  if (format === "tiff") return hasAlpha ? "png" : "jpeg";
  if (format === "heic") return "jpeg";
  return format;
}

/**
 * Returns whether a variant has all frames of its original: in GIF and WebP, as long as they are as many pixels together as
 * one image may have. sharp cannot turn frames.
 */
async function keepsAnimation(source: InspectedOriginal, format: VariantFormat): Promise<boolean> {
  const { frames = 1, width, height, maxPixels } = source;
  if (frames === 1 || (format !== "gif" && format !== "webp") || frames * width * height > maxPixels) return false;
  const { orientation = 1 } = await sharp(source.bytes).metadata();
  return orientation === 1;
}

/** Returns the position for frames, which sharp cannot crop by what is in them. */
function positionOfFrames(position: Position): Position {
  return position === "attention" || position === "entropy" ? "centre" : position;
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
