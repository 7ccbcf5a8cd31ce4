import { spreadText, table } from "../kit/markdown";
import { describeMachine } from "../kit/machine";
import type { PairedRatio, ResizeResult, ResizeRow } from "../kit/resize-result";
import { barChart } from "../kit/svg-chart";

const HANDLER = "handler";
/** What one vCPU comes with, in MB (Lambda developer guide, "Configure Lambda function memory"). */
const MEMORY_PER_VCPU = 1769;

/** The tables of a run, as Markdown. */
export function resizeTables(result: ResizeResult): string[] {
  const { ratios, contenders, rows, skipped, specs } = result;
  const place = (row: ResizeRow) => contenders.findIndex(({ name }) => name === row.contender);
  const together = ratios.filter(({ spec }) => spec === "all");
  return [
    "Over raw sharp, all sizes and photographs of a pass together: the median of the passes, and the least and greatest.",
    "",
    table(
      ["", "CPU", "wall", "bytes", "peak RSS", "what it is"],
      contenders.map(({ name, what, peakRssMb }) => {
        const ratio = together.find(({ contender }) => contender === name);
        return [name, ...ratioCells(ratio), `${peakRssMb.toFixed(0)} MB`, what];
      }),
    ),
    "",
    ...(skipped.length > 0
      ? [`Not in it: ${skipped.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`, ""]
      : []),
    "Milliseconds a variant, on this machine:",
    "",
    table(
      ["size", "", "CPU median", "p95", "wall median", "p95", "KB, all", "SSIM", "S3 calls", "CPU over raw sharp"],
      specs.flatMap((spec) =>
        rows
          .filter((row) => row.spec === spec)
          .sort((a, b) => place(a) - place(b))
          .map((row) => [
            spec,
            row.contender,
            ...[row.cpuMs.median, row.cpuMs.p95, row.wallMs.median, row.wallMs.p95].map((ms) => ms.toFixed(1)),
            (row.bytes / 1000).toFixed(0),
            row.ssim === undefined ? "–" : row.ssim.toFixed(3),
            calls(row),
            spreadText(ratios.find((ratio) => ratio.contender === row.contender && ratio.spec === spec)?.cpu),
          ]),
      ),
    ),
  ];
}

/** What the numbers say to somebody who has to choose a stack's formats and memory. */
export function resizeChoices({ rows, contenders, images }: ResizeResult): string[] {
  const ofHandler = rows.filter(({ contender }) => contender === HANDLER);
  const formats = ofHandler.flatMap((row) => {
    const [size, format] = row.spec.split(".");
    const same = ofHandler.find(({ spec }) => spec === size);
    if (format === undefined || !same) return [];
    return [
      `- *Formats*, ${format} at ${same.spec}: ${(row.bytes / same.bytes).toFixed(2)} of the bytes that the original's format takes, ` +
        `SSIM ${row.ssim?.toFixed(3) ?? "unknown"} against ${same.ssim?.toFixed(3) ?? "unknown"}, for ` +
        `${(row.cpuMs.median / same.cpuMs.median).toFixed(1)} times the CPU. A variant is made once and downloaded often, so ` +
        "bytes weigh more than CPU where variants are seen again; [cost.md](cost.md) adds the two up.",
    ];
  });
  const peak = contenders.find(({ name }) => name === HANDLER)?.peakRssMb;
  const largest = Math.max(...images.map(({ megapixels }) => megapixels));
  const slowest = [...ofHandler].sort((a, b) => b.cpuMs.p95 - a.cpuMs.p95)[0];
  if (peak === undefined || !slowest) return formats;
  const at = (memoryMb: number) =>
    `${((slowest.cpuMs.p95 * MEMORY_PER_VCPU) / memoryMb / 1000).toFixed(1)} s at ${memoryMb.toLocaleString("en")} MB`;
  return [
    `- *Memory*: the handler's process held at most ${peak.toFixed(0)} MB with originals of up to ${largest.toFixed(0)} megapixels. ` +
      `Lambda gives the processor in proportion to the memory, one with ${MEMORY_PER_VCPU.toLocaleString("en")} MB, and a variant ` +
      `uses one: the slowest here, ${slowest.spec} at p95, takes ${[512, 1024, MEMORY_PER_VCPU].map(at).join(", ")}, if Lambda's ` +
      "processor is as fast as this machine's, and no less with more. What that costs is in [cost.md](cost.md).",
    ...formats,
  ];
}

/** The part of the performance page, with its plot. */
export function resizePage(result: ResizeResult): { lines: string[]; plots: Record<string, string> } {
  const { images, passes, machine, startedAt, complete, note, ratios } = result;
  const megapixels = images.map((image) => image.megapixels);
  const twin = ratios.find(({ contender, spec }) => contender === "raw sharp again" && spec === "all");
  return {
    lines: [
      "## A variant, beside what else makes one",
      "",
      "`npm run bench`: a process for each contender, warmed up, taking turns at each photograph and size.",
      "",
      `${images.length} photographs of ${Math.min(...megapixels).toFixed(0)} to ${Math.max(...megapixels).toFixed(0)} megapixels, ` +
        `${passes} counted passes${complete ? "" : " (**partial: the run was stopped**)"}. ${describeMachine(machine)}. ` +
        `${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`,
      "",
      `Ratios are the result; absolute times are this machine's. The same contender twice came out at ` +
        `${spreadText(twin?.cpu)} for CPU and ${spreadText(twin?.wall)} for wall time: what differs by less is noise.`,
      "",
      ...resizeTables(result),
      "",
      "![CPU over raw sharp](performance-cpu.svg)",
      "",
    ],
    plots: {
      "performance-cpu.svg": barChart({
        title: "CPU over raw sharp, all sizes together",
        text: (value) => value.toFixed(2),
        bars: [
          { name: "raw sharp", value: 1 },
          ...ratios
            .filter(({ spec }) => spec === "all")
            .map(({ contender, cpu }) => ({ name: contender, value: cpu.median })),
        ],
      }),
    },
  };
}

function ratioCells(ratio: PairedRatio | undefined): string[] {
  if (!ratio) return ["1", "1", "1"];
  return [spreadText(ratio.cpu), spreadText(ratio.wall), ratio.bytes.toFixed(2)];
}

function calls({ s3Calls }: ResizeRow): string {
  const each = Object.entries(s3Calls).map(([operation, number]) => `${Number(number.toFixed(2))} ${operation}`);
  return each.length > 0 ? each.join(", ") : "–";
}
