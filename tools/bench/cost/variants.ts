// Cost of a stack's variants, from a result of `npm run bench`.
import { readFileSync } from "node:fs";
import { UserError } from "@image-resizer/lib/user-error";
import type { Format, Spec } from "../../../functions/variant-key";
import type { Result } from "../lib/bench";
import { specOf } from "../lib/resize";
import { sum } from "../lib/rounds";
import { MEMORY_PER_VCPU } from "../lib/stack";
import type { ResizeMeasured } from "../resize/run";
import { ASSUMPTIONS } from "./bill";

/** Shares of clients by the best format that they support, where a stack makes it; the others receive the original's. */
export const FORMAT_SHARES = { avif: 0.93, webp: 0.05 };

/** Contender of `npm run bench` that is the resizer's bundle against S3. */
const HANDLER = "handler";
/** Aspect ratio of originals, where a size has one side alone. */
const ASPECT = 4 / 3;
/** HTTP APIs meter a request for each 512 KB of it. */
const API_METER_BYTES = 512 * 1024;

/** Cost of a variant: of one spec, or in the mean of some. */
export interface VariantCost {
  /** Billed time of the function, milliseconds. */
  readonly billedMs: number;
  readonly bytes: number;
  readonly apiRequests: number;
}

export interface SpecCost extends VariantCost {
  /** Of all views. */
  readonly share: number;
}

/** Returns the cost of a variant of each spec with a share of the views. */
export function specCosts(shares: ReadonlyMap<string, number>, measured: Measured, memorySize: number): SpecCost[] {
  return [...shares].map(([spec, share]) => ({ share, ...variantCost(measured.of(spec), memorySize) }));
}

/** Returns the cost of a variant: a function with less than one vCPU takes longer in proportion, with more as long as with one. */
export function variantCost({ cpuMs, bytes }: MeasuredVariant, memorySize: number): VariantCost {
  const billedMs = ASSUMPTIONS.s3WaitMs + cpuMs / Math.min(1, memorySize / MEMORY_PER_VCPU);
  return { billedMs, bytes, apiRequests: Math.max(1, Math.ceil(bytes / API_METER_BYTES)) };
}

/** Returns the mean of variants, of each spec as many as `weights` has. Default: one of each. */
export function meanOf(specs: readonly VariantCost[], weights: readonly number[] = specs.map(() => 1)): VariantCost {
  const mean = (of: keyof VariantCost) => sum(specs.map((cost, at) => cost[of] * (weights[at] ?? 0))) / sum(weights);
  return { billedMs: mean("billedMs"), bytes: mean("bytes"), apiRequests: mean("apiRequests") };
}

/**
 * Returns the share of the views of each spec of a stack: every size the same, and of each size the best format that each
 * client supports.
 */
export function viewShares(sizes: readonly string[], formats: readonly Format[]): Map<string, number> {
  const { avif, webp } = FORMAT_SHARES;
  const ofAvif = formats.includes("avif") ? avif : 0;
  // A client that supports AVIF supports WebP, too.
  const ofWebp = formats.includes("webp") ? avif + webp - ofAvif : 0;
  const shares = [
    [".avif", ofAvif],
    [".webp", ofWebp],
    ["", 1 - ofAvif - ofWebp],
  ] as const;
  return new Map(
    sizes.flatMap((size) =>
      shares.flatMap(([format, share]) => (share > 0 ? [[size + format, share / sizes.length] as const] : [])),
    ),
  );
}

/** CPU on the machine of the bench, S3 included, and bytes. */
interface MeasuredVariant {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** Variants of any spec, from a result of `npm run bench`. */
interface Measured {
  of(spec: string): MeasuredVariant;
  /** Description of the bench. */
  readonly source: string;
}

interface Point extends MeasuredVariant {
  readonly pixels: number;
}

/**
 * Reads a result of `npm run bench`. Sizes between the measured ones are on straight lines between their logarithms;
 * another format has its measured share of the original format's bytes, and its measured extra CPU per pixel.
 * @throws UserError for a file that cannot be read, or has nothing of the handler or of a format
 */
export function readMeasured(file: string): Measured {
  const { rows, images, passes, startedAt } = readResult(file);
  const points = rows
    .filter(({ contender }) => contender === HANDLER)
    .map(({ spec: text, cpuMs, bytes }) => {
      const spec = specOf(text);
      return { format: spec.format, pixels: pixelsOf(spec), cpuMs: cpuMs.median, bytes: bytes / images.length };
    })
    .sort((a, b) => a.pixels - b.pixels);
  const own = points.filter(({ format }) => format === undefined);
  if (own.length === 0) {
    throw new UserError(`${file} has no sizes of the handler: npm run bench -- --out FILE writes them.`);
  }
  return {
    of: (text) => {
      const spec = specOf(text);
      const pixels = pixelsOf(spec);
      const base = { cpuMs: at(own, pixels, "cpuMs"), bytes: at(own, pixels, "bytes") };
      if (spec.format === undefined) return base;
      const measured = points.find(({ format }) => format === spec.format);
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
