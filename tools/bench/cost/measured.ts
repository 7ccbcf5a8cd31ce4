import { readFileSync } from "node:fs";
import { UserError } from "@image-resizer/lib/user-error";
import type { Format, Spec } from "../../../functions/variant-key";
import type { Result } from "../lib/bench";
import { specOf } from "../lib/resize";
import type { ResizeMeasured } from "../resize/run";

/** Contender of `npm run bench` that is the resizer's bundle against S3. */
const HANDLER = "handler";
/** Aspect ratio of originals, where a size has one side alone. */
const ASPECT = 4 / 3;

/** Variants of any spec, from a result of `npm run bench`. */
export interface MeasuredVariants {
  /** CPU on the machine of the bench, S3 included, and bytes. */
  of(spec: string): { readonly cpuMs: number; readonly bytes: number };
  /** Description of the bench. */
  readonly source: string;
}

interface Point {
  readonly pixels: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

/**
 * Reads a result of `npm run bench`. Sizes between the measured ones are on straight lines between their logarithms;
 * another format has its measured share of the original format's bytes, and its measured extra CPU per pixel.
 * @throws UserError for a file that cannot be read, or has nothing of the handler or of a format
 */
export function readMeasured(file: string): MeasuredVariants {
  const { rows, images, passes, startedAt } = readResult(file);
  const points = new Map<Format | undefined, Point[]>();
  for (const { spec: text, cpuMs, bytes } of rows.filter(({ contender }) => contender === HANDLER)) {
    const spec = specOf(text);
    const point = { pixels: pixelsOf(spec), cpuMs: cpuMs.median, bytes: bytes / images.length };
    points.set(spec.format, [...(points.get(spec.format) ?? []), point]);
  }
  const own = (points.get(undefined) ?? []).sort((a, b) => a.pixels - b.pixels);
  if (own.length === 0)
    throw new UserError(`${file} has no sizes of the handler: npm run bench -- --out DIR writes one.`);
  return {
    of: (text) => {
      const spec = specOf(text);
      const pixels = pixelsOf(spec);
      const base = { cpuMs: at(own, pixels, "cpuMs"), bytes: at(own, pixels, "bytes") };
      if (spec.format === undefined) return base;
      const [measured] = points.get(spec.format) ?? [];
      if (!measured) {
        throw new UserError(`${file} has no ${spec.format} variant: run npm run bench with one in --sizes.`);
      }
      const extraCpu = measured.cpuMs - at(own, measured.pixels, "cpuMs");
      return {
        cpuMs: base.cpuMs + (extraCpu * pixels) / measured.pixels,
        bytes: (base.bytes * measured.bytes) / at(own, measured.pixels, "bytes"),
      };
    },
    source: `${images.length} images, ${passes} passes, ${startedAt.slice(0, 10)}`,
  };
}

function readResult(file: string): Result<ResizeMeasured> {
  try {
    const result = JSON.parse(readFileSync(file, "utf8")) as Result<ResizeMeasured>;
    if (result.kind === "resize") return result;
  } catch (error) {
    throw new UserError(`${file} is not a result of npm run bench: ${(error as Error).message}`);
  }
  throw new UserError(`${file} is not a result of npm run bench.`);
}

function pixelsOf({ size: { width, height } }: Spec): number {
  const wide = width ?? (height ?? 0) * ASPECT;
  return wide * (height ?? wide / ASPECT);
}

/** Returns the value at a number of pixels on the line through the two points around it, or the outermost two. */
function at(points: readonly Point[], pixels: number, what: "cpuMs" | "bytes"): number {
  const above = points.findIndex((point) => point.pixels >= pixels);
  const index = Math.max(1, above === -1 ? points.length - 1 : above);
  const [low, high] = [points[index - 1], points[index]];
  if (!low) return 0;
  if (!high) return low[what];
  const position = Math.log(pixels / low.pixels) / Math.log(high.pixels / low.pixels);
  return low[what] * (high[what] / low[what]) ** position;
}
