import sharp, { type ResizeOptions } from "sharp";
import type { Spec, VariantFormat } from "../variant-key";
import { takenForDisplayP3 } from "./display-p3";
import { encode } from "./encode";
import { decodeHeic } from "./heic/decode";
import { inspect, type InspectedOriginal } from "./original/inspect";
import { salvage, type Salvaged } from "./original/salvage";
import { stripMetadata } from "./original/strip";
import { damaged, Refusal } from "./refusal";
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

/**
 * Begins libvips' count of libjpeg's warnings as it closes the file. It fails for them only before it reads on, so that those
 * of the last rows, where damage inside a file ends up, come too late.
 */
const LATE_WARNING = /^read gave \d+ warnings/;

/** Begins sharp's message for a variant that its format cannot have. */
const TOO_LONG = "Processed image is too large";
/** Longest side of a WebP, in pixels (RFC 9649, 2); sharp's AVIF has 1 more, and JPEG and PNG have more than an original. */
const LONGEST_SIDE = 16_383;

/** A variant's bytes and their format. */
export interface Image {
  readonly bytes: Buffer;
  readonly format: VariantFormat;
}

export type ImageSettings = Pick<Settings, "quality" | "effort" | "fit" | "position" | "maxInputPixels" | "heic">;

/** A variant that is to be created. */
interface Task {
  readonly size: ResizeOptions;
  readonly format: VariantFormat;
  /** True if the variant has all frames of its original. */
  readonly animated: boolean;
  readonly settings: ImageSettings;
  /** The moment at which decoding and encoding end, by `performance.now()`. */
  readonly until: number;
}

/**
 * Creates a variant: upright, sRGB, without metadata, never larger than the original.
 * @param seconds longest time of decoding and encoding, at least 1
 * @throws Refusal `not-an-image`, `input-too-large`, `undecodable-image`, or `unavailable` when time runs out
 */
export async function resize(original: Buffer, spec: Spec, settings: ImageSettings, seconds: number): Promise<Image> {
  const until = performance.now() + seconds * 1000;
  const source = inspect(original, settings);
  const bytes = source.format === "heic" ? await decodeHeic(source, seconds) : source.bytes;
  try {
    const format = spec.format ?? ownFormat(source);
    const animated = await keepsAnimation(source, format);
    return await make(
      { ...source, bytes },
      { size: sizeOf(spec, settings, animated), format, animated, settings, until },
    );
  } catch (error) {
    throw refusalFor(error, source.maxPixels);
  }
}

function sizeOf({ size: { width, height } }: Spec, { fit, position }: ImageSettings, animated: boolean): ResizeOptions {
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(width !== undefined && height !== undefined
      ? { fit, position: animated ? positionOfFrames(position) : position }
      : {}),
  };
}

/** Creates the variant of an original that is sound, or at least almost whole. */
async function make(source: InspectedOriginal, task: Task): Promise<Image> {
  let damage: unknown = new Error("the file ends before the image does");
  try {
    // Anything less than `warning` would store a damaged file half grey (docs/reliability.md).
    const failOn = source.warnsOfTagsOnly ? "error" : "warning";
    if (!source.endMissing) return await makeFitting({ ...source, failOn }, task);
  } catch (error) {
    if (refusalFor(error, source.maxPixels).code !== "undecodable-image") throw error;
    damage = error;
  }
  const salvaged = await salvage(source);
  if (!salvaged) throw damage;
  return makeFitting(salvaged, task);
}

/** Creates a variant whose sides its format has. sharp finds out whether it has before it decodes anything. */
async function makeFitting(source: Salvaged, task: Task): Promise<Image> {
  try {
    return await decodeAndEncode(source, task);
  } catch (error) {
    if (!messageOf(error).startsWith(TOO_LONG)) throw error;
    const { width = LONGEST_SIDE, height = LONGEST_SIDE } = task.size;
    return decodeAndEncode(source, { ...task, size: { width, height, fit: "inside" } });
  }
}

async function decodeAndEncode(source: Salvaged, { size, format, animated, settings, until }: Task): Promise<Image> {
  const { bytes, failOn, maxPixels, isDisplayP3 = false } = source;
  const seconds = () => Math.max(1, Math.floor((until - performance.now()) / 1000));
  let pipeline = sharp(bytes, { failOn, limitInputPixels: maxPixels, animated })
    .timeout({ seconds: seconds() })
    .autoOrient()
    .resize({ ...size, withoutEnlargement: true });
  if (isDisplayP3) pipeline = (await takenForDisplayP3(pipeline)).timeout({ seconds: seconds() });
  pipeline = pipeline.toColourspace("srgb");
  // JPEG has no transparency; sharp would paint it black.
  if (format === "jpeg") pipeline = pipeline.flatten({ background: WHITE });
  let lateWarning: string | undefined;
  pipeline.on("warning", (warning: string) => {
    if (LATE_WARNING.test(warning)) lateWarning = warning;
  });
  const { data, info } = await encode(pipeline, format, settings, source).toBuffer({ resolveWithObject: true });
  if (failOn === "warning" && lateWarning !== undefined) throw new Error(lateWarning);
  const isWhole = failOn === "warning" && format === source.format;
  if (!isWhole || info.width !== source.width || info.height !== source.height) return { bytes: data, format };
  return { bytes: (await ownBytes(source, data.length)) ?? data, format };
}

/**
 * Returns the bytes of an original for a variant of its own size and format, without metadata, where they are fewer than
 * `length` and nothing else has to be changed.
 */
async function ownBytes({ format, bytes }: Salvaged, length: number): Promise<Buffer | undefined> {
  const stripped = stripMetadata(format, bytes);
  if (!stripped || stripped.length >= length) return undefined;
  const { orientation = 1, hasProfile, space } = await sharp(bytes).metadata();
  return orientation === 1 && !hasProfile && space !== "cmyk" ? stripped : undefined;
}

/** Returns the number of images that are being decoded or encoded, or are about to. A decoder in native code cannot be stopped everywhere. */
export function imagesAtWork(): number {
  const { queue, process } = sharp.counters();
  return queue + process;
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

/** libvips and sharp report everything as a message; these two are not about the image being broken. */
function refusalFor(cause: unknown, maxPixels: number): Refusal {
  const message = messageOf(cause);
  if (message.includes("exceeds pixel limit")) {
    return new Refusal("input-too-large", `The original has more than ${maxPixels} pixels.`, { cause });
  }
  if (message.startsWith("timeout")) {
    return new Refusal("unavailable", "The variant could not be created in time.", { cause });
  }
  return damaged(cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
