import type { Header } from "./header";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;

/** Reads the header of a JPEG, and counts its scans (ITU-T T.81, annex B). */
export function readJpeg(bytes: Buffer): Header | undefined {
  let size: { width: number; height: number } | undefined;
  let scans = 0;
  for (let at = 2; ;) {
    at = bytes.indexOf(0xff, at);
    const marker = bytes[at + 1];
    if (at === -1 || marker === undefined || marker === EOI) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) break;
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    if (isFrame(marker) && at + 9 <= bytes.length) {
      size ??= { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    if (marker === SOS) scans++;
    at = next;
  }
  return size && { bytes, ...size, scans };
}

/** Returns whether a marker has no segment: stuffed zeros and restart markers in the data, and a few others. */
function standsAlone(marker: number): boolean {
  return marker === 0 || marker === TEM || (marker >= 0xd0 && marker <= SOI);
}

/** Returns whether a marker begins a frame: SOF0 to SOF15 but for DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
