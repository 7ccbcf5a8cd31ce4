/** Second bytes of a JPEG's markers (ITU-T T.81, table B.1). */
export const MARKER = { soi: 0xd8, eoi: 0xd9, sos: 0xda, app0: 0xe0, app14: 0xee, tem: 0x01 } as const;

export const END_OF_IMAGE = Buffer.from([0xff, MARKER.eoi]);

/** Offset of the first segment. */
const AFTER_SOI = 2;

/** A segment of a JPEG: a marker, a length, and its content. */
export interface Segment {
  readonly marker: number;
  /** Offset of what was skipped to find the marker: a scan's data, fill bytes, or bytes that do not belong there. */
  readonly skippedAt: number;
  readonly at: number;
  readonly content: Buffer;
  /** Offset of the byte after the content. */
  readonly end: number;
}

/** Returns the segments of a JPEG up to its end, or to the one that is cut off (ITU-T T.81, B.1.1). */
export function* segmentsOf(bytes: Buffer): Generator<Segment> {
  let skippedAt = AFTER_SOI;
  for (let at = nextMarker(bytes, skippedAt); at !== -1; at = nextMarker(bytes, skippedAt)) {
    const marker = bytes[at + 1] ?? MARKER.eoi;
    if (marker === MARKER.eoi || at + 4 > bytes.length) return;
    const standsAlone = marker === MARKER.tem || marker === MARKER.soi;
    const end = at + 2 + (standsAlone ? 0 : Math.max(2, bytes.readUInt16BE(at + 2)));
    if (end > bytes.length) return;
    yield { marker, skippedAt, at, content: bytes.subarray(at + 4, end), end };
    skippedAt = end;
  }
}

/** Returns the offset of the next marker, fill bytes passed over; -1 where there is none. */
function nextMarker(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const code = bytes[at + 1];
    if (code === undefined) return -1;
    if (code === 0xff) at++;
    // Within the data of a scan are stuffed zeros and restart markers.
    else if (code !== 0 && !(code >= 0xd0 && code <= 0xd7)) return at;
    // No call of `indexOf` for each of a million markers in a row.
    else if (bytes[at + 2] === 0xff) at += 2;
    else at = bytes.indexOf(0xff, at + 2);
  }
  return -1;
}

/** Returns whether a marker begins a frame: SOF0 to SOF15 but for DHT, JPG and DAC. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
