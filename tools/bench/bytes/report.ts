import path from "node:path";
import { writeText } from "../kit/files";
import { describeMachine } from "../kit/machine";
import { spreadText, table } from "../kit/markdown";
import type { Spread } from "../kit/resize-result";
import { lineChart } from "../kit/svg-chart";
import { ALIKE, bestEncoder, msAMegapixel, rowOf, variantOf } from "./choice";
import { LOSSY } from "./encoders";
import {
  CHOSEN_AT,
  DOWNLOADS,
  downloadMs,
  encodingMs,
  MOST_MS_A_MEGAPIXEL,
  type Price,
  priceOf,
  WAITING,
} from "./price";
import type { BytesResult } from "./result";
import { ALL } from "./summary";

/** Variants that the tables' dollars are of: of one they are too small to read. */
const VARIANTS = 1_000;

/** The tables of a run, as Markdown. */
export function bytesTables(result: BytesResult): string[] {
  return [...floorTable(result), "", ...encoderTable(result), "", ...stackTable(result)];
}

/** Writes `formats.md` and its plot. */
export function writeFormatsPage(result: BytesResult, out: string): void {
  const { images, machine, startedAt, complete, note } = result;
  const megapixels = images.map((image) => image.megapixels);
  const lines = [
    "# What each format takes",
    "",
    "<!-- Made by `npm run bench:bytes` from bench/results/bytes.json; do not edit. -->",
    "",
    "`npm run bench:bytes`: every photograph is resized once, without loss. The floor is sharp's own JPEG of those pixels at its " +
      "default quality of 80. Every other encoder gets the quality at which it is exactly as similar to the pixels as the floor is " +
      "(SSIM of the luminance in windows of 11 by 11 pixels at full resolution, between two neighbouring qualities), and its bytes " +
      "are compared.",
    "",
    `${images.length} photographs of ${Math.min(...megapixels).toFixed(0)} to ${Math.max(...megapixels).toFixed(0)} megapixels` +
      (complete ? "" : " (**partial: the run was stopped**)") +
      `. ${describeMachine(machine)}. ${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`,
    "",
    ...floorTable(result),
    "",
    "## Bytes at equal similarity",
    "",
    "Bytes over the floor's, in the median over the photographs; with the least and the greatest for all sizes together. CPU is that " +
      "of encoding alone, in the mean. What the resizer does is **bold**.",
    "",
    ...encoderTable(result),
    "",
    "![Bytes and time of each encoder](formats-bytes.svg)",
    "",
    ...priceSection(result),
    "## The defaults",
    "",
    "Each format as a stack makes it that sets no quality and no effort, over the floor, photograph by photograph. SSIM above 0 is more " +
      "similar than the floor. A viewer gets whichever format it takes, so the qualities are the ones at which the three look alike.",
    "",
    ...stackTable(result),
    "",
    "## The photographs",
    "",
    ...images.map(
      (image) => `- ${image.name}: ${image.megapixels.toFixed(1)} megapixels, ${(image.bytes / 1e6).toFixed(1)} MB`,
    ),
    "",
  ];
  writeText(path.join(out, "formats.md"), lines.join("\n"));
  writeText(path.join(out, "formats-bytes.svg"), plot(result));
}

function floorTable({ floor }: BytesResult): string[] {
  return [
    table(
      ["floor", "KB, all photographs", "SSIM, median", "CPU ms, mean"],
      floor.map(({ size, bytes, ssim, cpuMs }) => [size, (bytes / 1000).toFixed(0), ssim.toFixed(3), cpuMs.toFixed(0)]),
    ),
  ];
}

function encoderTable(result: BytesResult): string[] {
  const { encoders, sizes, floor } = result;
  const pictures = result.images.length * sizes.length;
  return [
    table(
      ["", ...sizes, "together", "quality", "CPU ms"],
      encoders.map(({ name, isDefault }) => {
        const row = rowOf(result, name, ALL);
        const label = isDefault ? `**${name}**` : name;
        if (!row) return [label, ...sizes.map(() => "–"), "–", "–", "–"];
        return [
          row.matched < pictures ? `${label} (${row.matched} of ${pictures})` : label,
          ...sizes.map((size) => rowOf(result, name, size)?.ratio.median.toFixed(2) ?? "–"),
          spreadText(row.ratio),
          row.quality.median.toFixed(0),
          row.cpuMs.toFixed(0),
        ];
      }),
    ),
    "",
    `The floor itself takes ${floor.find(({ size }) => size === ALL)?.cpuMs.toFixed(0) ?? ""} ms.`,
  ];
}

function stackTable({ stack, sizes }: BytesResult): string[] {
  const signed = ({ median, low, high }: Spread) =>
    [median, low, high].map((value) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`);
  return [
    table(
      ["", "size", "bytes", "SSIM over the floor's", "CPU ms"],
      stack
        .filter(({ size }) => sizes.length > 1 || size !== ALL)
        .map(({ format, quality, size, ratio, ssimOver, cpuMs }) => {
          const [middle, low, high] = signed(ssimOver);
          return [`${format} ${quality}`, size, spreadText(ratio), `${middle} (${low} to ${high})`, cpuMs.toFixed(0)];
        }),
    ),
  ];
}

function priceSection(result: BytesResult): string[] {
  const { encoding, encoders } = result;
  const cents = (dollars: number) => (dollars * VARIANTS).toFixed(dollars * VARIANTS < 1 ? 3 : 2);
  const items: readonly (keyof Price)[] = ["making", "firstWait", "transfer", "downloading"];
  return [
    "## What an encoder costs",
    "",
    `A variant is made once and downloaded often. US dollars for ${VARIANTS.toLocaleString("en")} variants at equal similarity, the sizes ` +
      `in equal parts: the function's time for encoding (${encoding.memorySize} MB on ${encoding.architecture}), the first viewer's wait for ` +
      "it, CloudFront's transfer, and every viewer's wait for the bytes. Prices are those of [cost.md](cost.md); a viewer has " +
      `${WAITING.megabitsPerSecond} megabits a second, and an hour of waiting is put at ` +
      `$${(WAITING.dollarsPerSecond * 3600).toFixed(0)}. Decoding and resizing are the same for all, and in none of it.`,
    "",
    table(
      [
        "",
        "first viewer waits",
        "for a megapixel",
        "each waits for bytes",
        ...["making", "first wait", "transfer", "downloading"].map(
          (item) => `${item}, ${CHOSEN_AT.toLocaleString("en")} downloads`,
        ),
        ...DOWNLOADS.map((downloads) => `sum, ${downloads.toLocaleString("en")}`),
      ],
      encoders.flatMap(({ name, isDefault, format }) => {
        const variant = variantOf(result, name);
        if (!variant) return [];
        const price = priceOf(variant, CHOSEN_AT, encoding);
        return [
          [
            isDefault ? `**${name}**` : name,
            `${encodingMs(variant, encoding).toFixed(0)} ms`,
            `${msAMegapixel(result, variant).toFixed(0)} ms`,
            `${downloadMs(variant).toFixed(1)} ms`,
            ...items.map((item) => cents(price[item])),
            ...DOWNLOADS.map((downloads) => {
              const sum = cents(priceOf(variant, downloads, encoding).sum);
              return bestEncoder(result, format, downloads) === name ? `**${sum}**` : sum;
            }),
          ],
        ];
      }),
    ),
    "",
    `The sum to choose by is **bold**: the least of a format among the encoders that take at most ` +
      `${MOST_MS_A_MEGAPIXEL.toLocaleString("en")} ms for a megapixel (4,096 pixels by 2,731, the largest variant there is by default, must be ` +
      `ready in the function's 15 seconds); of sums within ${ALIKE * 100} % of it the one whose first viewer waits least. At ` +
      `${CHOSEN_AT.toLocaleString("en")} downloads that is ` +
      `${LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT) ?? `nothing for ${format}`).join(", ")}.`,
    "",
  ];
}

function plot(result: BytesResult): string {
  return lineChart({
    title: "Bytes and time of each encoder, at equal similarity",
    xLabel: "CPU of encoding, ms",
    yLabel: "bytes over the floor's, median",
    xScale: "log",
    series: LOSSY.map((format) => ({
      name: format,
      dots: true,
      points: result.encoders.flatMap((encoder) => {
        const row = encoder.format === format ? rowOf(result, encoder.name, ALL) : undefined;
        return row ? [[row.cpuMs, row.ratio.median] as const] : [];
      }),
    })),
  });
}
