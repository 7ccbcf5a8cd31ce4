// oxlint-disable no-control-regex -- bytes of files are what is looked for
/** Bytes that are looked at: a byte order mark, comments and a document type may be before the root of an SVG. */
const START_BYTES = 1024;

/** Formats that are no originals, by the text of their first bytes, each byte a character; the first that fits. */
const UNSUPPORTED: readonly { readonly name: string; readonly start: RegExp }[] = [
  { name: "a JPEG XL image", start: /^(\xff\x0a|\0\0\0\x0cJXL )/ },
  { name: "a JPEG 2000 image", start: /^(\xff\x4f\xff\x51|\0\0\0\x0cjP {2})/ },
  { name: "a BMP image", start: /^BM[^]{4}\0\0\0\0/ },
  { name: "an icon", start: /^\0\0[\x01\x02]\0/ },
  { name: "a Photoshop document", start: /^8BPS/ },
  { name: "a PDF document", start: /^%PDF-/ },
  { name: "a HEIF image that is neither HEIC nor AVIF", start: /^[^]{4}ftyp(mif|msf)1/ },
  { name: "a video", start: /^([^]{4}ftyp|\x1aE\xdf\xa3|RIFF[^]{4}AVI )/ },
  { name: "a ZIP archive", start: /^PK\x03\x04/ },
  { name: "an HTML page", start: /^(\xef\xbb\xbf)?\s*<(!doctype html|html)\b/i },
  { name: "an SVG drawing", start: /^(\xef\xbb\xbf)?\s*<[^]*<svg\b|^(\xef\xbb\xbf)?\s*<svg\b/i },
];

/** Returns what a file is that is no original, with its article, for an error message. */
export function describeUnsupported(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return "an empty file";
  const start = bytes.toString("latin1", 0, START_BYTES);
  return UNSUPPORTED.find((format) => format.start.test(start))?.name;
}
