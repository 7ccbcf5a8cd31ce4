/** A TIFF's header and its one directory, before the pixels: image/tiff, uncompressed, 8 bits a sample, with a profile. */
const HEADER_BYTES = 8;
const ENTRIES = 9;
const DIRECTORY_BYTES = 2 + (ENTRIES + 2) * 12 + 4;
/** Bits of up to four samples, which fit into no entry. */
const BITS_BYTES = 8;
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const PROFILE_TAG = 34_675;

/** Returns the number of bytes that a TIFF needs before its pixels. */
export function bytesBeforePixels(profile: Buffer | undefined): number {
  return HEADER_BYTES + DIRECTORY_BYTES + BITS_BYTES + (profile?.length ?? 0) + ((profile?.length ?? 0) % 2);
}

/** Size of pixels in RGB, or in RGB and alpha. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Makes a TIFF of pixels, in place, which is the only way to hand sharp pixels with their profile.
 * @param bytes `bytesBeforePixels` of room, then the pixels
 */
export function writeTiffHeader(bytes: Buffer, { width, height, channels }: PixelSize, profile?: Buffer): void {
  const bitsAt = HEADER_BYTES + DIRECTORY_BYTES;
  const profileAt = bitsAt + BITS_BYTES;
  const pixelsAt = bytesBeforePixels(profile);
  const entries: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, bitsAt],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, bytes.length - pixelsAt],
    // The fourth is alpha, by which the others are not multiplied.
    ...(channels === 4 ? [[338, SHORT, 1, 2] as const] : []),
    ...(profile ? [[PROFILE_TAG, UNDEFINED, profile.length, profileAt] as const] : []),
  ];
  bytes.write("II*\0", 0, "latin1");
  bytes.writeUInt32LE(HEADER_BYTES, 4);
  bytes.writeUInt16LE(entries.length, HEADER_BYTES);
  entries.forEach(([tag, type, count, value], index) => {
    const at = HEADER_BYTES + 2 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  for (let sample = 0; sample < channels; sample++) bytes.writeUInt16LE(8, bitsAt + 2 * sample);
  profile?.copy(bytes, profileAt);
}
