import type { Sharp } from "sharp";
import type { Format } from "../variant-key";
import type { Settings } from "./settings";

/** How variants are encoded: a quality for each lossy format, and an effort where the encoder takes one. */
export type EncoderSettings = Pick<Settings, "quality" | "effort">;

/**
 * Ends a pipeline with a format's encoder. What is fixed here is the cheapest of what sharp offers for a variant that is made
 * once and downloaded a thousand times, at equal similarity; docs/formats.md has the sum.
 */
export function encode(pipeline: Sharp, format: Format, { quality, effort }: EncoderSettings): Sharp {
  switch (format) {
    case "jpeg":
      // Not `mozjpeg: true`: that takes another quantisation table, too, with which equal similarity is more bytes.
      return pipeline.jpeg({ quality: quality.jpeg, optimiseScans: true, trellisQuantisation: true });
    case "png":
      return pipeline.png();
    case "webp":
      return pipeline.webp({ quality: quality.webp, effort: effort.webp, smartDeblock: true });
    case "avif":
      // Half the colour resolution, as JPEG and WebP have it.
      return pipeline.avif({ quality: quality.avif, effort: effort.avif, tune: "ssim", chromaSubsampling: "4:2:0" });
  }
}
