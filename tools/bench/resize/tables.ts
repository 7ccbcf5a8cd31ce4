import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { describeImages } from "../lib/images";
import { leftOut, milliseconds, paragraphs, spreadText, table } from "../lib/markdown";
import type { ResizeMeasured } from "./run";
import type { ResizeRatio, ResizeRow } from "./summary";

export function section(result: Result<ResizeMeasured>): string {
  return paragraphs(
    conditionsLine(result, `${describeImages(result.images)}, ${result.passes} counted passes`),
    "Over raw sharp, all sizes and images of a pass together: the median of the passes, with the least and the greatest.",
    ratioTable(result),
    leftOut(result.skipped),
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
  return table(
    ["", "CPU", "wall", "bytes", "peak RSS", "S3 calls", "contender"],
    contenders.map(({ name, what, peakRssMb }) => {
      const ratio = ratios.find(({ contender, spec }) => contender === name && spec === "all");
      const calls = Object.entries(rows.find(({ contender }) => contender === name)?.s3Calls ?? {});
      return [
        name,
        spreadText(ratio?.cpu),
        spreadText(ratio?.wall),
        ratio?.bytes.toFixed(2) ?? "1",
        `${peakRssMb.toFixed(0)} MB`,
        calls.map(([operation, each]) => `${Number(each.toFixed(2))} ${operation}`).join(", ") || "–",
        what,
      ];
    }),
  );
}

/** Returns a table of the contenders at every size. */
function sizeTable(
  { contenders, rows, specs, ratios }: ResizeMeasured,
  cell: (row: ResizeRow, ratio: ResizeRatio | undefined) => string,
): string {
  return table(
    ["", ...specs],
    contenders.map(({ name }) => [
      name,
      ...specs.map((spec) => {
        const isHere = (each: ResizeRow | ResizeRatio) => each.contender === name && each.spec === spec;
        const row = rows.find(isHere);
        return row ? cell(row, ratios.find(isHere)) : "–";
      }),
    ]),
  );
}

function times({ median, p95 }: ResizeRow["cpuMs"]): string {
  return `${milliseconds(median)} / ${milliseconds(p95)}`;
}
