import { Refusal } from "../refusal";
import type { Header } from "./header";

/** Tags of a page (TIFF 6.0, section 8). */
const TAGS = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  samplesPerPixel: 277,
  tileWidth: 322,
  tileLength: 323,
  extraSamples: 338,
};
/** Bytes of a number, by its field type: BYTE, SHORT, LONG and LONG8. */
const NUMBER_BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 16: 8 };
/** Four inks and transparency, of 16 bits each: the decoder holds each sample of a row. */
const MAX_SAMPLES = 5;
const MAX_BITS = 16;
/** Compressions of which libtiff warns as it decodes: those of fax machines, and the two of JPEG. */
const WARNING_COMPRESSIONS = [2, 3, 4, 6, 7];
/** Pixels of a tile that is larger than its image: no writer makes more. */
const MAX_TILE = 2048 ** 2;

/**
 * Reads the header of a TIFF's first page, of the classic kind or of BigTIFF.
 * @throws Refusal `not-an-image` for samples that no scanner and no camera writes into a file for others
 */
export function readTiff(bytes: Buffer): Header | undefined {
  const read = new Directory(bytes);
  const [width, height] = [read.first(TAGS.width), read.first(TAGS.height)];
  if (!width || !height) return undefined;
  const samples = read.first(TAGS.samplesPerPixel) ?? 1;
  const bits = Math.max(...read.numbers(TAGS.bitsPerSample, MAX_SAMPLES), 1);
  if (samples > MAX_SAMPLES || bits > MAX_BITS) {
    const what = samples > MAX_SAMPLES ? `${samples} samples a pixel` : `${bits} bits a sample`;
    const allowed = `at most ${MAX_SAMPLES} samples of ${MAX_BITS} bits are accepted`;
    throw new Refusal("not-an-image", `The original is a TIFF image with ${what}: ${allowed}.`);
  }
  const tile = (read.first(TAGS.tileWidth) ?? 0) * (read.first(TAGS.tileLength) ?? 0);
  if (tile > Math.max(MAX_TILE, width * height)) return undefined;
  return {
    bytes,
    width,
    height,
    hasAlpha: read.first(TAGS.extraSamples) !== undefined,
    warnsOfTagsOnly: !WARNING_COMPRESSIONS.includes(read.first(TAGS.compression) ?? 1),
  };
}

/** The first directory of a TIFF: tags with numbers. */
class Directory {
  readonly #bytes: Buffer;
  readonly #littleEndian: boolean;
  /** Bytes of an offset, a count and a value: 4, and 8 in BigTIFF. */
  readonly #word: 4 | 8;
  readonly #entries = new Map<number, number>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#littleEndian = bytes[0] === 0x49;
    const big = this.#number(2, 2) === 43;
    this.#word = big ? 8 : 4;
    const start = this.#number(big ? 8 : 4, this.#word) ?? bytes.length;
    const countBytes = big ? 8 : 2;
    const entryBytes = 4 + 2 * this.#word;
    const count = this.#number(start, countBytes) ?? 0;
    for (let at = start + countBytes; at < start + countBytes + count * entryBytes && at < bytes.length;) {
      const tag = this.#number(at, 2);
      if (tag !== undefined) this.#entries.set(tag, at);
      at += entryBytes;
    }
  }

  first(tag: number): number | undefined {
    return this.numbers(tag, 1)[0];
  }

  /** Returns at most `most` numbers of a tag; none for a tag that is absent, cut off or of another type. */
  numbers(tag: number, most: number): number[] {
    const entry = this.#entries.get(tag);
    const size = NUMBER_BYTES[(entry === undefined ? undefined : this.#number(entry + 2, 2)) ?? 0];
    if (entry === undefined || size === undefined) return [];
    const count = this.#number(entry + 4, this.#word) ?? 0;
    const value = entry + 4 + this.#word;
    const start = count * size <= this.#word ? value : this.#number(value, this.#word);
    if (start === undefined) return [];
    const offsets = Array.from({ length: Math.min(count, most) }, (_, index) => start + index * size);
    return offsets.flatMap((at) => this.#number(at, size) ?? []);
  }

  #number(at: number, size: number): number | undefined {
    if (at + size > this.#bytes.length) return undefined;
    if (size === 8) {
      return Number(this.#littleEndian ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at));
    }
    return this.#littleEndian ? this.#bytes.readUIntLE(at, size) : this.#bytes.readUIntBE(at, size);
  }
}
