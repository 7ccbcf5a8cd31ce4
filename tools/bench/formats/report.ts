import type { EncoderSettings } from "../../../functions/resizer/encode";
import { conditionsLine, type Result } from "../lib/bench";
import { describeImages } from "../lib/images";
import { type Column, count, paragraphs, spreadText, table } from "../lib/markdown";
import { mean, median, type Spread, spread, sum } from "../lib/rounds";
import { type Encoder, type Lossy, LOSSY } from "./encoders";
import type { Encoded, Match } from "./match";
import {
  ALL,
  bestEncoder,
  CHOSEN_AT,
  DOWNLOADS,
  downloadMs,
  encodingMs,
  msPerMegapixel,
  priceOf,
  variantOf,
} from "./price";
import type { FormatsMeasured } from "./run";

/** An encoded image, compared in both measures. */
export interface Compared extends Encoded {
  readonly ssim: number;
}

/** One image at one size. */
export interface Sample {
  readonly size: string;
  readonly megapixels: number;
  readonly floor: Compared;
  readonly matches: readonly (Match & { readonly encoder: string })[];
  readonly stack: Readonly<Record<Lossy, Compared>>;
}

/** Returns the floor at each size: megapixels of a variant, bytes of all images together. */
export function floorRows(samples: readonly Sample[]) {
  return bySize(samples, (of) => ({
    megapixels: mean(of.map(({ megapixels }) => megapixels)),
    bytes: sum(of.map(({ floor }) => floor.bytes)),
    score: median(of.map(({ floor }) => floor.score)),
    ssim: median(of.map(({ floor }) => floor.ssim)),
    cpuMs: mean(of.map(({ floor }) => floor.cpuMs)),
  }));
}

/** Returns each encoder at each size, where it can have the floor's score: bytes over the floor's, image by image. */
export function encoderRows(samples: readonly Sample[], encoders: readonly Encoder[]) {
  return encoders.flatMap(({ name }) => {
    const matched = samples.flatMap(({ size, floor, matches }) => {
      const match = matches.find(({ encoder }) => encoder === name);
      return match ? [{ ...match, size, ratio: match.bytes / floor.bytes }] : [];
    });
    return bySize(matched, (of) => ({
      encoder: name,
      matched: of.length,
      ratio: spread(of.map(({ ratio }) => ratio)),
      quality: spread(of.map(({ quality }) => quality)),
      cpuMs: mean(of.map(({ cpuMs }) => cpuMs)),
    }));
  });
}

/** Returns each format at the stack's own quality, at each size: bytes over the floor's, score and SSIM minus the floor's. */
export function stackRows(samples: readonly Sample[], { quality }: EncoderSettings) {
  return LOSSY.flatMap((format) =>
    bySize(samples, (of) => ({
      format,
      quality: quality[format],
      ratio: spread(of.map(({ floor, stack }) => stack[format].bytes / floor.bytes)),
      scoreOver: spread(of.map(({ floor, stack }) => stack[format].score - floor.score)),
      ssimOver: spread(of.map(({ floor, stack }) => stack[format].ssim - floor.ssim)),
      cpuMs: mean(of.map(({ stack }) => stack[format].cpuMs)),
    })),
  );
}

/** Returns a row of each size, and of all together; none of nothing. */
function bySize<T extends { readonly size: string }, Row>(samples: readonly T[], rowOf: (of: readonly T[]) => Row) {
  const sizes = [...new Set(samples.map(({ size }) => size))];
  const rows = sizes.map((size) => ({ size, ...rowOf(samples.filter((sample) => sample.size === size)) }));
  return samples.length === 0 ? [] : [...rows, { size: ALL, ...rowOf(samples) }];
}

/** Number of variants that the dollars are of: those of one are too small to read. */
const VARIANTS = 1_000;

export function section(result: Result<FormatsMeasured>): string {
  const { images, encoding, floor } = result;
  const best = LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT) ?? `none of ${format}`);
  const described = images.map(
    ({ name, megapixels, bytes }) => `${name} (${megapixels.toFixed(1)} megapixels, ${(bytes / 1e6).toFixed(1)} MB)`,
  );
  return paragraphs(
    conditionsLine(result, describeImages(images)),
    table(
      floor,
      ["floor", ({ size }) => size],
      ["KB, all images", ({ bytes }) => (bytes / 1000).toFixed(0)],
      ["SSIMULACRA 2, median", ({ score }) => score.toFixed(1)],
      ["SSIM, median", ({ ssim }) => ssim.toFixed(3)],
      ["CPU ms, mean", ({ cpuMs }) => cpuMs.toFixed(0)],
    ),
    "Bytes over the floor's at an equal score: the median over the images, with the least and the greatest for all sizes together. " +
      "The resizer's own settings are **bold**.",
    encoderTable(result),
    `The price of ${count(VARIANTS)} variants in US dollars, encoded with ${encoding.memorySize} MB on ${encoding.architecture}; the best ` +
      `sum is **bold**. At ${count(CHOSEN_AT)} downloads: ${best.join("; ")}.`,
    priceTable(result),
    "Each format at the default quality and effort: bytes over the floor's, SSIMULACRA 2 and SSIM minus the floor's, and CPU.",
    stackTable(result),
    `The images: ${described.join(", ")}.`,
  );
}

function encoderTable({ encoders, sizes, images, rows }: FormatsMeasured): string {
  const variants = images.length * sizes.length;
  const inTable = encoders.map((encoder) => {
    const at = (size: string) => rows.find((row) => row.encoder === encoder.name && row.size === size);
    return { ...encoder, at, all: at(ALL) };
  });
  return table(
    inTable,
    [
      "",
      ({ all, ...encoder }) =>
        nameOf(encoder) + (all && all.matched < variants ? ` (${all.matched} of ${variants})` : ""),
    ],
    ...sizes.map((size): Column<(typeof inTable)[number]> => [
      size,
      ({ at }) => at(size)?.ratio.median.toFixed(2) ?? "–",
    ]),
    ["together", ({ all }) => (all ? spreadText(all.ratio) : "–")],
    ["quality", ({ all }) => all?.quality.median.toFixed(0) ?? "–"],
    ["CPU ms, mean", ({ all }) => all?.cpuMs.toFixed(0) ?? "–"],
  );
}

function priceTable(result: FormatsMeasured): string {
  const { encoding } = result;
  const priced = result.encoders.flatMap((encoder) => {
    const variant = variantOf(result, encoder.name);
    return variant ? [{ ...encoder, variant, price: priceOf(variant, CHOSEN_AT, encoding) }] : [];
  });
  type Priced = (typeof priced)[number];
  const cents = (dollars: number) => (dollars * VARIANTS).toFixed(dollars * VARIANTS < 1 ? 3 : 2);
  const item = (name: string, of: (price: Priced["price"]) => number): Column<Priced> => [
    `${name}, ${count(CHOSEN_AT)} downloads`,
    ({ price }) => cents(of(price)),
  ];
  return table(
    priced,
    ["", nameOf],
    ["first client waits", ({ variant }) => `${encodingMs(variant, encoding).toFixed(0)} ms`],
    ["for a megapixel", ({ variant }) => `${msPerMegapixel(result, variant).toFixed(0)} ms`],
    ["each waits for bytes", ({ variant }) => `${downloadMs(variant).toFixed(1)} ms`],
    item("encoding", (price) => price.encoding),
    item("first wait", (price) => price.firstWait),
    item("transfer", (price) => price.transfer),
    item("downloading", (price) => price.downloading),
    ...DOWNLOADS.map((downloads): Column<Priced> => [
      `sum, ${count(downloads)}`,
      ({ name, format, variant }) => {
        const dollars = cents(priceOf(variant, downloads, encoding).sum);
        return bestEncoder(result, format, downloads) === name ? `**${dollars}**` : dollars;
      },
    ]),
  );
}

function stackTable({ stack, sizes }: FormatsMeasured): string {
  const signed = ({ median: middle, low, high }: Spread, digits: number) => {
    const [first, ...rest] = [middle, low, high].map((value) => (value < 0 ? "" : "+") + value.toFixed(digits));
    return `${first} (${rest.join(" to ")})`;
  };
  const columns = [...sizes, ALL].map((size): Column<(typeof stack)[number]> => [
    size,
    ({ format }) => {
      const row = stack.find((each) => each.format === format && each.size === size);
      if (!row) return "–";
      const similarity = `${signed(row.scoreOver, 1)}, ${signed(row.ssimOver, 3)}`;
      return `${spreadText(row.ratio)}, ${similarity}, ${row.cpuMs.toFixed(0)} ms`;
    },
  ]);
  const formats = stack.filter(({ size }) => size === ALL);
  return table(formats, ["", ({ format, quality }) => `${format} ${quality}`], ...columns);
}

function nameOf({ name, isDefault }: { readonly name: string; readonly isDefault: boolean }): string {
  return isDefault ? `**${name}**` : name;
}
