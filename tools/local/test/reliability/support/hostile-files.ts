import { crc32, deflateRawSync, deflateSync } from "node:zlib";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Returns a chunk of a PNG. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

/** Returns a PNG of one colour and one bit a pixel: a hundred kilobytes that become a gigabyte of RGB. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height), { level: 1 });
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk("IHDR", header),
    pngChunk("IDAT", rows),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Returns the JPEG with another size in its frame header. */
export function jpegClaiming(jpeg: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(jpeg);
  const frame = [0xc0, 0xc2].map((marker) => changed.indexOf(Buffer.from([0xff, marker]))).find((at) => at > 0) ?? -1;
  changed.writeUInt16BE(height, frame + 5);
  changed.writeUInt16BE(width, frame + 7);
  return changed;
}

/** Returns the lossy WebP with another size in its frame header: 14 bits each. */
export function webpClaiming(webp: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(webp);
  const frame = changed.indexOf(Buffer.from([0x9d, 0x01, 0x2a]));
  changed.writeUInt16LE(width, frame + 3);
  changed.writeUInt16LE(height, frame + 5);
  return changed;
}

/** Returns the AVIF with another size in its image properties. */
export function avifClaiming(avif: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(avif);
  const property = changed.indexOf("ispe");
  changed.writeUInt32BE(width, property + 8);
  changed.writeUInt32BE(height, property + 12);
  return changed;
}

/** Returns a zip archive of one file of `size` zeros. */
export function zipBomb(size: number): Buffer {
  const zeros = Buffer.alloc(size);
  const data = deflateRawSync(zeros);
  const name = Buffer.from("zeros");
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc32(zeros), 14);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name, data]);
}

/** Files that are no images. */
export const NO_IMAGES: Readonly<Record<string, Buffer>> = {
  "an SVG with external references": Buffer.from(
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" ' +
      'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="http://169.254.169.254/"/><text>&x;</text></svg>',
  ),
  "a PDF": Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(http://evil.example)>>>>endobj\n%%EOF"),
  "an HTML page": Buffer.from("<!doctype html><script>alert(document.cookie)</script>"),
  "a zip bomb": zipBomb(20 * 1024 * 1024),
  "an empty file": Buffer.alloc(0),
  "three bytes": Buffer.from([0xff, 0xd8, 0x00]),
  "a script for ImageMagick": Buffer.from(
    "push graphic-context\nimage over 0,0 0,0 'https://evil.example/x'\npop graphic-context\n",
  ),
};
