import sharp, { type Sharp } from "sharp";
import { bytesBeforePixels, writeTiffHeader } from "./profiled-tiff";

/** Returns the profile that libvips has of Display P3. */
export async function displayP3(): Promise<Buffer> {
  const pixel = { create: { width: 1, height: 1, channels: 3, background: { r: 0, g: 0, b: 0 } } } as const;
  const { icc } = await sharp(await sharp(pixel).withIccProfile("p3").png().toBuffer()).metadata();
  if (!icc) throw new Error("libvips has no profile of Display P3");
  return icc;
}

/** Returns a pipeline's image with its colours taken for those of Display P3: sharp reads profiles, and no codes. */
export async function takenForDisplayP3(pipeline: Sharp): Promise<Sharp> {
  const profile = await displayP3();
  const { data, info } = await pipeline.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const channels = info.channels === 4 ? 4 : 3;
  const tiff = Buffer.concat([Buffer.alloc(bytesBeforePixels(profile)), data]);
  writeTiffHeader(tiff, { width, height, channels }, profile);
  return sharp(tiff);
}
