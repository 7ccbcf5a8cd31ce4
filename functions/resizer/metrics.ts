import { directive, type MetricsPlace } from "../shared/embedded-metrics";
import { type AllowList, FORMATS, type VariantFormat } from "../variant-key";
import type { RefusalCode } from "./refusal";

/** Metrics of a request that asked for a variant, with CloudWatch's units. */
export const VARIANT_METRICS = {
  VariantsMade: "Count",
  Duration: "Milliseconds",
  BytesIn: "Bytes",
  BytesOut: "Bytes",
} as const;

/** Metric of a request that was rejected, or failed. */
export const REFUSAL_METRICS = { Refusals: "Count" } as const;

/** Values of the dimension `Format`. */
export const VARIANT_FORMATS: readonly VariantFormat[] = [...FORMATS, "gif"];

/** The dimension `Size` of every variant where a stack makes any size: each value of a dimension is billed by itself. */
export const UNLISTED_SIZE = "other";

/** A request with a variant as its result. */
export interface Made {
  /** As the key names it. */
  readonly size: string;
  /** Of the variant. */
  readonly format: VariantFormat;
  /** False where another request had written it first. */
  readonly written: boolean;
  readonly milliseconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Members of a log line that CloudWatch turns into metrics. None where the stack is not monitored: metrics are billed. */
export interface Metrics {
  made(variant: Made): Readonly<Record<string, unknown>>;
  refused(reason: RefusalCode): Readonly<Record<string, unknown>>;
}

/**
 * Creates the metrics of a stack in CloudWatch's embedded metric format. They ride on the line that is logged anyway, so that a point in a graph leads to requests.
 *
 * The values of dimensions are the listed sizes, the formats and the reasons: nothing that a client sends.
 */
export function createMetrics(place: MetricsPlace | undefined, { sizes }: Pick<AllowList, "sizes">): Metrics {
  if (!place) return { made: () => ({}), refused: () => ({}) };
  const { namespace, stack } = place;
  return {
    made: ({ size, format, written, milliseconds, bytesIn, bytesOut }) => ({
      ...directive(namespace, [["Stack"], ["Stack", "Size"], ["Stack", "Format"]], VARIANT_METRICS),
      Stack: stack,
      Size: sizes === "any" ? UNLISTED_SIZE : size,
      Format: format,
      VariantsMade: written ? 1 : 0,
      Duration: milliseconds,
      BytesIn: bytesIn,
      BytesOut: bytesOut,
    }),
    refused: (reason) => ({
      ...directive(namespace, [["Stack"], ["Stack", "Reason"]], REFUSAL_METRICS),
      Stack: stack,
      Reason: reason,
      Refusals: 1,
    }),
  };
}
