// The floor: sharp alone, on bytes in memory, with the resizer's encoder settings and threads.
import sharp from "sharp";
import { readSettings } from "../../../functions/resizer/settings";
import { parseSpec } from "../../../functions/variant-key";
import { serve } from "../serve";

const { quality, effort, fit, position } = readSettings(process.env);
sharp.cache(false);
sharp.concurrency(1);

serve(async (original, { spec: text }) => {
  const spec = parseSpec(text);
  const { width, height } = spec?.size ?? {};
  const box = width !== undefined && height !== undefined;
  const image = sharp(original)
    .autoOrient()
    .resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(box ? { fit, position } : {}),
      withoutEnlargement: true,
    });
  switch (spec?.format) {
    case "webp":
      return image.webp({ quality: quality.webp, effort: effort.webp }).toBuffer();
    case "avif":
      return image.avif({ quality: quality.avif, effort: effort.avif }).toBuffer();
    case "png":
      return image.png().toBuffer();
    default:
      return image.jpeg({ quality: quality.jpeg, progressive: true }).toBuffer();
  }
});
