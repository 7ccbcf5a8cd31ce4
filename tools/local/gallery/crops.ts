import sharp from "sharp";
import { inspect } from "../../../functions/resizer/original/inspect";
import type { Size } from "../../../functions/variant-key";
import type { Crop } from "./contract";
import type { ResizerSettings } from "./resizer-settings";

/** Types that browsers show; the others are shown as PNG. */
const SHOWN = ["jpeg", "png", "webp", "avif", "gif"];

/** Returns an image for a browser to show an original by. @throws Refusal */
export async function preview(original: Buffer, settings: ResizerSettings) {
  const { bytes, format, maxPixels } = inspect(original, settings);
  if (SHOWN.includes(format)) return { contentType: `image/${format}`, body: original };
  const png = sharp(bytes, { limitInputPixels: maxPixels }).autoOrient().png({ compressionLevel: 1 });
  return { contentType: "image/png", body: await png.toBuffer() };
}

/** Returns the dimensions of an upright original. @throws Refusal */
export async function dimensionsOf(original: Buffer, settings: ResizerSettings) {
  const { autoOrient } = await sharp(inspect(original, settings).bytes).metadata();
  return autoOrient;
}

/** Returns the parts that a `WxH` size keeps of an upright original, in its pixels. @throws Refusal */
export async function cropsOf(original: Buffer, size: Size, settings: ResizerSettings): Promise<Crop[]> {
  const { width, height } = await dimensionsOf(original, settings);
  const { bytes, maxPixels } = inspect(original, settings);
  const cover = {
    width: size.width ?? width,
    height: size.height ?? height,
    fit: "cover",
    withoutEnlargement: true,
  } as const;
  const { info } = await sharp(bytes, { limitInputPixels: maxPixels })
    .autoOrient()
    .resize({ ...cover, position: "attention" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  // The original is scaled until it covers the size, and is never enlarged.
  const shrink = Math.max(1, Math.min(width / cover.width, height / cover.height));
  const kept = { width: Math.round(info.width * shrink), height: Math.round(info.height * shrink) };
  const [spareX, spareY] = [Math.max(0, width - kept.width), Math.max(0, height - kept.height)];
  const at = (offset: number | undefined, spare: number) => Math.min(spare, Math.round(Math.abs(offset ?? 0) * shrink));
  return [
    { position: "attention", left: at(info.cropOffsetLeft, spareX), top: at(info.cropOffsetTop, spareY), ...kept },
    { position: "centre", left: Math.round(spareX / 2), top: Math.round(spareY / 2), ...kept },
  ];
}
