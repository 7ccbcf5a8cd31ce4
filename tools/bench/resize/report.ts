import { conditionsLine, type Result } from "../lib/bench";
import { describeImages } from "../lib/images";
import { type Column, milliseconds, paragraphs, spreadText, table } from "../lib/markdown";
import { compare, mean, median, quantile, sum, type Turn } from "../lib/rounds";
import type { ResizeMeasured } from "./run";

/** One variant made in a counted pass. */
export interface Sample extends Turn {
  readonly spec: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** S3 calls by operation. */
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** Size and similarity of one variant, the same in every pass. */
export interface Look {
  readonly contender: string;
  readonly spec: string;
  readonly bytes: number;
  /** To a lossless variant; absent where that has other dimensions. */
  readonly ssim?: number | undefined;
}

/** Row of a contender at a spec: milliseconds a variant, bytes of all images together, medians of the similarity. */
type ResizeRow = ReturnType<typeof rowsOf>[number];

/** Row of a contender over the floor, at a spec or at `all` of them together. */
type ResizeRatio = ReturnType<typeof ratiosOf>[number];

const ALL = "all";

export function rowsOf(samples: readonly Sample[], looks: readonly Look[]) {
  return pairsOf(samples).map(({ contender, spec }) => {
    const isHere = (each: Sample | Look) => each.contender === contender && each.spec === spec;
    const own = samples.filter(isHere);
    const seen = looks.filter(isHere);
    const similarities = seen.flatMap(({ ssim }) => ssim ?? []);
    const times = (all: readonly number[]) => ({ median: median(all), p95: quantile(all, 0.95) });
    const operations = [...new Set(own.flatMap(({ s3Calls }) => Object.keys(s3Calls)))];
    const calls = operations.map((name) => [name, mean(own.map(({ s3Calls }) => s3Calls[name] ?? 0))] as const);
    return {
      contender,
      spec,
      wallMs: times(own.map(({ wallMs }) => wallMs)),
      cpuMs: times(own.map(({ cpuMs }) => cpuMs)),
      bytes: sum(seen.map(({ bytes }) => bytes)),
      ...(similarities.length > 0 ? { ssim: median(similarities) } : {}),
      s3Calls: Object.fromEntries(calls),
    };
  });
}

export function ratiosOf(samples: readonly Sample[], looks: readonly Look[], floor: string) {
  const atAll = samples.map(({ contender }) => ({ contender, spec: ALL }));
  const pairs = pairsOf([...samples, ...atAll]).filter(({ contender }) => contender !== floor);
  return pairs.map(({ contender, spec }) => {
    const isHere = (each: Sample | Look) => spec === ALL || each.spec === spec;
    const { over } = compare(samples.filter(isHere), contender, floor);
    const here = looks.filter(isHere);
    const bytes = (name: string) => sum(here.flatMap((look) => (look.contender === name ? look.bytes : [])));
    return {
      contender,
      spec,
      wall: over((turns) => sum(turns.map(({ wallMs }) => wallMs))),
      cpu: over((turns) => sum(turns.map(({ cpuMs }) => cpuMs))),
      bytes: bytes(contender) / bytes(floor),
    };
  });
}

/** Returns every contender at every spec that it was at. */
function pairsOf(samples: readonly Pick<Sample, "contender" | "spec">[]) {
  return [...new Map(samples.map(({ contender, spec }) => [`${contender} ${spec}`, { contender, spec }])).values()];
}

export function section(result: Result<ResizeMeasured>): string {
  return paragraphs(
    conditionsLine(result, `${describeImages(result.images)}, ${result.passes} counted passes`),
    "Over raw sharp, all sizes and images of a pass together: the median of the passes, with the least and the greatest.",
    ratioTable(result),
    result.skipped.length === 0
      ? ""
      : `Left out: ${result.skipped.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`,
    "CPU of a variant, milliseconds as median / 95th percentile, and over raw sharp's:",
    sizeTable(result, ({ cpuMs }, ratio) => `${times(cpuMs)}, ${spreadText(ratio?.cpu)}`),
    "Wall time in the same way, KB of all images together, and SSIM to a lossless variant:",
    sizeTable(
      result,
      ({ wallMs, bytes, ssim }) => `${times(wallMs)}, ${(bytes / 1000).toFixed(0)} KB, ${ssim?.toFixed(3) ?? "–"}`,
    ),
  );
}

function ratioTable({ contenders, ratios, rows }: ResizeMeasured): string {
  const ratio = (name: string) => ratios.find(({ contender, spec }) => contender === name && spec === ALL);
  const calls = (name: string) => Object.entries(rows.find(({ contender }) => contender === name)?.s3Calls ?? {});
  return table(
    contenders,
    ["", ({ name }) => name],
    ["CPU", ({ name }) => spreadText(ratio(name)?.cpu)],
    ["wall", ({ name }) => spreadText(ratio(name)?.wall)],
    ["bytes", ({ name }) => ratio(name)?.bytes.toFixed(2) ?? "1"],
    ["peak RSS", ({ peakRssMb }) => `${peakRssMb.toFixed(0)} MB`],
    [
      "S3 calls",
      ({ name }) =>
        calls(name)
          .map(([operation, each]) => `${Number(each.toFixed(2))} ${operation}`)
          .join(", ") || "–",
    ],
    ["contender", ({ what }) => what],
  );
}

/** Returns a table of the contenders at every size. */
function sizeTable(
  { contenders, rows, specs, ratios }: ResizeMeasured,
  cell: (row: ResizeRow, ratio: ResizeRatio | undefined) => string,
): string {
  const columns = specs.map((spec): Column<{ readonly name: string }> => [
    spec,
    ({ name }) => {
      const isHere = (each: ResizeRow | ResizeRatio) => each.contender === name && each.spec === spec;
      const row = rows.find(isHere);
      return row ? cell(row, ratios.find(isHere)) : "–";
    },
  ]);
  return table(contenders, ["", ({ name }) => name], ...columns);
}

function times({ median: middle, p95 }: ResizeRow["cpuMs"]): string {
  return `${milliseconds(middle)} / ${milliseconds(p95)}`;
}
