import type { EncoderSettings } from "../../../functions/resizer/encode";
import { median, spread } from "../kit/statistics";
import type { Encoded } from "./encode-once";
import { type Encoder, type Lossy, LOSSY } from "./encoders";
import type { Match } from "./match";
import type { EncoderRow, FloorRow, StackRow } from "./result";

/** One photograph at one size. */
export interface Sample {
  readonly size: string;
  readonly megapixels: number;
  readonly floor: Encoded;
  readonly matches: readonly (Match & { readonly encoder: string })[];
  readonly stack: Readonly<Record<Lossy, Encoded>>;
}

/** The name of the rows of all sizes together. */
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

/** A row for each encoder at each size; none where it can be as similar as the floor nowhere. */
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}
