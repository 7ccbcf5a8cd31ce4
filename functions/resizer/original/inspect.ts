import { damaged, Refusal } from "../refusal";
import type { Settings } from "../settings";
import { readAvif, readHeif } from "./avif";
import { type OriginalFormat, sniffFormat } from "./format";
import { readGif } from "./gif";
import type { Header, HeaderReader } from "./header";
import { MAX_FRAMES, MAX_SCANS, MAX_SIDE } from "./limits";
import { readJpeg } from "./jpeg";
import { readPng } from "./png";
import { readTiff } from "./tiff";
import { describeUnsupported } from "./unsupported";
import { readWebp } from "./webp";

export type InputLimits = Pick<Settings, "maxInputPixels" | "heic">;

/** An original that is about to be decoded. */
export interface InspectedOriginal extends Header {
  readonly format: OriginalFormat;
  /** Limit for the decoder as well, should it read another size than the header's. */
  readonly maxPixels: number;
}

const READERS: Readonly<Record<OriginalFormat, HeaderReader>> = {
  jpeg: readJpeg,
  png: readPng,
  webp: readWebp,
  avif: readAvif,
  gif: readGif,
  tiff: readTiff,
  heic: readHeif,
};

/**
 * Reads an original's format and header, repairs what is only unusual, and checks the limits, before anything is decoded.
 * @throws Refusal `not-an-image`, `input-too-large` or `undecodable-image`
 */
export function inspect(bytes: Buffer, limits: InputLimits): InspectedOriginal {
  const format = sniffFormat(bytes);
  if (!format || (format === "heic" && !limits.heic)) {
    throw new Refusal(
      "not-an-image",
      notAnImage(format === "heic" ? "a HEIC image" : describeUnsupported(bytes), limits),
    );
  }
  const header = READERS[format](bytes);
  if (!header) throw damaged();
  const maxPixels = Math.floor(limits.maxInputPixels / (header.pixelWeight ?? 1));
  const excess = excessOf(header, maxPixels);
  if (excess !== undefined) throw new Refusal("input-too-large", `The original has ${excess}.`);
  return { ...header, format, maxPixels };
}

/** Returns the sentence that says what a file is, and what it may be. */
function notAnImage(what = "not an image", { heic }: InputLimits): string {
  return `The original is ${what}: JPEG, PNG, WebP, AVIF, GIF${heic ? ", TIFF and HEIC" : " and TIFF"} images are accepted.`;
}

/** Returns the end of the sentence that says which limit an original is beyond. */
function excessOf({ width, height, scans = 1, frames = 1 }: Header, maxPixels: number): string | undefined {
  if (width * height > maxPixels) return `more than ${maxPixels} pixels`;
  if (Math.max(width, height) > MAX_SIDE) return `a side of more than ${MAX_SIDE} pixels`;
  if (scans > MAX_SCANS) return `more than ${MAX_SCANS} scans`;
  if (frames > MAX_FRAMES) return `more than ${MAX_FRAMES} frames`;
  return undefined;
}
