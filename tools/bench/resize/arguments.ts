import path from "node:path";
import { parseSpec } from "../../../functions/variant-key";
import { UserError } from "@image-resizer/lib/program";
import { numberIn, readOptions } from "../kit/arguments";
import { RESULTS, ROOT } from "../kit/files";

export interface BenchArguments {
  /** Default: generated photographs. */
  readonly images: string | undefined;
  readonly specs: readonly string[];
  readonly passes: number;
  readonly contenders: readonly string[] | undefined;
  /** Said on the page beside the numbers. */
  readonly note: string | undefined;
  readonly out: string;
  readonly results: string;
}

export const USAGE =
  "usage: npm run bench -- [--images DIR] [--sizes 360x270,640w,1280w,640w.webp,640w.avif] [--passes 5] " +
  '[--contender "ipx" ...] [--note TEXT] [--out DIR] [--results DIR]';

/** @throws UserError with what is wrong and what is allowed */
export function readArguments(argv: readonly string[]): BenchArguments {
  const options = readOptions(
    argv,
    {
      images: { type: "string" },
      sizes: { type: "string", default: "360x270,640w,1280w,640w.webp,640w.avif" },
      passes: { type: "string", default: "5" },
      contender: { type: "string", multiple: true },
      note: { type: "string" },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  const specs = options.sizes.split(",");
  const wrong = specs.find((spec) => !parseSpec(spec));
  if (wrong !== undefined) {
    throw new UserError(`--sizes: "${wrong}" is no size: expected such as 360x270, 640w, 480h, 640w.webp`);
  }
  return {
    images: options.images,
    specs,
    passes: numberIn("passes", options.passes, { least: 5, most: 1000 }),
    contenders: options.contender,
    note: options.note,
    out: options.out,
    results: options.results,
  };
}
