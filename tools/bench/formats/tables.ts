import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { describeImages } from "../lib/images";
import { count, paragraphs, spreadText, table } from "../lib/markdown";
import { LOSSY } from "./encoders";
import { bestEncoder, CHOSEN_AT, DOWNLOADS, downloadMs, encodingMs, msPerMegapixel, priceOf, variantOf } from "./price";
import type { FormatsMeasured } from "./run";
import { ALL } from "./summary";

/** Number of variants that the dollars are of: those of one are too small to read. */
const VARIANTS = 1_000;

export function section(result: Result<FormatsMeasured>): string {
  const { images, encoding } = result;
  return paragraphs(
    conditionsLine(result, describeImages(images)),
    floorTable(result),
    "Bytes over the floor's at equal similarity: the median over the images, with the least and the greatest for all sizes together. " +
      "The resizer's own settings are **bold**.",
    encoderTable(result),
    `The price of ${count(VARIANTS)} variants in US dollars, encoded with ${encoding.memorySize} MB on ${encoding.architecture}; the best ` +
      `sum is **bold**. At ${count(CHOSEN_AT)} downloads: ` +
      `${LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT) ?? `none of ${format}`).join("; ")}.`,
    priceTable(result),
    "Each format at the default quality and effort: bytes over the floor's, SSIM minus the floor's, and CPU.",
    stackTable(result),
    `The images: ${images.map(({ name, megapixels, bytes }) => `${name} (${megapixels.toFixed(1)} megapixels, ${(bytes / 1e6).toFixed(1)} MB)`).join(", ")}.`,
  );
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
    ["", ...sizes, "together", "quality", "CPU ms, mean"],
    encoders.map(({ name, isDefault }) => {
      const at = (size: string) => rows.find((row) => row.encoder === name && row.size === size);
      const row = at(ALL);
      const partly = row && row.matched < variants ? ` (${row.matched} of ${variants})` : "";
      return [
        (isDefault ? `**${name}**` : name) + partly,
        ...sizes.map((size) => at(size)?.ratio.median.toFixed(2) ?? "–"),
        row ? spreadText(row.ratio) : "–",
        row?.quality.median.toFixed(0) ?? "–",
        row?.cpuMs.toFixed(0) ?? "–",
      ];
    }),
  );
}

function priceTable(result: FormatsMeasured): string {
  const { encoding, encoders } = result;
  const cents = (dollars: number) => (dollars * VARIANTS).toFixed(dollars * VARIANTS < 1 ? 3 : 2);
  const items = ["encoding", "first wait", "transfer", "downloading"];
  return table(
    [
      ...["", "first client waits", "for a megapixel", "each waits for bytes"],
      ...items.map((item) => `${item}, ${count(CHOSEN_AT)} downloads`),
      ...DOWNLOADS.map((downloads) => `sum, ${count(downloads)}`),
    ],
    encoders.flatMap(({ name, isDefault, format }) => {
      const variant = variantOf(result, name);
      if (!variant) return [];
      const price = priceOf(variant, CHOSEN_AT, encoding);
      const sums = DOWNLOADS.map((downloads) => {
        const sum = cents(priceOf(variant, downloads, encoding).sum);
        return bestEncoder(result, format, downloads) === name ? `**${sum}**` : sum;
      });
      return [
        [
          isDefault ? `**${name}**` : name,
          `${encodingMs(variant, encoding).toFixed(0)} ms`,
          `${msPerMegapixel(result, variant).toFixed(0)} ms`,
          `${downloadMs(variant).toFixed(1)} ms`,
          ...[price.encoding, price.firstWait, price.transfer, price.downloading].map(cents),
          ...sums,
        ],
      ];
    }),
  );
}

function stackTable({ stack, sizes }: FormatsMeasured): string {
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
  const columns = [...sizes, ALL];
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
