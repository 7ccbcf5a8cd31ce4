import type { EncoderSettings } from "../../../functions/resizer/encode";
import { mean, median, spread, sum } from "../lib/statistics";
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

/** Name of the rows of all sizes together. */
export const ALL = "all";

/** Returns the floor at each size: megapixels of a variant, bytes of all images together. */
export function floorRows(samples: readonly Sample[]) {
  return bySize(samples).map(({ size, of }) => ({
    size,
    megapixels: mean(of.map(({ megapixels }) => megapixels)),
    bytes: sum(of.map(({ floor }) => floor.bytes)),
    ssim: median(of.map(({ floor }) => floor.ssim)),
    cpuMs: mean(of.map(({ floor }) => floor.cpuMs)),
  }));
}

/** Returns each encoder at each size, where it can be as similar as the floor: bytes over the floor's, image by image. */
export function encoderRows(samples: readonly Sample[], encoders: readonly Encoder[]) {
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

/** Returns each format at the stack's own quality, at each size: bytes over the floor's, SSIM minus the floor's. */
export function stackRows(samples: readonly Sample[], { quality }: EncoderSettings) {
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
