import { readFileSync } from "node:fs";
import { type Format, parseSpec, type Spec } from "../../../functions/variant-key";
import { UserError } from "@image-resizer/lib/program";
import type { ResizeResult, ResizeRow } from "../kit/resize-result";

/** What `npm run bench` calls the handler with its bundle against S3. */
const HANDLER = "handler";
/** Originals are taken for 4:3 where a size gives one side alone. */
const ASPECT = 4 / 3;

/** What a variant of any spec takes and weighs, from a bench's result. */
export interface MeasuredVariants {
  /** Milliseconds of CPU on the bench's machine, S3 included. */
  cpuMs(spec: string): number;
  bytes(spec: string): number;
  /** Where the numbers come from, for the report. */
  readonly source: string;
}

interface Point {
  readonly pixels: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

/**
 * Reads a result of `npm run bench`. Sizes between the measured ones lie on straight lines between their logarithms;
 * another format has its measured share of the original format's bytes, and its measured extra CPU per pixel.
 * @throws UserError where the file cannot be read, or says nothing of the handler
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
  if (own.length === 0) throw new UserError(`${file} has no sizes of the handler: make one with npm run bench`);

  const of = (text: string): Point => {
    const spec = parseSpec(text);
    if (!spec) throw new UserError(`${text} is no size: expected such as 360x270, 640w, 480h, 640w.webp`);
    const pixels = pixelsOf(spec);
    const base = { pixels, cpuMs: at(own, pixels, "cpuMs"), bytes: at(own, pixels, "bytes") };
    if (spec.format === undefined) return base;
    const [measured] = points.get(spec.format) ?? [];
    if (!measured) throw new UserError(`${file} has no ${spec.format} variant: run npm run bench with one in --sizes`);
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
    source: `${result.images.length} photographs, ${result.passes} passes, ${result.startedAt.slice(0, 10)}`,
  };
}

function readResult(file: string): ResizeResult {
  let result: Partial<ResizeResult>;
  try {
    result = JSON.parse(readFileSync(file, "utf8")) as Partial<ResizeResult>;
  } catch (error) {
    throw new UserError(`${file} is no result of npm run bench: ${(error as Error).message}`);
  }
  if (result.kind !== "resize") throw new UserError(`${file} is no result of npm run bench`);
  return result as ResizeResult;
}

function pointOf({ cpuMs, bytes }: ResizeRow, spec: Spec, images: number): Point {
  return { pixels: pixelsOf(spec), cpuMs: cpuMs.median, bytes: bytes / images };
}

function pixelsOf({ size: { width, height } }: Spec): number {
  const wide = width ?? (height ?? 0) * ASPECT;
  return wide * (height ?? wide / ASPECT);
}

/** The value at a number of pixels on the line through the two points around it, or the outermost two. */
function at(points: readonly Point[], pixels: number, what: "cpuMs" | "bytes"): number {
  const above = points.findIndex((point) => point.pixels >= pixels);
  const index = Math.max(1, above === -1 ? points.length - 1 : above);
  const [low, high] = [points[index - 1], points[index]];
  if (!low) return 0;
  if (!high) return low[what];
  const position = Math.log(pixels / low.pixels) / Math.log(high.pixels / low.pixels);
  return low[what] * (high[what] / low[what]) ** position;
}
