import { crc32 } from "node:zlib";
import { chunksOf, writeChunk } from "../../../../../functions/resizer/original/png-chunks";
import { segmentsOf } from "../../../../../functions/resizer/original/jpeg-segments";

/** Returns a file with damage, or with what only looks like it. `random` is from 0 to 1. */
export type Change = (bytes: Buffer, random: () => number) => Buffer;

const SOS = 0xda;
const APP0 = 0xe0;
/** Adobe's segment with a transform that does not exist. */
const ADOBE = jpegSegment(0xee, Buffer.concat([Buffer.from("Adobe\0\x64\0\0\0\0", "latin1"), Buffer.from([7])]));
const JFIF = jpegSegment(APP0, Buffer.from("4a46494600010100000100010000", "hex"));

/** Returns a segment of a JPEG. */
export function jpegSegment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Returns a JPEG of sharp's as cameras write it: with a JFIF segment. */
export function withJfif(jpeg: Buffer): Buffer {
  return insert(jpeg, 2, JFIF);
}

export function insert(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

function edit(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** Returns the offset of a segment, the first being 0. */
function segmentAt(jpeg: Buffer, index: number): number {
  return [...segmentsOf(jpeg)][index]?.at ?? 0;
}

/** Sets a byte of the first scan's parameters, which are its last three. */
function setScan(fromEnd: number, value: number): Change {
  return (jpeg) =>
    edit(jpeg, (copy) => {
      const scan = [...segmentsOf(copy)].find(({ marker }) => marker === SOS);
      copy[(scan?.end ?? 0) - fromEnd] = value;
    });
}

/** Changes of a whole JPEG with a JFIF segment that leave the image as it is, as files of cameras, scanners and editors have them. */
const WHOLE_JPEG: Readonly<Record<string, Change>> = {
  "a stray byte between headers": (jpeg) => insert(jpeg, segmentAt(jpeg, 1), Buffer.from([0])),
  "18 stray bytes between headers": (jpeg) => insert(jpeg, segmentAt(jpeg, 2), Buffer.alloc(18, 7)),
  "JFIF version 2.01": (jpeg) => edit(jpeg, (copy) => (copy[segmentAt(copy, 0) + 9] = 2)),
  "an unknown Adobe transform": (jpeg) => Buffer.concat([jpeg.subarray(0, 2), ADOBE, jpeg.subarray(2 + JFIF.length)]),
  "no end": (jpeg) => jpeg.subarray(0, -2),
  "half an end": (jpeg) => jpeg.subarray(0, -1),
  "zeros for an end": (jpeg) => Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(300)]),
  "bytes after the end": (jpeg) => Buffer.concat([jpeg, Buffer.alloc(300, 9)]),
};

const WHOLE_SEQUENTIAL_JPEG: Readonly<Record<string, Change>> = {
  ...WHOLE_JPEG,
  "Se = 0": setScan(2, 0),
  "Al = 1": setScan(1, 1),
  "Ss = 1": setScan(3, 1),
  "bytes before the end": (jpeg) => insert(jpeg, jpeg.length - 2, Buffer.from([1, 2, 3])),
};

/** Makes a checksum wrong: that of the first chunk of a type. */
function spoilChecksum(type: string): Change {
  return (png) =>
    edit(png, (copy) => {
      flip(copy, ([...chunksOf(copy)].find((chunk) => chunk.type === type)?.end ?? 0) - 1);
    });
}

function flip(bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}

const WHOLE_PNG: Readonly<Record<string, Change>> = {
  "a wrong checksum of IDAT": spoilChecksum("IDAT"),
  "a wrong checksum of IHDR": spoilChecksum("IHDR"),
  "a wrong checksum of IEND": spoilChecksum("IEND"),
  "a wrong Adler": (png) =>
    edit(png, (copy) => {
      const last = [...chunksOf(copy)].findLast(({ type }) => type === "IDAT");
      if (!last) return;
      flip(copy, last.end - 5);
      copy.writeUInt32BE(crc32(copy.subarray(last.at + 4, last.end - 4)), last.end - 4);
    }),
  "no IEND": (png) => png.subarray(0, -12),
  "half an IEND": (png) => png.subarray(0, -6),
  "no last checksum": (png) => png.subarray(0, -14),
  "bytes after the end": (png) => Buffer.concat([png, Buffer.alloc(300, 9)]),
  "an unknown chunk": (png) => insert(png, 33, Buffer.concat(writeChunk("prVt", [Buffer.from("?")]))),
};

const claiming = (difference: number): Change => {
  return (webp) => edit(webp, (copy) => copy.writeUInt32LE(copy.length - 8 + difference, 4));
};

const WHOLE_WEBP: Readonly<Record<string, Change>> = {
  "a RIFF size that is too small": claiming(-1000),
  "a RIFF size that is 1 too small": claiming(-1),
  "a RIFF size that is too large": claiming(1000),
  "a RIFF size of 0": (webp) => edit(webp, (copy) => copy.writeUInt32LE(0, 4)),
  "bytes after the end": (webp) => Buffer.concat([webp, Buffer.alloc(300, 9)]),
};

const WHOLE_AVIF: Readonly<Record<string, Change>> = {
  "bytes after the end": (avif) => Buffer.concat([avif, Buffer.alloc(300, 9)]),
};

/** Changes that leave the image whole, by the kind of file. */
export const WHOLE = {
  sequential: WHOLE_SEQUENTIAL_JPEG,
  progressive: WHOLE_JPEG,
  png: WHOLE_PNG,
  webp: WHOLE_WEBP,
  avif: WHOLE_AVIF,
} as const;

/** Bytes at the start of a file that stay: damaged headers are rejected or repaired, never half shown. */
const SPARED = 0.02;

/** Returns a random offset behind the share `from` of the file. */
function somewhere(bytes: Buffer, random: () => number, from: number): number {
  return Math.floor(bytes.length * (from + random() * (1 - from)));
}

const cut =
  (share: number): Change =>
  (bytes) =>
    bytes.subarray(0, Math.floor(bytes.length * share));
const zeroTail =
  (share: number): Change =>
  (bytes) =>
    edit(bytes, (copy) => copy.fill(0, Math.floor(copy.length * share)));
const zeros =
  (length: number, from: number): Change =>
  (bytes, random) =>
    edit(bytes, (copy) => {
      const at = somewhere(copy, random, from);
      copy.fill(0, at, Math.min(copy.length, at + length));
    });

const changesBehind = (from: number): Readonly<Record<string, Change>> => ({
  "a bit": (bytes, random) =>
    edit(bytes, (copy) => {
      const at = somewhere(copy, random, from);
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }),
  "a byte": (bytes, random) =>
    edit(bytes, (copy) => (copy[somewhere(copy, random, from)] = Math.floor(random() * 256))),
  "16 zeros": zeros(16, from),
  "a block of zeros": zeros(512, from),
  "a byte less": (bytes, random) => {
    const at = somewhere(bytes, random, from);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  },
  "a byte more": (bytes, random) =>
    insert(bytes, somewhere(bytes, random, from), Buffer.from([Math.floor(random() * 256)])),
});

/** Truncations of any file. */
const CUTS: Readonly<Record<string, Change>> = {
  "3 bytes missing": (bytes) => bytes.subarray(0, -3),
  "40 bytes missing": (bytes) => bytes.subarray(0, -40),
  ...Object.fromEntries(
    [0.995, 0.99, 0.98, 0.97, 0.95, 0.9, 0.75, 0.5, 0.2].map((share) => [`${share} there`, cut(share)]),
  ),
  ...Object.fromEntries([0.98, 0.9, 0.5].map((share) => [`zeros from ${share} on`, zeroTail(share)])),
};

/** Truncations, and damage anywhere (four times) or in the last twentieth (twice). */
export const DAMAGE: readonly (readonly [name: string, change: Change])[] = [
  ...Object.entries(CUTS),
  ...[SPARED, SPARED, SPARED, SPARED, 0.95, 0.95].flatMap((from) => Object.entries(changesBehind(from))),
];
