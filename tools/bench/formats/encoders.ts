import type { AvifOptions, JpegOptions, Sharp, WebpOptions } from "sharp";
import { encode, type EncoderSettings } from "../../../functions/resizer/encode";

/** Formats that have a quality. */
export const LOSSY = ["jpeg", "webp", "avif"] as const;
export type Lossy = (typeof LOSSY)[number];

/** An encoder, at any quality. */
export interface Encoder {
  readonly name: string;
  readonly format: Lossy;
  /** True if the resizer uses it at the default efforts. */
  readonly isDefault: boolean;
  /** Quality at which it is about as similar as the floor: the search begins there. */
  readonly guess: number;
  readonly encode: (image: Sharp, quality: number) => Sharp;
}

/** Encoder that the others are compared with: sharp's own JPEG at its default quality. */
export const FLOOR = (image: Sharp): Sharp => image.jpeg({ quality: 80 });

/** Returns the resizer's encoders at several efforts, and other settings that sharp offers. */
export function encodersOf(defaults: EncoderSettings): Encoder[] {
  return [
    other("JPEG, progressive", "jpeg", { progressive: true }),
    other("JPEG, mozjpeg", "jpeg", { mozjpeg: true }),
    other("JPEG, the standard's table, trellis", "jpeg", { optimiseScans: true, trellisQuantisation: true }),
    other("JPEG, table 8, trellis", "jpeg", { optimiseScans: true, trellisQuantisation: true, quantisationTable: 8 }),
    resizers("JPEG, table 7, trellis", "jpeg", defaults),
    ...[4, 5, 6].map((effort) => resizers(`WebP, effort ${effort}`, "webp", defaults, effort)),
    other("WebP, effort 4, deblocking", "webp", { effort: 4, smartDeblock: true }),
    other("WebP, effort 6, deblocking", "webp", { effort: 6, smartDeblock: true }),
    other("AVIF, sharp's default, effort 2", "avif", { effort: 2 }),
    other("AVIF for SSIM, full colour, effort 3", "avif", { effort: 3, tune: "ssim" }),
    ...[2, 3, 4].map((effort) => resizers(`AVIF for SSIM, effort ${effort}`, "avif", defaults, effort)),
  ];
}

/** The resizer's own encoder, at an effort where the format has one. */
function resizers(name: string, format: Lossy, defaults: EncoderSettings, effort?: number): Encoder {
  return {
    name,
    format,
    isDefault: format === "jpeg" || effort === defaults.effort[format],
    guess: defaults.quality[format],
    encode: (image, quality) =>
      encode(image, format, {
        quality: { ...defaults.quality, [format]: quality },
        effort: { ...defaults.effort, ...(effort === undefined ? {} : { [format]: effort }) },
      }),
  };
}

const GUESSES = { jpeg: 80, webp: 80, avif: 60 } as const;

function other(name: string, format: Lossy, options: JpegOptions & WebpOptions & AvifOptions): Encoder {
  return {
    name,
    format,
    isDefault: false,
    guess: GUESSES[format],
    encode: (image, quality) => image[format]({ ...options, quality }),
  };
}
