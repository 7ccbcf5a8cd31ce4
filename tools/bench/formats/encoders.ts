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
  /** Quality at which it has about the floor's score: the search begins there. */
  readonly guess: number;
  readonly encode: (image: Sharp, quality: number) => Sharp;
}

/** Encoder that the others are compared with: sharp's own JPEG at its default quality. */
export const FLOOR = (image: Sharp): Sharp => image.jpeg({ quality: 80 });

/** Returns the resizer's encoders at several efforts, and other settings that sharp offers. */
export function encodersOf(defaults: EncoderSettings): Encoder[] {
  const table2 = { quantisationTable: 2 };
  const trellis = { trellisQuantisation: true };
  const half = { chromaSubsampling: "4:2:0" };
  return [
    other("JPEG, progressive", "jpeg", { progressive: true }),
    other("JPEG, mozjpeg", "jpeg", { mozjpeg: true }),
    other("JPEG, table 7, trellis, best scans", "jpeg", { ...trellis, quantisationTable: 7, optimiseScans: true }),
    other("JPEG, table 2, progressive", "jpeg", { ...table2, progressive: true }),
    resizers("JPEG, table 2, trellis, progressive", "jpeg", defaults),
    other("JPEG, table 2, trellis, best scans", "jpeg", { ...table2, ...trellis, optimiseScans: true }),
    resizers("WebP, effort 4", "webp", defaults, 4),
    resizers("WebP, effort 5", "webp", defaults, 5),
    resizers("WebP, effort 6", "webp", defaults, 6),
    other("WebP, effort 5, smart subsampling", "webp", { effort: 5, smartSubsample: true }),
    resizers("AVIF for SSIM, effort 3", "avif", defaults, 3),
    other("AVIF for IQ, effort 3", "avif", { ...half, effort: 3, tune: "iq" }),
    other("AVIF for IQ, effort 3, 10 bits", "avif", { ...half, effort: 3, tune: "iq", bitdepth: 10 }),
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
