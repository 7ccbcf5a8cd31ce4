import { applyEdits, overwrite } from "./edits";
import { ascii } from "./format";
import type { Header } from "./header";
import { MAX_FRAMES } from "./limits";

/** Offset of the size of all that follows it. */
const RIFF_SIZE = 4;
const RIFF_HEADER = 8;
/** Offset of the first chunk, after "RIFF", the size and "WEBP". */
const FIRST_CHUNK = 12;
/** Bytes of a chunk before its data: four letters and a size. */
const CHUNK_HEADER = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the header of a WebP, and counts the frames of an animation (RFC 9649). Repairs the size of the file in it, which
 * libwebp needs and browsers do without.
 */
export function readWebp(bytes: Buffer): Header | undefined {
  let size: Size | undefined;
  let frames = 0;
  let end = FIRST_CHUNK;
  for (let at = FIRST_CHUNK; at + CHUNK_HEADER <= bytes.length && frames <= MAX_FRAMES;) {
    const name = ascii(bytes, at);
    size ??= sizeOf(name, bytes.subarray(at + CHUNK_HEADER));
    if (name === "ANMF") frames++;
    const length = bytes.readUInt32LE(at + 4);
    at += CHUNK_HEADER + length;
    // What follows the last chunk that is whole may be anything.
    if (at <= bytes.length && /^[A-Z0-9 ]{4}$/.test(name)) end = Math.min(bytes.length, at + (length % 2));
    at += length % 2;
  }
  const claimed = RIFF_HEADER + bytes.readUInt32LE(RIFF_SIZE);
  const edits =
    claimed < end || claimed > bytes.length ? [overwrite(RIFF_SIZE, ...littleEndian(end - RIFF_HEADER))] : [];
  return size && { bytes: applyEdits(bytes, edits), ...size, frames: Math.max(1, frames) };
}

/** Returns the size that a chunk's data begin with; undefined for chunks without one. */
function sizeOf(chunk: string, data: Buffer): Size | undefined {
  if (data.length < 10) return undefined;
  switch (chunk) {
    case "VP8X":
      return { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) };
    case "VP8L": {
      const bits = data.readUInt32LE(1);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case "VP8 ":
      return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
    default:
      return undefined;
  }
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
