import { ascii } from "./format";

/** A box of an ISO base media file, with its content. */
export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** Returns the boxes that follow each other in `bytes` (ISO/IEC 14496-12, 4.2); one that is cut off ends with the bytes. */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = bytes.readUInt32BE(at);
    const large = short === 1 && at + 16 <= bytes.length;
    const head = large ? 16 : 8;
    const length = large ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    // 0 is a box to the end of the file.
    const end = length === 0 ? bytes.length : at + Math.max(head, length);
    yield { type: ascii(bytes, at + 4), content: bytes.subarray(at + head, end) };
    at = end;
  }
}

/** Returns the content of the first box of a type. */
export function boxIn(bytes: Buffer, type: string): Buffer | undefined {
  for (const box of boxesIn(bytes)) if (box.type === type) return box.content;
  return undefined;
}
