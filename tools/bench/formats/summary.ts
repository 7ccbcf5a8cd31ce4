import type { EncoderSettings } from "../../../functions/resizer/encode";
import { mean, median, type Spread, spread, sum } from "../lib/statistics";
import { type Encoder, type Lossy, LOSSY } from "./encoders";
import type { Encoded, Match } from "./match";

/** One image at one size. */
export interface Sample {
  readonly size: string;
  readonly megapixels: number;
  readonly floor: Encoded;
  readonly matches: readonly (Match & { readonly encoder: string })[];
  readonly stack: Readonly<Record<Lossy, Encoded>>;
}

/** Floor at one size. */
export interface FloorRow {
  readonly size: string;
  /** Of a variant, in the mean. */
  readonly megapixels: number;
  /** Of all images together. */
  readonly bytes: number;
  /** Median over the images. */
  readonly ssim: number;
  readonly cpuMs: number;
}

/** An encoder at the qualities at which it is as similar to the image as the floor. */
export interface EncoderRow {
  readonly encoder: string;
  readonly size: string;
  /** Number of images and sizes at which it can be as similar. */
  readonly matched: number;
  /** Bytes over the floor's, image by image. */
  readonly ratio: Spread;
  readonly quality: Spread;
  /** Mean CPU of encoding, milliseconds. */
  readonly cpuMs: number;
}

/** A format at the stack's own quality. */
export interface StackRow {
  readonly format: string;
  readonly quality: number;
  readonly size: string;
  readonly ratio: Spread;
  /** SSIM minus the floor's, image by image: below 0 is less similar. */
  readonly ssimOver: Spread;
  readonly cpuMs: number;
}

/** Name of the rows of all sizes together. */
export const ALL = "all";

export function floorRows(samples: readonly Sample[]): FloorRow[] {
  return bySize(samples).map(({ size, of }) => ({
    size,
    megapixels: mean(of.map(({ megapixels }) => megapixels)),
    bytes: sum(of.map(({ floor }) => floor.bytes)),
    ssim: median(of.map(({ floor }) => floor.ssim)),
    cpuMs: mean(of.map(({ floor }) => floor.cpuMs)),
  }));
}

/** Returns a row for each encoder at each size; none where it is never as similar as the floor. */
export function encoderRows(samples: readonly Sample[], encoders: readonly Encoder[]): EncoderRow[] {
  return encoders.flatMap(({ name }) =>
    bySize(samples).flatMap(({ size, of }) => {
      const matched = of.flatMap(({ floor, matches }) => {
        const match = matches.find(({ encoder }) => encoder === name);
        return match ? [{ ...match, ratio: match.bytes / floor.bytes }] : [];
      });
      if (matched.length === 0) return [];
      return {
        encoder: name,
        size,
        matched: matched.length,
        ratio: spread(matched.map(({ ratio }) => ratio)),
        quality: spread(matched.map(({ quality }) => quality)),
        cpuMs: mean(matched.map(({ cpuMs }) => cpuMs)),
      };
    }),
  );
}

export function stackRows(samples: readonly Sample[], { quality }: EncoderSettings): StackRow[] {
  return LOSSY.flatMap((format) =>
    bySize(samples).map(({ size, of }) => ({
      format,
      quality: quality[format],
      size,
      ratio: spread(of.map(({ floor, stack }) => stack[format].bytes / floor.bytes)),
      ssimOver: spread(of.map(({ floor, stack }) => stack[format].ssim - floor.ssim)),
      cpuMs: mean(of.map(({ stack }) => stack[format].cpuMs)),
    })),
  );
}

function bySize(samples: readonly Sample[]): { readonly size: string; readonly of: readonly Sample[] }[] {
  const sizes = [...new Set(samples.map(({ size }) => size))];
  const each = sizes.map((size) => ({ size, of: samples.filter((sample) => sample.size === size) }));
  return [...each, { size: ALL, of: samples }];
}
