import path from "node:path";
import { UserError } from "@image-resizer/lib/program";
import { numberIn, readOptions } from "../kit/arguments";
import { RESULTS, ROOT } from "../kit/files";
import { MODEL_DAYS } from "./traffic";

/** What the cost model is asked. */
export interface CostQuestion {
  readonly stack: string;
  readonly images: number;
  readonly views: number;
  readonly zipfExponent: number;
  readonly caches: number;
  readonly cacheDays: number;
  readonly seed: number;
  /** Months of more views are simulated up to this many, for the plot. */
  readonly simulateTo: number;
  /** Hostile requests a second at the CDN. */
  readonly attackRate: number;
}

export interface CostArguments {
  readonly question: CostQuestion;
  /** A result of `npm run bench`. */
  readonly measured: string;
  /** Where the report and its plots, and the numbers behind them, are written. */
  readonly out: string;
  readonly results: string;
}

export const USAGE =
  "usage: npm run cost -- [--stack prod] [--images 300000] [--views 10000000] [--zipf 0.8] [--caches 13] [--cache-days 1] " +
  "[--simulate-to <views>] [--attack-rate 1000] [--seed 1] [--measured FILE] [--out DIR] [--results DIR]";

/** CloudFront's regional edge caches (CloudFront developer guide, "How CloudFront works with regional edge caches"). */
const REGIONAL_CACHES = "13";

/** @throws UserError with what is wrong and what is allowed */
export function readArguments(argv: readonly string[]): CostArguments {
  const options = readOptions(
    argv,
    {
      stack: { type: "string", default: "prod" },
      images: { type: "string", default: "300000" },
      views: { type: "string", default: "10000000" },
      zipf: { type: "string", default: "0.8" },
      caches: { type: "string", default: REGIONAL_CACHES },
      "cache-days": { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      "simulate-to": { type: "string" },
      "attack-rate": { type: "string", default: "1000" },
      measured: { type: "string", default: path.join(RESULTS, "resize.json") },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  const views = numberIn("views", options.views, { least: 1, most: 1e10 });
  const cacheDays = numberIn("cache-days", options["cache-days"], { least: 1, most: MODEL_DAYS });
  if (MODEL_DAYS % cacheDays !== 0) {
    throw new UserError(`--cache-days ${cacheDays}: expected a divisor of the month's ${MODEL_DAYS} days`);
  }
  const question = {
    stack: options.stack,
    views,
    cacheDays,
    images: numberIn("images", options.images, { least: 1, most: 1e7 }),
    zipfExponent: numberIn("zipf", options.zipf, { least: 0, most: 2, whole: false }),
    caches: numberIn("caches", options.caches, { least: 1, most: 1000 }),
    seed: numberIn("seed", options.seed, { least: 0, most: 2 ** 31 - 1 }),
    simulateTo: numberIn("simulate-to", options["simulate-to"] ?? options.views, { least: 1, most: 1e10 }),
    attackRate: numberIn("attack-rate", options["attack-rate"], { least: 1, most: 1e6, whole: false }),
  };
  return { question, measured: options.measured, out: options.out, results: options.results };
}
