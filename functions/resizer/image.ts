import sharp from "sharp";
import type { Format, Spec } from "../variant-key";
import { encode } from "./encode";
import { OWN_FORMAT } from "./original/format";
import { inspect } from "./original/inspect";
import { Refusal } from "./refusal";
import type { Settings } from "./settings";

/** 1,769 MB of a function's memory come with one vCPU (Lambda developer guide, "Configure Lambda function memory"). */
const MEMORY_PER_VCPU = 1769;

// A process makes one variant at a time and never the same one twice: libvips' cache only holds memory.
sharp.cache(false);
sharp.concurrency(Math.max(1, Math.round(Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / MEMORY_PER_VCPU)));
// Only the decoders that are meant to be used, should a file ever pass for another type than it is.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadHeif"],
});

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
  const source = inspect(original, settings);
  const format = spec.format ?? OWN_FORMAT[source.format];
  const { width, height } = spec.size;
  const box = width !== undefined && height !== undefined;

  // `failOn: warning` rejects a damaged file; anything less would store it half grey (docs/reliability.md).
  let pipeline = sharp(source.bytes, { failOn: "warning", limitInputPixels: source.maxPixels })
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
    throw refusalFor(error, source.maxPixels);
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
