import { applyEdits, type Edit, remove } from "./edits";
import type { Header } from "./header";
import { type Chunk, chunksOf } from "./png-chunks";

/** Size of a PNG, and how its pixels are stored (PNG specification, 11.2.1). */
export interface PngFrame {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

const IHDR_BYTES = 13;
/** Colour type of a PNG whose pixels are of a palette. */
const PALETTE = 3;
/** Bytes of a pixel, at most, of text and drawings; photographs have more (docs/benchmarks.md). */
const FLAT = 0.4;

/**
 * Reads the header of a PNG. Leaves out compressed text: libpng inflates each of a file's, before anything else, to 8 MB (docs/reliability.md),
 * and no variant keeps it.
 */
export function readPng(bytes: Buffer): Header | undefined {
  const frame = readFrame(bytes);
  if (!frame) return undefined;
  const edits: Edit[] = [];
  for (const chunk of chunksOf(bytes)) if (isCompressedText(chunk)) edits.push(remove(chunk.at, chunk.end - chunk.at));
  const { width, height, colourType } = frame;
  const isFlat = bytes.length < FLAT * width * height;
  return { bytes: applyEdits(bytes, edits), width, height, hasPalette: colourType === PALETTE, isFlat };
}

/** Returns the content of the first chunk, which must be IHDR. */
export function readFrame(bytes: Buffer): PngFrame | undefined {
  const [first] = chunksOf(bytes);
  if (first?.type !== "IHDR" || first.data.length < IHDR_BYTES) return undefined;
  const [bitDepth = 0, colourType = 0, , , interlace] = first.data.subarray(8);
  return {
    width: first.data.readUInt32BE(0),
    height: first.data.readUInt32BE(4),
    bitDepth,
    colourType,
    interlaced: interlace === 1,
  };
}

/** Returns whether a chunk is zTXt, or iTXt with the flag of compression (PNG specification, 11.3.3). */
function isCompressedText({ type, data }: Chunk): boolean {
  return type === "zTXt" || (type === "iTXt" && data[data.indexOf(0) + 1] !== 0);
}
