// sharp and nothing else, with the resizer's encoder settings and threads; the original is read from its file.
import { createRequire } from "node:module";
import type Sharp from "sharp";
import { encode } from "../../../../functions/resizer/encode";
import { readSettings } from "../../../../functions/resizer/settings";
import { measure } from "../measure";

void measure(() => {
  const sharp = createRequire(__filename)("sharp") as typeof Sharp;
  sharp.concurrency(1);
  return () => {
    const settings = readSettings(process.env);
    const image = sharp(process.env.ORIGINAL ?? "")
      .autoOrient()
      .resize({ width: 640, withoutEnlargement: true });
    return encode(image, "jpeg", settings).toBuffer();
  };
});
