import { boxesIn, boxIn } from "../original/boxes";

/** Bytes of a full box before its content: a version and flags. */
const VERSION_AND_FLAGS = 4;
/** Codes of Display P3's primaries (ITU-T H.273, table 2: SMPTE RP 431-2 and EG 432-1). */
const DISPLAY_P3 = [11, 12];

/** Colours of an image: an ICC profile, or the space that a code names; undefined for sRGB. */
export type Colour = Buffer | "display-p3" | undefined;

/** Reads the colours of a HEIC's primary image from its `colr` boxes (ISO/IEC 14496-12, 12.1.5); a profile comes first. */
export function readColour(bytes: Buffer): Colour {
  let colour: Colour;
  for (const { type, content } of primaryProperties(bytes)) {
    if (type !== "colr") continue;
    const kind = content.toString("latin1", 0, 4);
    if (kind === "prof" || kind === "rICC") return content.subarray(4);
    if (kind === "nclx" && content.length >= 6 && DISPLAY_P3.includes(content.readUInt16BE(4))) colour = "display-p3";
  }
  return colour;
}

/** Returns the properties of the primary item (ISO/IEC 23008-12, 9.3.1), as far as the boxes are whole. */
function primaryProperties(bytes: Buffer) {
  const meta = boxIn(bytes, "meta")?.subarray(VERSION_AND_FLAGS);
  const primary = meta && boxIn(meta, "pitm");
  const properties = meta && boxIn(meta, "iprp");
  const boxes = properties && boxIn(properties, "ipco");
  const associations = properties && boxIn(properties, "ipma");
  if (!primary || !boxes || !associations) return [];
  try {
    const id = primary[0] === 0 ? primary.readUInt16BE(VERSION_AND_FLAGS) : primary.readUInt32BE(VERSION_AND_FLAGS);
    const all = [...boxesIn(boxes)];
    return indexesOf(id, associations).flatMap((index) => all[index - 1] ?? []);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
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
