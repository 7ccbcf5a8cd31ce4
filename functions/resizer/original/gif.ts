import type { Header } from "./header";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** Offset of the first block, or of the global colour table before it. */
const AFTER_SCREEN = 13;

/**
 * Reads the header of a GIF, and counts its frames (CompuServe, GIF89a specification). A file that is cut off ends with its
 * last whole frame: its decoder would leave the rest of the next one empty, without a warning.
 */
export function readGif(bytes: Buffer): Header | undefined {
  if (bytes.length < AFTER_SCREEN) return undefined;
  let width = bytes.readUInt16LE(6);
  let height = bytes.readUInt16LE(8);
  let frames = 0;
  let end = 0;
  for (let at = AFTER_SCREEN + colourTableBytes(bytes[10]); at < bytes.length;) {
    if (bytes[at] === EXTENSION) {
      at = afterSubBlocks(bytes, at + 2);
    } else if (bytes[at] === IMAGE && at + 10 <= bytes.length) {
      const next = afterSubBlocks(bytes, at + 11 + colourTableBytes(bytes[at + 9]));
      // One byte beyond the file is the empty block that ends the data.
      if (next > bytes.length + 1) break;
      if (frames === 0) {
        // The decoder enlarges the screen for its first image alone.
        width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5));
        height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7));
      }
      frames++;
      at = next;
      end = next;
    } else {
      break;
    }
  }
  if (frames === 0) return undefined;
  const whole = bytes[end] === TRAILER ? bytes : Buffer.concat([bytes.subarray(0, end), Buffer.of(TRAILER)]);
  return { bytes: whole, width, height, frames };
}

/** Returns the bytes of the colour table that a byte of flags announces. */
function colourTableBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Returns the offset after data in sub-blocks, which an empty one ends; beyond the file where they are cut off. */
function afterSubBlocks(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at]) at += 1 + (bytes[at] ?? 0);
  return at + 1;
}
