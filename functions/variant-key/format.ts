/** Formats that a key can name, and a stack can list. */
export const FORMATS = ["jpeg", "png", "webp", "avif"] as const;

export type Format = (typeof FORMATS)[number];

/** Format of a variant: GIF is that of a GIF's variants whose keys name no format. */
export type VariantFormat = Format | "gif";

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

/** Returns the media type of a format, as registered with IANA. */
export function contentType(format: VariantFormat): string {
  return `image/${format}`;
}
