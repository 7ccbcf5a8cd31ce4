/** Formats of variants and of originals. */
export const FORMATS = ["jpeg", "png", "webp", "avif"] as const;

export type Format = (typeof FORMATS)[number];

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

/** Returns the media type of a format, as registered with IANA. */
export function contentType(format: Format): string {
  return `image/${format}`;
}
