import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { jpegSegment } from "./damage";
import { pngChunk } from "./hostile-files";

const SOF2 = 0xc2;
const DHT = 0xc4;
const DQT = 0xdb;
const SOS = 0xda;
const BLOCK = 8;
/** A run of this many blocks without coefficients is the longest: the symbol 0xe0 and 14 bits (ITU-T T.81, G.1.2.2). */
const LONGEST_RUN = 2 ** 15 - 1;
/** Levels of a coefficient's bits, which each take a scan. */
const LEVELS = 13;

/** Returns a legal, grey, progressive JPEG of one colour with many scans, which are almost nothing: at most 882. */
export function scanBomb(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK);
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const parts = [
    Buffer.from([0xff, 0xd8]),
    jpegSegment(DQT, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)])),
    jpegSegment(SOF2, frame),
    huffmanTable(0x00, [0]),
    huffmanTable(0x10, [0xe0, 0x00]),
    // The first scan has a difference of zero for each block, one bit.
    scan(0, 0, 0, 0, "0".repeat(blocks)),
  ];
  const empty = runsOf(blocks);
  for (let number = 1; number < scans; number++) {
    const coefficient = 1 + Math.floor((number - 1) / (LEVELS + 1));
    const level = LEVELS - ((number - 1) % (LEVELS + 1));
    parts.push(scan(coefficient, coefficient, level === LEVELS ? 0 : level + 1, level, empty));
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])]);
}

/** Returns a table whose codes are 0, 10, 110 ... */
function huffmanTable(id: number, symbols: readonly number[]): Buffer {
  const counts = Buffer.alloc(16);
  for (const index of symbols.keys()) counts[index] = 1;
  return jpegSegment(DHT, Buffer.concat([Buffer.from([id]), counts, Buffer.from(symbols)]));
}

function scan(first: number, last: number, high: number, low: number, bits: string): Buffer {
  const data = Buffer.from(
    (bits.match(/.{1,8}/g) ?? []).flatMap((byte) => {
      const value = parseInt(byte.padEnd(8, "1"), 2);
      return value === 0xff ? [0xff, 0] : [value];
    }),
  );
  return Buffer.concat([jpegSegment(SOS, Buffer.from([1, 1, 0, first, last, (high << 4) | low])), data]);
}

/** Returns the bits for as many blocks without coefficients. */
function runsOf(blocks: number): string {
  let bits = "";
  let left = blocks;
  for (; left >= 2 ** 14; left -= Math.min(left, LONGEST_RUN)) {
    bits += "0" + (Math.min(left, LONGEST_RUN) - 2 ** 14).toString(2).padStart(14, "0");
  }
  return bits + "10".repeat(left);
}

/** Returns an animated WebP of as many frames of one pixel. */
export async function frameBomb(frames: number): Promise<Buffer> {
  const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } })
    .webp({ lossless: true })
    .toBuffer();
  const frame = riffChunk("ANMF", Buffer.concat([Buffer.alloc(12), Buffer.alloc(4), pixel.subarray(12)]));
  const body = Buffer.concat([
    Buffer.from("WEBP"),
    riffChunk("VP8X", Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    riffChunk("ANIM", Buffer.alloc(6)),
    Buffer.alloc(frame.length * frames, frame),
  ]);
  return riffChunk("RIFF", body);
}

function riffChunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** Returns the PNG with as many compressed texts, which inflate to 8 MB each. */
export function textBomb(png: Buffer, texts: number): Buffer {
  const text = deflateSync(Buffer.alloc(7_900_000, 65), { level: 9 });
  const chunks = Array.from({ length: texts }, (_, index) =>
    pngChunk("zTXt", Buffer.concat([Buffer.from(`text ${index}\0\0`), text])),
  );
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}
