import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { describeImages } from "../lib/images";
import { milliseconds, spreadText, table } from "../lib/markdown";
import { MEMORY_PER_VCPU } from "../lib/stack";
import type { ResizeMeasured } from "./run";
import type { PairedRatio, ResizeRow } from "./summary";

const HANDLER = "handler";

/** Returns the section of docs/benchmarks.md. */
export function section(result: Result<ResizeMeasured>): string[] {
  const { images, passes, ratios, skipped } = result;
  const again = ratios.find(({ contender, spec }) => contender === "raw sharp again" && spec === "all");
  return [
    conditionsLine(result, `${describeImages(images)}, ${passes} counted passes`),
    "",
    "Over raw sharp, all sizes and images of a pass together: the median of the passes, with the least and the greatest. " +
      (again === undefined
        ? ""
        : `_raw sharp again_ was ${spreadText(again.cpu)} for CPU and ${spreadText(again.wall)} for wall time: smaller differences are noise.`),
    "",
    ratioTable(result),
    "",
    ...(skipped.length === 0
      ? []
      : [`Left out: ${skipped.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`, ""]),
    "CPU of a variant on this machine, milliseconds as median / 95th percentile, and over raw sharp's:",
    "",
    sizeTable(result, ({ cpuMs }, ratio) => `${times(cpuMs)}, ${spreadText(ratio?.cpu)}`),
    "",
    "Wall time in the same way, KB of all images together, and SSIM to a lossless variant:",
    "",
    sizeTable(
      result,
      ({ wallMs, bytes, ssim }) =>
        `${times(wallMs)}, ${(bytes / 1000).toFixed(0)} KB, ${ssim === undefined ? "other dimensions" : ssim.toFixed(3)}`,
    ),
    "",
    ...memoryLine(result),
  ];
}

function ratioTable({ contenders, ratios, rows }: ResizeMeasured): string {
  return table(
    ["", "CPU", "wall", "bytes", "peak RSS", "S3 calls", "contender"],
    contenders.map(({ name, what, peakRssMb }) => {
      const ratio = ratios.find(({ contender, spec }) => contender === name && spec === "all");
      const row = rows.find(({ contender }) => contender === name);
      return [
        name,
        spreadText(ratio?.cpu),
        spreadText(ratio?.wall),
        ratio?.bytes.toFixed(2) ?? "1",
        `${peakRssMb.toFixed(0)} MB`,
        row ? callsOf(row) : "–",
        what,
      ];
    }),
  );
}

/** Returns a table of the contenders at every size. */
function sizeTable(
  { contenders, rows, specs, ratios }: ResizeMeasured,
  cell: (row: ResizeRow, ratio: PairedRatio | undefined) => string,
): string {
  return table(
    ["", ...specs],
    contenders.map(({ name }) => [
      name,
      ...specs.map((spec) => {
        const isHere = (each: ResizeRow | PairedRatio) => each.contender === name && each.spec === spec;
        const row = rows.find(isHere);
        return row ? cell(row, ratios.find(isHere)) : "–";
      }),
    ]),
  );
}

function times({ median, p95 }: ResizeRow["cpuMs"]): string {
  return `${milliseconds(median)} / ${milliseconds(p95)}`;
}

/** Returns what the handler's numbers mean for a stack's memory. */
function memoryLine({ rows, contenders, images }: ResizeMeasured): string[] {
  const peak = contenders.find(({ name }) => name === HANDLER)?.peakRssMb;
  const [slowest] = rows.filter(({ contender }) => contender === HANDLER).sort((a, b) => b.cpuMs.p95 - a.cpuMs.p95);
  if (peak === undefined || !slowest) return [];
  const at = (memoryMb: number) =>
    `${((slowest.cpuMs.p95 * MEMORY_PER_VCPU) / memoryMb / 1000).toFixed(1)} s at ${memoryMb.toLocaleString("en")} MB`;
  return [
    `The handler's process held at most ${peak.toFixed(0)} MB with originals of up to ` +
      `${Math.max(...images.map(({ megapixels }) => megapixels)).toFixed(0)} megapixels. Lambda allocates the processor in proportion to the ` +
      `memory, one with ${MEMORY_PER_VCPU.toLocaleString("en")} MB, and a variant uses one: the slowest here, ${slowest.spec} at the 95th ` +
      `percentile, takes ${[512, 1024, MEMORY_PER_VCPU].map(at).join(", ")} on a processor as fast as this machine's.`,
    "",
  ];
}

function callsOf({ s3Calls }: ResizeRow): string {
  const each = Object.entries(s3Calls).map(([operation, calls]) => `${Number(calls.toFixed(2))} ${operation}`);
  return each.length > 0 ? each.join(", ") : "–";
}
