import { Readable } from "node:stream";
import { constants, createInflateRaw } from "node:zlib";
import { type PngFrame, readFrame } from "./png";
import { type Chunk, chunksOf, isSound, writeChunk } from "./png-chunks";

const SIGNATURE = 8;

/** Bytes of a zlib stream before its data and after them (RFC 1950, 2.2). */
const ZLIB_HEADER = 2;
const ADLER = 4;

/** Channels of a pixel by the colour type (PNG specification, table 9). */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row of each pass, and the distances of its pixels (PNG specification, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * Returns a PNG with right checksums, if its pixels are all there and one of the two kinds of checksums proves them: those
 * of the chunks, or that of the compressed data.
 */
export async function repairPng(bytes: Buffer): Promise<Buffer | undefined> {
  const frame = readFrame(bytes);
  if (!frame) return undefined;
  const chunks = [...chunksOf(bytes)];
  const data = chunks.filter(({ type }) => type === "IDAT");
  const [header, ...others] = data.map((chunk) => chunk.data);
  if (!header) return undefined;
  const inflated = await inflate([header.subarray(ZLIB_HEADER), ...others], rawLength(frame));
  if (!inflated) return undefined;
  const stream = Buffer.concat([header, ...others]);
  const end = ZLIB_HEADER + inflated.used;
  const proven = stream.length >= end + ADLER && stream.readUInt32BE(end) === inflated.adler;
  if (!proven && !data.every((chunk) => isSound(bytes, chunk) || chunk.end > bytes.length)) return undefined;
  const adler = Buffer.alloc(ADLER);
  adler.writeUInt32BE(inflated.adler);
  const pixels = writeChunk("IDAT", [stream.subarray(0, end), adler]);
  return Buffer.concat([
    bytes.subarray(0, SIGNATURE),
    ...chunks.flatMap((chunk) => {
      if (chunk === data[0]) return pixels;
      if (chunk.type === "IDAT" || chunk.type === "IEND" || chunk.end > bytes.length) return [];
      return writeChunk(chunk.type, [chunk.data]);
    }),
    ...writeChunk("IEND", []),
  ]);
}

/** Returns the part of a PNG before the first pixels whose checksum is wrong. */
export function soundPartOf(bytes: Buffer): Buffer {
  const wrong = (chunk: Chunk) => chunk.type === "IDAT" && chunk.end <= bytes.length && !isSound(bytes, chunk);
  for (const chunk of chunksOf(bytes)) if (wrong(chunk)) return bytes.subarray(0, chunk.at);
  return bytes;
}

/** Inflates the pixels, and forgets them; undefined if they are not `length` bytes, or damaged. */
async function inflate(parts: readonly Buffer[], length: number) {
  const inflating = Readable.from(parts).pipe(createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH }));
  let inflated = 0;
  let adler = 1;
  try {
    for await (const chunk of inflating as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      // A little more is no damage; much more is a bomb.
      if (inflated > 2 * length) return undefined;
      adler = adler32(chunk, adler);
    }
  } catch {
    return undefined;
  }
  return inflated < length ? undefined : { adler, used: inflating.bytesWritten };
}

/** Returns the number of bytes of the pixels before compression, with a filter's byte for each row. */
function rawLength({ width, height, bitDepth, colourType, interlaced }: PngFrame): number {
  const rows = (columns: number, count: number) =>
    columns === 0 ? 0 : count * (1 + Math.ceil((columns * bitDepth * (CHANNELS[colourType] ?? 0)) / 8));
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce(
    (sum, [left, top, across, down]) =>
      sum + rows(Math.max(0, Math.ceil((width - left) / across)), Math.max(0, Math.ceil((height - top) / down))),
    0,
  );
}

/** Continues a checksum (RFC 1950, 8.2). */
function adler32(bytes: Buffer, from: number): number {
  const MODULUS = 65_521;
  /** Bytes whose sums stay below 2 ** 32. */
  const STRETCH = 3800;
  let low = from & 0xffff;
  let high = from >>> 16;
  for (let at = 0; at < bytes.length;) {
    for (const end = Math.min(bytes.length, at + STRETCH); at < end; at++) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}
