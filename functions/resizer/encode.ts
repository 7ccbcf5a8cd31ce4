import type { Sharp } from "sharp";
import type { VariantFormat } from "../variant-key";
import type { Header } from "./original/header";
import type { Settings } from "./settings";

/** A quality for each lossy format, and an effort where the encoder has one. */
export type EncoderSettings = Pick<Settings, "quality" | "effort">;

/** The quantisation table of mozjpeg that was tuned for the similarity of photographs (MS-SSIM). */
const MSSIM_TABLE = 2;

/**
 * Ends a pipeline with a format's encoder. The fixed options are the cheapest that sharp has for a variant that is created
 * once and downloaded a thousand times, at equal similarity; docs/benchmarks.md has the sum.
 */
export function encode(
  pipeline: Sharp,
  format: VariantFormat,
  { quality, effort }: EncoderSettings,
  { hasPalette = false, isFlat = false }: Pick<Header, "hasPalette" | "isFlat"> = {},
): Sharp {
  switch (format) {
    case "jpeg":
      return pipeline.jpeg({
        quality: quality.jpeg,
        progressive: true,
        trellisQuantisation: true,
        quantisationTable: MSSIM_TABLE,
      });
    case "png":
      // The least effort and half the noise: as good to the eye, and a large variant is ready in time.
      if (hasPalette) return pipeline.png({ palette: true, effort: 1, dither: 0.5 });
      return pipeline.png({ adaptiveFiltering: !isFlat });
    case "gif":
      // The most that pays: a higher effort takes four times as long for one byte in a hundred.
      return pipeline.gif({ effort: 3 });
    case "webp":
      return pipeline.webp({ quality: quality.webp, effort: effort.webp });
    case "avif":
      // Half the colour resolution, as JPEG and WebP have it.
      return pipeline.avif({ quality: quality.avif, effort: effort.avif, tune: "ssim", chromaSubsampling: "4:2:0" });
  }
}
