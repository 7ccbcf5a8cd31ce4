/** Formats of originals. */
export const ORIGINAL_FORMATS = ["jpeg", "png", "webp", "avif", "gif", "tiff", "heic"] as const;

export type OriginalFormat = (typeof ORIGINAL_FORMATS)[number];

const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";
const AVIF_BRANDS = /avif|avis/;
/** Brands of images in HEVC, and of sequences of them (ISO/IEC 23008-12, annex B). */
const HEIC_BRANDS = /hei[cmsx]|hev[cmsx]/;

/** Returns the format of an image by its first bytes, whatever its name says; undefined for any format not listed. */
export function sniffFormat(bytes: Buffer): OriginalFormat | undefined {
  const start = bytes.toString("latin1", 0, 12);
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith(PNG_SIGNATURE)) return "png";
  if (/^RIFF[^]{4}WEBP/.test(start)) return "webp";
  if (/^GIF8[79]a/.test(start)) return "gif";
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return "tiff";
  if (ascii(bytes, 4) === "ftyp") {
    const found = brands(bytes);
    if (AVIF_BRANDS.test(found)) return "avif";
    if (HEIC_BRANDS.test(found)) return "heic";
  }
  return undefined;
}

/** Returns the major and compatible brands of an ISO base media file, between commas (ISO/IEC 14496-12, "ftyp"). */
function brands(bytes: Buffer): string {
  const end = Math.min(bytes.length, bytes.readUInt32BE(0), 256);
  let found = ascii(bytes, 8);
  for (let at = 16; at + 4 <= end; at += 4) found += `,${ascii(bytes, at)}`;
  return found;
}

/** Returns four bytes as text: the name of a chunk, a box or a brand. */
export function ascii(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, at + 4);
}
