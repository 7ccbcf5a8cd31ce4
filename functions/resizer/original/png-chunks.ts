import { crc32 } from "node:zlib";
import { ascii } from "./format";

/** Offset of the first chunk, after the signature. */
const FIRST_CHUNK = 8;
/** Bytes of a chunk before its data: a length and a type. */
const BEFORE_DATA = 8;
const CHECKSUM = 4;

/** A chunk of a PNG (PNG specification, 5.3). */
export interface Chunk {
  readonly type: string;
  readonly at: number;
  readonly data: Buffer;
  /** Offset of the byte after the checksum. */
  readonly end: number;
}

/** Returns the chunks of a PNG; the data of one that is cut off end with the file. */
export function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = FIRST_CHUNK; at + BEFORE_DATA <= bytes.length;) {
    const dataAt = at + BEFORE_DATA;
    const dataEnd = dataAt + bytes.readUInt32BE(at);
    const chunk = { type: ascii(bytes, at + 4), at, data: bytes.subarray(dataAt, dataEnd), end: dataEnd + CHECKSUM };
    yield chunk;
    if (chunk.type === "IEND") return;
    at = chunk.end;
  }
}

/** Returns whether a chunk's checksum is there and right. */
export function isSound(bytes: Buffer, { at, end }: Chunk): boolean {
  return end <= bytes.length && bytes.readUInt32BE(end - CHECKSUM) === crc32(bytes.subarray(at + 4, end - CHECKSUM));
}

/** Returns the parts of a new chunk with a right checksum. */
export function writeChunk(type: string, parts: readonly Buffer[]): Buffer[] {
  const head = Buffer.alloc(BEFORE_DATA);
  head.writeUInt32BE(parts.reduce((length, part) => length + part.length, 0));
  head.write(type, 4, "latin1");
  const checksum = Buffer.alloc(CHECKSUM);
  checksum.writeUInt32BE(parts.reduce((crc, part) => crc32(part, crc), crc32(head.subarray(4))));
  return [head, ...parts, checksum];
}
