import { ascii } from "./format";
import type { Header } from "./header";

/** Offset of the first chunk, after "RIFF", the size and "WEBP". */
const FIRST_CHUNK = 12;
/** Bytes of a chunk before its data: four letters and a size. */
const CHUNK_HEADER = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads the header of a WebP, and counts the frames of an animation (RFC 9649). */
export function readWebp(bytes: Buffer): Header | undefined {
  let size: Size | undefined;
  let frames = 0;
  for (let at = FIRST_CHUNK; at + CHUNK_HEADER <= bytes.length;) {
    const name = ascii(bytes, at);
    size ??= sizeOf(name, bytes.subarray(at + CHUNK_HEADER));
    if (name === "ANMF") frames++;
    const length = bytes.readUInt32LE(at + 4);
    at += CHUNK_HEADER + length + (length % 2);
  }
  return size && { bytes, ...size, frames: Math.max(1, frames) };
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
