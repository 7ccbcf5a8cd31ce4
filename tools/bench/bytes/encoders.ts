import type { AvifOptions, JpegOptions, Sharp, WebpOptions } from "sharp";
import { encode, type EncoderSettings } from "../../../functions/resizer/encode";

/** The formats that have a quality. */
export const LOSSY = ["jpeg", "webp", "avif"] as const;
export type Lossy = (typeof LOSSY)[number];

/** A way to encode, of which the quality is still open. */
export interface Encoder {
  readonly name: string;
  readonly format: Lossy;
  /** Whether it is what the resizer does at the default efforts. */
  readonly isDefault: boolean;
  /** The quality that it takes about to be as similar as the floor: where the search begins. */
  readonly guess: number;
  readonly encode: (image: Sharp, quality: number) => Sharp;
}

/** What everybody is compared with: sharp's own JPEG at its default quality. */
export const FLOOR = (image: Sharp): Sharp => image.jpeg({ quality: 80 });

/** A format as the resizer makes it. */
export function stackEncoder(format: Lossy, settings: EncoderSettings): (image: Sharp) => Sharp {
  return (image) => encode(image, format, settings);
}

/** The resizer's encoders at some efforts, and what else sharp offers. */
export function encodersOf(defaults: EncoderSettings): Encoder[] {
  return [
    jpeg("JPEG, progressive", { progressive: true }),
    jpeg("JPEG, mozjpeg", { mozjpeg: true }),
    jpeg("JPEG, the standard's table, trellis", { optimiseScans: true, trellisQuantisation: true }),
    jpeg("JPEG, table 8, trellis", { optimiseScans: true, trellisQuantisation: true, quantisationTable: 8 }),
    resizers("JPEG, table 7, trellis", "jpeg", defaults),
    ...[4, 5, 6].map((effort) => resizers(`WebP, effort ${effort}`, "webp", defaults, effort)),
    webp("WebP, effort 4, deblocking", { effort: 4, smartDeblock: true }),
    webp("WebP, effort 6, deblocking", { effort: 6, smartDeblock: true }),
    avif("AVIF, sharp's default, effort 2", { effort: 2 }),
    avif("AVIF for SSIM, full colour, effort 3", { effort: 3, tune: "ssim" }),
    ...[2, 3, 4].map((effort) => resizers(`AVIF for SSIM, effort ${effort}`, "avif", defaults, effort)),
  ];
}

/** The resizer's own, at an effort where the format has one. */
function resizers(name: string, format: Lossy, defaults: EncoderSettings, effort?: number): Encoder {
  const encodeAt = (image: Sharp, quality: number) =>
    encode(image, format, {
      quality: { ...defaults.quality, [format]: quality },
      effort: { ...defaults.effort, ...(effort === undefined ? {} : { [format]: effort }) },
    });
  return {
    name,
    format,
    isDefault: format === "jpeg" || effort === defaults.effort[format],
    guess: defaults.quality[format],
    encode: encodeAt,
  };
}

function jpeg(name: string, options: JpegOptions): Encoder {
  const encodeAt = (image: Sharp, quality: number) => image.jpeg({ ...options, quality });
  return { name, format: "jpeg", isDefault: false, guess: 80, encode: encodeAt };
}

function webp(name: string, options: WebpOptions): Encoder {
  const encodeAt = (image: Sharp, quality: number) => image.webp({ ...options, quality });
  return { name, format: "webp", isDefault: false, guess: 80, encode: encodeAt };
}

function avif(name: string, options: AvifOptions): Encoder {
  const encodeAt = (image: Sharp, quality: number) => image.avif({ ...options, quality });
  return { name, format: "avif", isDefault: false, guess: 60, encode: encodeAt };
}
