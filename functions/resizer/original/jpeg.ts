import { applyEdits, type Edit, overwrite, remove } from "./edits";
import { ascii } from "./format";
import type { Header } from "./header";
import { MAX_SCANS } from "./limits";
import { END_OF_IMAGE, isFrame, MARKER, type Segment, segmentsOf } from "./jpeg-segments";

/** Frames whose scans have all coefficients at once: baseline and extended, Huffman and arithmetic coding. */
const SEQUENTIAL = new Set([0xc0, 0xc1, 0xc9]);

/** Parameters of a scan of such a frame: all coefficients, in full (ITU-T T.81, table B.3). */
const SEQUENTIAL_SCAN = [0, 63, 0] as const;

/** Offsets within the segments, from their markers on. */
const JFIF_VERSION = 9;
const ADOBE_TRANSFORM = 15;

/** Adobe's transforms are 0 to 2. For another one libjpeg assumes these, by the number of components, and warns. */
const LAST_TRANSFORM = 2;
const ASSUMED_TRANSFORM: Readonly<Record<number, number>> = { 3: 1, 4: 2 };

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly sequential: boolean;
}

/**
 * Reads the header of a JPEG and counts its scans. Repairs what cameras and scanners write and every browser shows, but
 * libjpeg warns of as it warns of damage: bytes between the segments, a scan's parameters, JFIF's version and Adobe's
 * transform.
 */
export function readJpeg(bytes: Buffer): Header | undefined {
  const edits: Edit[] = [];
  let frame: Frame | undefined;
  let adobe: Segment | undefined;
  let scans = 0;
  let dataAt = 0;
  for (const segment of segmentsOf(bytes)) {
    const { marker, skippedAt, at, content } = segment;
    if (scans === 0 && at > skippedAt) edits.push(remove(skippedAt, at - skippedAt));
    if (isFrame(marker)) frame ??= readFrame(segment);
    else if (isUnknownJfif(segment)) edits.push(overwrite(at + JFIF_VERSION, 1));
    else if (isAdobe(segment)) adobe = segment;
    else if (marker === MARKER.sos) {
      if (++scans > MAX_SCANS) break;
      dataAt = segment.end;
      if (!frame?.sequential) continue;
      edits.push(...repairScan(content, segment.end));
      // The whole image is in this scan, and nothing that follows is decoded.
      if (content[0] === frame.components) break;
    }
  }
  if (!frame || scans === 0) return undefined;
  const transform = ASSUMED_TRANSFORM[frame.components];
  if (adobe && transform !== undefined && (bytes[adobe.at + ADOBE_TRANSFORM] ?? 0) > LAST_TRANSFORM) {
    edits.push(overwrite(adobe.at + ADOBE_TRANSFORM, transform));
  }
  const endMissing = bytes.lastIndexOf(END_OF_IMAGE) < dataAt;
  return { bytes: applyEdits(bytes, edits), width: frame.width, height: frame.height, scans, endMissing };
}

function readFrame({ marker, content }: Segment): Frame | undefined {
  if (content.length < 6) return undefined;
  return {
    height: content.readUInt16BE(1),
    width: content.readUInt16BE(3),
    components: content[5] ?? 0,
    sequential: SEQUENTIAL.has(marker),
  };
}

function isUnknownJfif({ marker, content }: Segment): boolean {
  return marker === MARKER.app0 && ascii(content, 0) === "JFIF" && content.length >= 14 && content[5] !== 1;
}

function isAdobe({ marker, content }: Segment): boolean {
  return marker === MARKER.app14 && ascii(content, 0) === "Adob" && content.length >= 12;
}

/** Returns the edit of a sequential scan's parameters, which Samsung's cameras write as zeros. */
function repairScan(content: Buffer, end: number): Edit[] {
  const right = content.length < 6 || SEQUENTIAL_SCAN.every((value, index) => content.at(index - 3) === value);
  return right ? [] : [overwrite(end - 3, ...SEQUENTIAL_SCAN)];
}
