import sharp from "sharp";
import { ssim } from "ssim.js";
import { parseSpec } from "../../functions/variant-key";

/**
 * How alike a variant and a lossless one of the same photograph are: the mean SSIM of their luminance, 1 for equal.
 * Undefined where the variant has other dimensions.
 */
export async function similarity(original: string, text: string, variant: Uint8Array): Promise<number | undefined> {
  const spec = parseSpec(text);
  const { width, height } = spec?.size ?? {};
  const reference = await pixels(
    sharp(original)
      .autoOrient()
      .resize({
        ...(width === undefined ? {} : { width }),
        ...(height === undefined ? {} : { height }),
        withoutEnlargement: true,
      }),
  );
  const made = await pixels(sharp(variant));
  if (made.width !== reference.width || made.height !== reference.height) return undefined;
  return ssim(reference, made).mssim;
}

async function pixels(image: sharp.Sharp) {
  const { data, info } = await image.toColourspace("srgb").flatten().ensureAlpha().raw().toBuffer({
    resolveWithObject: true,
  });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}
