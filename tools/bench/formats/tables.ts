import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { describeImages } from "../lib/images";
import { spreadText, table } from "../lib/markdown";
import { LOSSY } from "./encoders";
import {
  ALIKE,
  bestEncoder,
  CHOSEN_AT,
  CLIENTS,
  DOWNLOADS,
  downloadMs,
  encodingMs,
  MAX_MS_PER_MEGAPIXEL,
  msPerMegapixel,
  type Price,
  priceOf,
  variantOf,
} from "./price";
import type { FormatsMeasured } from "./run";
import { ALL } from "./summary";

/** Number of variants that the dollars are of: those of one are too small to read. */
const VARIANTS = 1_000;

/** Returns the section of docs/benchmarks.md. */
export function section(result: Result<FormatsMeasured>): string[] {
  const { images, encoding } = result;
  return [
    conditionsLine(result, describeImages(images)),
    "",
    floorTable(result),
    "",
    "Bytes over the floor's at equal similarity: the median over the images, with the least and the greatest for all sizes together. CPU " +
      "is that of encoding alone, in the mean. The resizer's own settings are **bold**.",
    "",
    encoderTable(result),
    "",
    `The price of ${VARIANTS.toLocaleString("en")} variants at equal similarity, the sizes in equal parts, in US dollars: the ` +
      `function's time for encoding (${encoding.memorySize} MB on ${encoding.architecture}), the first client's wait for it, ` +
      "CloudFront's transfer, and every client's wait for the bytes. A client has " +
      `${CLIENTS.megabitsPerSecond} megabits a second, and an hour of waiting is put at ` +
      `$${(CLIENTS.dollarsPerSecond * 3600).toFixed(0)}. Decoding and resizing are the same for all, and not part of it.`,
    "",
    priceTable(result),
    "",
    "The sum to choose by is **bold**: the least of a format among the encoders that take at most " +
      `${MAX_MS_PER_MEGAPIXEL.toLocaleString("en")} ms for a megapixel, because the largest variant of a default stack, 4,096 by 2,731 ` +
      `pixels, must be ready in the function's 15 seconds; of sums within ${ALIKE * 100} % of it the one whose first client waits least. ` +
      `At ${CHOSEN_AT.toLocaleString("en")} downloads: ` +
      `${LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT) ?? `none of ${format}`).join("; ")}.`,
    "",
    "Each format at the default quality and effort: bytes over the floor's, SSIM minus the floor's (above 0 is more similar), and CPU.",
    "",
    stackTable(result),
    "",
    `The images: ${images.map(({ name, megapixels, bytes }) => `${name} (${megapixels.toFixed(1)} megapixels, ${(bytes / 1e6).toFixed(1)} MB)`).join(", ")}.`,
    "",
  ];
}

function floorTable({ floor }: FormatsMeasured): string {
  return table(
    ["floor", "KB, all images", "SSIM, median", "CPU ms, mean"],
    floor.map(({ size, bytes, ssim, cpuMs }) => [size, (bytes / 1000).toFixed(0), ssim.toFixed(3), cpuMs.toFixed(0)]),
  );
}

function encoderTable({ encoders, sizes, images, rows }: FormatsMeasured): string {
  const variants = images.length * sizes.length;
  return table(
    ["", ...sizes, "together", "quality", "CPU ms"],
    encoders.map(({ name, isDefault }) => {
      const label = isDefault ? `**${name}**` : name;
      const at = (size: string) => rows.find((row) => row.encoder === name && row.size === size);
      const row = at(ALL);
      if (!row) return [label, ...sizes.map(() => "–"), "–", "–", "–"];
      return [
        row.matched < variants ? `${label} (${row.matched} of ${variants})` : label,
        ...sizes.map((size) => at(size)?.ratio.median.toFixed(2) ?? "–"),
        spreadText(row.ratio),
        row.quality.median.toFixed(0),
        row.cpuMs.toFixed(0),
      ];
    }),
  );
}

function priceTable(result: FormatsMeasured): string {
  const { encoding, encoders } = result;
  const cents = (dollars: number) => (dollars * VARIANTS).toFixed(dollars * VARIANTS < 1 ? 3 : 2);
  const items: readonly (keyof Price)[] = ["encoding", "firstWait", "transfer", "downloading"];
  return table(
    [
      ...["", "first client waits", "for a megapixel", "each waits for bytes"],
      ...["encoding", "first wait", "transfer", "downloading"].map(
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
          `${msPerMegapixel(result, variant).toFixed(0)} ms`,
          `${downloadMs(variant).toFixed(1)} ms`,
          ...items.map((item) => cents(price[item])),
          ...DOWNLOADS.map((downloads) => {
            const sum = cents(priceOf(variant, downloads, encoding).sum);
            return bestEncoder(result, format, downloads) === name ? `**${sum}**` : sum;
          }),
        ],
      ];
    }),
  );
}

function stackTable({ stack, sizes }: FormatsMeasured): string {
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
  const columns = sizes.length > 1 ? [...sizes, ALL] : sizes;
  const qualities = new Map(stack.map(({ format, quality }) => [format, quality]));
  return table(
    ["", ...columns],
    [...qualities].map(([format, quality]) => [
      `${format} ${quality}`,
      ...columns.map((column) => {
        const row = stack.find((each) => each.format === format && each.size === column);
        if (!row) return "–";
        const { median, low, high } = row.ssimOver;
        const ssim = `${signed(median)} (${signed(low)} to ${signed(high)})`;
        return `${spreadText(row.ratio)}, ${ssim}, ${row.cpuMs.toFixed(0)} ms`;
      }),
    ]),
  );
}
