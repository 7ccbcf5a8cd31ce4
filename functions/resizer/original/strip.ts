import { applyEdits, type Edit, remove } from "./edits";
import { ascii, type OriginalFormat } from "./format";
import { END_OF_IMAGE, MARKER, type Segment, segmentsOf } from "./jpeg-segments";
import { chunksOf } from "./png-chunks";

/** Chunks of a PNG that hold its pixels. The rest are metadata, and an animation's other frames. */
const PIXELS = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** Markers of a JPEG's application segments and of its comment. */
const APP15 = 0xef;
const COMMENT = 0xfe;

/** Returns an original without its metadata, its pixels as they are; undefined for a format of which this cannot be done. */
export function stripMetadata(format: OriginalFormat, bytes: Buffer): Buffer | undefined {
  if (format === "png") return stripPng(bytes);
  if (format === "jpeg") return stripJpeg(bytes);
  return undefined;
}

function stripPng(bytes: Buffer): Buffer {
  const edits: Edit[] = [];
  let end = bytes.length;
  for (const chunk of chunksOf(bytes)) {
    if (!PIXELS.has(chunk.type)) edits.push(remove(chunk.at, chunk.end - chunk.at));
    end = chunk.end;
  }
  return applyEdits(bytes.subarray(0, end), edits);
}

function stripJpeg(bytes: Buffer): Buffer | undefined {
  const edits: Edit[] = [];
  let dataAt = 0;
  for (const segment of segmentsOf(bytes)) {
    if (isMetadata(segment)) edits.push(remove(segment.at, segment.end - segment.at));
    dataAt = segment.end;
  }
  // Other images and anything else may follow the end.
  const end = bytes.indexOf(END_OF_IMAGE, dataAt);
  return end === -1 ? undefined : applyEdits(bytes.subarray(0, end + END_OF_IMAGE.length), edits);
}

/** Returns whether a segment does not belong to the pixels: all of applications but JFIF's and Adobe's, which name the colours. */
function isMetadata({ marker, content }: Segment): boolean {
  if (marker === MARKER.app0) return ascii(content, 0) !== "JFIF";
  if (marker === MARKER.app14) return ascii(content, 0) !== "Adob";
  return (marker > MARKER.app0 && marker <= APP15) || marker === COMMENT;
}
