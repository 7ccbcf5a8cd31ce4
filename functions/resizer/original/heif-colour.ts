import { boxesIn, boxIn } from "./boxes";

/** Bytes of a full box before its content: a version and flags. */
const VERSION_AND_FLAGS = 4;
/** Codes of Display P3's primaries (ITU-T H.273, table 2: SMPTE RP 431-2 and EG 432-1). */
const DISPLAY_P3 = [11, 12];

/** Colours of an image: an ICC profile, or the space that a code names; undefined for sRGB. */
export type Colour = Buffer | "display-p3" | undefined;

/**
 * Reads the colours of the primary image of a HEIC or an AVIF from its `colr` boxes (ISO/IEC 14496-12, 12.1.5); a profile comes first. An
 * image in tiles may have them at its tiles alone: iOS 11 writes it so.
 */
export function readColour(bytes: Buffer): Colour {
  const meta = boxIn(bytes, "meta")?.subarray(VERSION_AND_FLAGS);
  const primary = meta && boxIn(meta, "pitm");
  if (!primary) return undefined;
  try {
    const item = readId(primary, VERSION_AND_FLAGS, primary[0] === 0 ? 2 : 4);
    const own = coloursOf(item, meta);
    const tile = firstTileOf(item, meta);
    return colourIn(own.length > 0 || tile === undefined ? own : coloursOf(tile, meta));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function colourIn(boxes: readonly Buffer[]): Colour {
  let colour: Colour;
  for (const content of boxes) {
    const kind = content.toString("latin1", 0, 4);
    if (kind === "prof" || kind === "rICC") return content.subarray(4);
    if (kind === "nclx" && content.length >= 6 && DISPLAY_P3.includes(content.readUInt16BE(4))) colour = "display-p3";
  }
  return colour;
}

/** Returns the contents of an item's `colr` boxes (ISO/IEC 23008-12, 9.3.1). @throws RangeError for a box that is cut off */
function coloursOf(item: number, meta: Buffer): Buffer[] {
  const properties = boxIn(meta, "iprp");
  const boxes = properties && boxIn(properties, "ipco");
  const associations = properties && boxIn(properties, "ipma");
  if (!boxes || !associations) return [];
  const all = [...boxesIn(boxes)];
  const own = indexesOf(item, associations).flatMap((index) => all[index - 1] ?? []);
  return own.flatMap(({ type, content }) => (type === "colr" ? [content] : []));
}

/** Returns the first of the items that one is put together from (`dimg`; ISO/IEC 14496-12, 8.11.12). @throws RangeError */
function firstTileOf(item: number, meta: Buffer): number | undefined {
  const references = boxIn(meta, "iref");
  if (!references) return undefined;
  const idBytes = references.readUInt8(0) === 0 ? 2 : 4;
  for (const { type, content } of boxesIn(references.subarray(VERSION_AND_FLAGS))) {
    if (type === "dimg" && readId(content, 0, idBytes) === item) return readId(content, idBytes + 2, idBytes);
  }
  return undefined;
}

function readId(bytes: Buffer, at: number, idBytes: 2 | 4): number {
  return bytes.readUIntBE(at, idBytes);
}

/** Returns the indexes, from 1, of an item's properties (`ipma`). @throws RangeError for a box that is cut off */
function indexesOf(item: number, associations: Buffer): number[] {
  const idBytes = associations.readUInt8(0) === 0 ? 2 : 4;
  const indexBytes = associations.readUInt8(3) & 1 ? 2 : 1;
  let at = VERSION_AND_FLAGS + 4;
  for (let left = associations.readUInt32BE(VERSION_AND_FLAGS); left > 0; left--) {
    const id = associations.readUIntBE(at, idBytes);
    const count = associations.readUInt8(at + idBytes);
    const start = at + idBytes + 1;
    at = start + count * indexBytes;
    if (id !== item) continue;
    // The first bit says that a reader must know the property.
    const bits = 8 * indexBytes - 1;
    return Array.from(
      { length: count },
      (_, index) => associations.readUIntBE(start + index * indexBytes, indexBytes) & (2 ** bits - 1),
    );
  }
  return [];
}
