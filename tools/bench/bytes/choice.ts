import { encodingMs, MOST_MS_A_MEGAPIXEL, priceOf, type Variant } from "./price";
import type { BytesResult, EncoderRow } from "./result";
import { ALL } from "./summary";

/**
 * Sums that are less apart than this share are as good as one another: photographs and machines differ by more. Of such
 * the one counts that the first viewer waits least for.
 */
export const ALIKE = 0.02;

export function rowOf({ rows }: BytesResult, encoder: string, size: string): EncoderRow | undefined {
  return rows.find((row) => row.encoder === encoder && row.size === size);
}

/** The mean variant of an encoder over all sizes: the floor's mean bytes, by the encoder's median ratio. */
export function variantOf(result: BytesResult, encoder: string): Variant | undefined {
  const row = rowOf(result, encoder, ALL);
  const floor = result.floor.find(({ size }) => size === ALL);
  if (!row || !floor) return undefined;
  const mean = floor.bytes / result.images.length / result.sizes.length;
  return { cpuMs: row.cpuMs, bytes: mean * row.ratio.median };
}

/** How long a first viewer waits for the encoding of a megapixel, milliseconds. */
export function msAMegapixel(result: BytesResult, variant: Variant): number {
  return encodingMs(variant, result.encoding) / (result.floor.find(({ size }) => size === ALL)?.megapixels ?? NaN);
}

/** The encoder of a format to choose for so many downloads, of those that are quick enough for the largest variants. */
export function bestEncoder(result: BytesResult, format: string, downloads: number): string | undefined {
  const candidates = result.encoders.flatMap((encoder) => {
    const variant = encoder.format === format ? variantOf(result, encoder.name) : undefined;
    if (!variant || msAMegapixel(result, variant) > MOST_MS_A_MEGAPIXEL) return [];
    return [{ name: encoder.name, ...priceOf(variant, downloads, result.encoding) }];
  });
  const least = Math.min(...candidates.map(({ sum }) => sum));
  return candidates.filter(({ sum }) => sum <= least * (1 + ALIKE)).sort((a, b) => a.firstWait - b.firstWait)[0]?.name;
}
