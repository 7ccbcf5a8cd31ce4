import { readFileSync } from "node:fs";
import { UserError } from "@image-resizer/lib/user-error";
import { type Format, parseSpec, type Spec } from "../../../functions/variant-key";
import type { Result } from "../lib/bench";
import type { ResizeMeasured } from "../resize/run";
import type { ResizeRow } from "../resize/summary";

/** Contender of `npm run bench` that is the resizer's bundle against S3. */
const HANDLER = "handler";
/** Aspect ratio of originals, where a size has one side alone. */
const ASPECT = 4 / 3;

/** CPU and bytes of a variant of any spec, from a result of `npm run bench`. */
export interface MeasuredVariants {
  /** Milliseconds on the machine of the bench, S3 included. */
  cpuMs(spec: string): number;
  bytes(spec: string): number;
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
 * @throws UserError for a file that cannot be read, or has nothing of the handler
 */
export function readMeasured(file: string): MeasuredVariants {
  const result = readResult(file);
  const rows = result.rows.filter(({ contender }) => contender === HANDLER);
  const points = new Map<Format | undefined, Point[]>();
  for (const row of rows) {
    const spec = parseSpec(row.spec);
    if (!spec) continue;
    points.set(spec.format, [...(points.get(spec.format) ?? []), pointOf(row, spec, result.images.length)]);
  }
  const own = (points.get(undefined) ?? []).sort((a, b) => a.pixels - b.pixels);
  if (own.length === 0)
    throw new UserError(`${file} has no sizes of the handler: npm run bench -- --out DIR writes one.`);

  const of = (text: string): Point => {
    const spec = parseSpec(text);
    if (!spec) throw new UserError(`${text} is not a size: allowed is such as 360x270, 640w, 480h, 640w.webp.`);
    const pixels = pixelsOf(spec);
    const base = { pixels, cpuMs: at(own, pixels, "cpuMs"), bytes: at(own, pixels, "bytes") };
    if (spec.format === undefined) return base;
    const [measured] = points.get(spec.format) ?? [];
    if (!measured) throw new UserError(`${file} has no ${spec.format} variant: run npm run bench with one in --sizes.`);
    const extraCpu = measured.cpuMs - at(own, measured.pixels, "cpuMs");
    return {
      pixels,
      cpuMs: base.cpuMs + (extraCpu * pixels) / measured.pixels,
      bytes: (base.bytes * measured.bytes) / at(own, measured.pixels, "bytes"),
    };
  };
  return {
    cpuMs: (spec) => of(spec).cpuMs,
    bytes: (spec) => of(spec).bytes,
    source: `${result.images.length} images, ${result.passes} passes, ${result.startedAt.slice(0, 10)}`,
  };
}

function readResult(file: string): Result<ResizeMeasured> {
  let result: Partial<Result<ResizeMeasured>>;
  try {
    result = JSON.parse(readFileSync(file, "utf8")) as Partial<Result<ResizeMeasured>>;
  } catch (error) {
    throw new UserError(`${file} is not a result of npm run bench: ${(error as Error).message}`);
  }
  if (result.kind !== "resize") throw new UserError(`${file} is not a result of npm run bench.`);
  return result as Result<ResizeMeasured>;
}

function pointOf({ cpuMs, bytes }: ResizeRow, spec: Spec, images: number): Point {
  return { pixels: pixelsOf(spec), cpuMs: cpuMs.median, bytes: bytes / images };
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
