import type { Format } from "../../variant-key";

/** Formats of originals. */
export const ORIGINAL_FORMATS = ["jpeg", "png", "webp", "avif"] as const;

export type OriginalFormat = (typeof ORIGINAL_FORMATS)[number];

/** Format of a variant whose key names none, by its original's. */
export const OWN_FORMAT: Readonly<Record<OriginalFormat, Format>> = {
  jpeg: "jpeg",
  png: "png",
  webp: "webp",
  avif: "avif",
};

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const AVIF_BRANDS = new Set(["avif", "avis"]);

/**
 * Returns the format of an image by its first bytes, whatever its name says; undefined for every other format, which is
 * never decoded from untrusted input.
 */
export function sniffFormat(bytes: Buffer): OriginalFormat | undefined {
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

/** Returns four bytes as text: the name of a chunk, a box or a brand. */
export function ascii(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, at + 4);
}
