/** Header of an original, read without decoding it. */
export interface Header {
  /** Bytes for the decoder: the original's own where nothing had to be repaired. */
  readonly bytes: Buffer;
  /** Size as stored, before any rotation, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Number of passes over the whole image that the decoder makes, of a progressive JPEG. Default: 1. */
  readonly scans?: number;
  /** True if the file ends before its end is marked, of a JPEG. */
  readonly endMissing?: boolean;
  /** Number of images that the decoder walks through, of an animation. Default: 1. */
  readonly frames?: number;
  /** True if pixels may be transparent, of a TIFF. Default: false. */
  readonly hasAlpha?: boolean;
  /** True if no warning of the decoder is about pixels, whose damage is an error. Default: false. */
  readonly warnsOfTagsOnly?: boolean;
  /** True if its colours are those of Display P3 by a code, which sharp does not read, of an AVIF. Default: false. */
  readonly isDisplayP3?: boolean;
  /** Pixels of the stack's limit that one counts for, of an AVIF. Default: 1. */
  readonly pixelWeight?: number;
  /** True if its colours are those of a palette, of a PNG. Default: false. */
  readonly hasPalette?: boolean;
  /** True if few bytes hold its pixels, as of text, drawings and screenshots, of a PNG. Default: false. */
  readonly isFlat?: boolean;
}

/** Reads the header of one format; undefined if the file has none that can be decoded. */
export type HeaderReader = (bytes: Buffer) => Header | undefined;
