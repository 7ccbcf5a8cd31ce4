import sharp, { type SharpOptions } from "sharp";
import { END_OF_IMAGE } from "./jpeg-segments";
import type { InspectedOriginal } from "./inspect";
import { firstPassOf } from "./jpeg-first-pass";
import { repairPng, soundPartOf } from "./png-repair";

/** An original that can be decoded although the decoder has called it damaged. */
export type Salvaged = InspectedOriginal & Required<Pick<SharpOptions, "failOn">>;

/** Share of an image's rows that must be there. */
const SOUND_ROWS = 15 / 16;

/** Side of the image that is thrown away, in pixels. */
const PROBE_SIDE = 8;

/**
 * Returns an original for the decoder that has just failed on it: whole after all, or without its last rows or finest
 * details alone. Undefined if more is lost, or if that cannot be told.
 */
export async function salvage(original: InspectedOriginal): Promise<Salvaged | undefined> {
  switch (original.format) {
    case "jpeg":
      return salvageJpeg(original.endMissing ? { ...original, bytes: withEnd(original.bytes) } : original);
    case "png":
      return salvagePng(original);
    default:
      return undefined;
  }
}

/**
 * Of a progressive JPEG all but refinements must be sound. Of another one, the rows: a file that is cut off is as it was
 * up to there, whereas one with damage inside is wrong from there to its end.
 */
async function salvageJpeg(original: InspectedOriginal): Promise<Salvaged | undefined> {
  const { bytes, endMissing = false, scans = 1 } = original;
  const firstPass = scans === 1 ? undefined : firstPassOf(bytes);
  const almostWhole =
    scans === 1
      ? endMissing && (await decodes(original, SOUND_ROWS))
      : firstPass !== undefined && (await decodes({ ...original, bytes: firstPass }));
  return almostWhole ? { ...original, failOn: "none" } : undefined;
}

/** Ends a JPEG that has no end, or half of one, in the place of the zeros of a file that was never written to its end. */
function withEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  // A zero after 0xff belongs to the data; 0xff without one is half of the end.
  if (bytes[end - 1] === 0xff) end += end < bytes.length ? 1 : -1;
  return Buffer.concat([bytes.subarray(0, end), END_OF_IMAGE]);
}

async function salvagePng(original: InspectedOriginal): Promise<Salvaged | undefined> {
  const repaired = await repairPng(original.bytes);
  if (repaired) return { ...original, bytes: repaired, failOn: "warning" };
  const cut = { ...original, bytes: soundPartOf(original.bytes) };
  return (await decodes(cut, SOUND_ROWS)) ? { ...cut, failOn: "none" } : undefined;
}

/** Returns whether an original is decoded without any warning: all of it, or a share of its rows from the first on. */
async function decodes({ bytes, width, height, maxPixels }: InspectedOriginal, share = 1): Promise<boolean> {
  const probe = sharp(bytes, { failOn: "warning", limitInputPixels: maxPixels });
  if (share < 1) probe.extract({ left: 0, top: 0, width, height: Math.floor(height * share) });
  try {
    await probe.resize(PROBE_SIDE, PROBE_SIDE, { fit: "fill" }).raw().toBuffer();
    return true;
  } catch {
    return false;
  }
}
