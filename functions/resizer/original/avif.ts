import { boxesIn, boxIn } from "./boxes";
import type { Header } from "./header";

/** Bytes of a full box before its content: a version and flags. */
const VERSION_AND_FLAGS = 4;

/**
 * Reads the size of an AVIF from its item properties (ISO/IEC 23008-12, 6.5.3): the largest, because a file also has the
 * sizes of its tiles and thumbnails.
 */
export function readAvif(bytes: Buffer): Header | undefined {
  const properties = boxPath(bytes);
  if (!properties) return undefined;
  let largest = { width: 0, height: 0 };
  for (const { type, content } of boxesIn(properties)) {
    if (type !== "ispe" || content.length < VERSION_AND_FLAGS + 8) continue;
    const size = {
      width: content.readUInt32BE(VERSION_AND_FLAGS),
      height: content.readUInt32BE(VERSION_AND_FLAGS + 4),
    };
    if (size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest.width > 0 ? { bytes, ...largest } : undefined;
}

function boxPath(bytes: Buffer): Buffer | undefined {
  const meta = boxIn(bytes, "meta")?.subarray(VERSION_AND_FLAGS);
  const properties = meta && boxIn(meta, "iprp");
  return properties && boxIn(properties, "ipco");
}
