import sharp from "sharp";
import { parseSpec } from "../../../functions/variant-key";
import { luminanceOf, similarity } from "../kit/similarity";

/**
 * How alike a variant and a lossless one of the same photograph are: the mean SSIM of their luminance, 1 for equal.
 * Undefined where the variant has other dimensions.
 */
export async function similarityToLossless(
  original: string,
  text: string,
  variant: Uint8Array,
): Promise<number | undefined> {
  const spec = parseSpec(text);
  const { width, height } = spec?.size ?? {};
  const reference = await luminanceOf(
    sharp(original)
      .autoOrient()
      .resize({
        ...(width === undefined ? {} : { width }),
        ...(height === undefined ? {} : { height }),
        withoutEnlargement: true,
      }),
  );
  const made = await luminanceOf(sharp(variant));
  if (made.width !== reference.width || made.height !== reference.height) return undefined;
  return similarity(reference, made);
}
