// sharp as it is: its own encoder settings, cache and threads.
import sharp from "sharp";
import { parseSpec } from "../../../../functions/variant-key";
import { serve } from "../serve";

serve((original, { spec: text }) => {
  const spec = parseSpec(text);
  const { width, height } = spec?.size ?? {};
  return sharp(original)
    .autoOrient()
    .resize({ ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) })
    .toFormat(spec?.format ?? "jpeg")
    .toBuffer();
});
