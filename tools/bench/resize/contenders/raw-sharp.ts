// The floor: sharp alone, on bytes in memory, with the resizer's encoder settings and threads.
import sharp from "sharp";
import { encode } from "../../../../functions/resizer/encode";
import { readSettings } from "../../../../functions/resizer/settings";
import { parseSpec } from "../../../../functions/variant-key";
import { serve } from "../serve";

const settings = readSettings(process.env);
const { fit, position } = settings;
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
  return encode(image, spec?.format ?? "jpeg", settings).toBuffer();
});
