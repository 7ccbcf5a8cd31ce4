// sharp and nothing else; the original is read from its file.
import { createRequire } from "node:module";
import type Sharp from "sharp";
import { measure } from "../measure";

void measure(() => {
  const sharp = createRequire(__filename)("sharp") as typeof Sharp;
  return () =>
    sharp(process.env.ORIGINAL ?? "")
      .autoOrient()
      .resize({ width: 640, withoutEnlargement: true })
      .jpeg({ quality: 80, progressive: true })
      .toBuffer();
});
