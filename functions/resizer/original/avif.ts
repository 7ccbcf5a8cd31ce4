import { boxesIn, boxIn } from "./boxes";
import type { Header } from "./header";
import { readColour } from "./heif-colour";

/** Bytes of a full box before its content: a version and flags. */
const VERSION_AND_FLAGS = 4;
/** Bit of `av1C` that says that a colour has more than 8 bits, and its byte (AV1-ISOBMFF, 2.3.3). */
const HIGH_BIT_DEPTH = { byte: 2, bit: 0x40 };
/** `auxC` of an image that is the transparency of another (MIAF, ISO/IEC 23000-22, 7.3.5.2). */
const ALPHA = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";

/**
 * Reads the size of a HEIC or an AVIF from its item properties (ISO/IEC 23008-12, 6.5.3): the largest, because a file also
 * has the sizes of its tiles and thumbnails.
 */
export function readHeif(bytes: Buffer): Header | undefined {
  let largest = { width: 0, height: 0 };
  for (const { type, content } of propertiesOf(bytes)) {
    if (type !== "ispe" || content.length < VERSION_AND_FLAGS + 8) continue;
    const size = {
      width: content.readUInt32BE(VERSION_AND_FLAGS),
      height: content.readUInt32BE(VERSION_AND_FLAGS + 4),
    };
    if (size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest.width > 0 ? { bytes, ...largest } : undefined;
}

/** Pixels that one of an AVIF counts for, by the memory that it takes (docs/reliability.md). */
const WEIGHTS = { usual: 2, deep: 3, transparent: 4 };

/** Reads the header of an AVIF. */
export function readAvif(bytes: Buffer): Header | undefined {
  const header = readHeif(bytes);
  if (!header) return undefined;
  const properties = propertiesOf(bytes);
  const isDeep = properties.some(
    ({ type, content }) => type === "av1C" && ((content[HIGH_BIT_DEPTH.byte] ?? 0) & HIGH_BIT_DEPTH.bit) !== 0,
  );
  const hasAlpha = properties.some(({ type, content }) => type === "auxC" && content.includes(ALPHA));
  return {
    ...header,
    pixelWeight: WEIGHTS[hasAlpha ? "transparent" : isDeep ? "deep" : "usual"],
    isDisplayP3: readColour(bytes) === "display-p3",
  };
}

function propertiesOf(bytes: Buffer) {
  const meta = boxIn(bytes, "meta")?.subarray(VERSION_AND_FLAGS);
  const properties = meta && boxIn(meta, "iprp");
  const boxes = properties && boxIn(properties, "ipco");
  return boxes ? [...boxesIn(boxes)] : [];
}
