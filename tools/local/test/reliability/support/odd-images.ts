import { deflateSync } from "node:zlib";
import { pngChunk } from "./hostile-files";
import { quarters } from "./images";

/** Offset of the first chunk after a PNG's header. */
const AFTER_IHDR = 33;
const TRAILER = Buffer.alloc(500, 7);

/** Returns sound images that break their formats' standards a little, as cameras and editors write them. */
export async function oddImages(): Promise<Readonly<Record<string, Buffer>>> {
  const image = await quarters(200, 100);
  const jpeg = await image.clone().jpeg().toBuffer();
  const png = await image.clone().png().toBuffer();
  const junkProfile = Buffer.concat([Buffer.from("x\0\0"), deflateSync(Buffer.alloc(200, 65))]);
  const wrongCheck = pngChunk("tEXt", Buffer.from("a\0b"));
  wrongCheck[wrongCheck.length - 1] = (wrongCheck[wrongCheck.length - 1] ?? 0) ^ 1;
  return {
    "a JPEG with bytes after its end": Buffer.concat([jpeg, TRAILER]),
    "two JPEGs in one file": Buffer.concat([jpeg, jpeg]),
    "a JPEG with fill bytes": insert(jpeg, 2, Buffer.from([0xff, 0xff])),
    "a JPEG with stray bytes before its end": insert(jpeg, jpeg.length - 2, Buffer.from([1, 2, 3])),
    "a JPEG with stray bytes between its headers": insert(jpeg, secondSegment(jpeg), Buffer.from([0, 1])),
    "a JPEG with broken EXIF": insert(jpeg, 2, segment(0xe1, Buffer.from("Exif\0\0MM\0*\xff\xff\xff\xff", "latin1"))),
    "a JPEG with a broken profile": insert(jpeg, 2, segment(0xe2, Buffer.from("ICC_PROFILE\0\x01\x01junk", "latin1"))),
    "a PNG with bytes after its end": Buffer.concat([png, TRAILER]),
    "a PNG without its end": png.subarray(0, png.length - 12),
    "a PNG with a broken profile": insert(png, AFTER_IHDR, pngChunk("iCCP", junkProfile)),
    "a PNG with a wrong checksum of a text": insert(png, AFTER_IHDR, wrongCheck),
    "a PNG with an unknown chunk": insert(png, AFTER_IHDR, pngChunk("prVt", Buffer.from("?"))),
    "a WebP with bytes after its end": Buffer.concat([await image.clone().webp().toBuffer(), TRAILER]),
    "an AVIF with bytes after its end": Buffer.concat([await image.clone().avif().toBuffer(), TRAILER]),
  };
}

function insert(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

/** Returns the offset of a JPEG's second segment. */
function secondSegment(jpeg: Buffer): number {
  return 4 + jpeg.readUInt16BE(4);
}

/** Returns a segment of a JPEG. */
function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}
