import sharp from "sharp";
import { parseSpec } from "../../../functions/variant-key";
import { type Luminance, luminanceOf, similarity } from "../kit/similarity";

/** A variant before it is encoded. */
export interface Picture {
  readonly pixels: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 };
  readonly luminance: Luminance;
}

/** What an encoder made of a picture. */
export interface Encoded {
  readonly bytes: number;
  /** To the picture before it was encoded. */
  readonly ssim: number;
  readonly cpuMs: number;
}

export type Encode = (image: sharp.Sharp) => sharp.Sharp;

/** Resizes a photograph as the resizer does, without loss. */
export async function pictureOf(file: string, size: string): Promise<Picture> {
  const { width, height } = parseSpec(size)?.size ?? {};
  const { data, info } = await sharp(file)
    .autoOrient()
    .resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      withoutEnlargement: true,
    })
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  return { pixels: data, raw, luminance: await luminanceOf(sharp(data, { raw })) };
}

/** Encodes a picture, and decodes it again to see what is left of it. */
export async function encodeOnce({ pixels, raw, luminance }: Picture, encode: Encode): Promise<Encoded> {
  // The processor's time, which other programs on the machine lengthen less than the clock's.
  const before = process.cpuUsage();
  const file = await encode(sharp(pixels, { raw })).toBuffer();
  const { user, system } = process.cpuUsage(before);
  const ssim = similarity(luminance, await luminanceOf(sharp(file)));
  return { bytes: file.length, ssim, cpuMs: (user + system) / 1000 };
}
