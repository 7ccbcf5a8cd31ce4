import path from "node:path";
import { parseSpec, type Spec } from "../../../functions/variant-key";
import { UserError } from "@image-resizer/lib/program";
import { readOptions } from "../kit/arguments";
import { RESULTS, ROOT } from "../kit/files";

export interface BytesArguments {
  /** Default: generated photographs. */
  readonly images: string | undefined;
  readonly sizes: readonly string[];
  /** Said on the page beside the numbers. */
  readonly note: string | undefined;
  readonly out: string;
  readonly results: string;
}

export const USAGE =
  "usage: npm run bench:bytes -- [--images DIR] [--sizes 360x270,640w,1280w] [--note TEXT] [--out DIR] [--results DIR]";

/** @throws UserError with what is wrong and what is allowed */
export function readArguments(argv: readonly string[]): BytesArguments {
  const options = readOptions(
    argv,
    {
      images: { type: "string" },
      sizes: { type: "string", default: "360x270,640w,1280w" },
      note: { type: "string" },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  const sizes = options.sizes.split(",");
  const wrong = sizes.find((size) => !isSize(parseSpec(size)));
  if (wrong !== undefined) {
    throw new UserError(`--sizes: "${wrong}" is no size without a format: expected such as 360x270, 640w, 480h`);
  }
  return { images: options.images, sizes, note: options.note, out: options.out, results: options.results };
}

function isSize(spec: Spec | undefined): boolean {
  return spec !== undefined && spec.format === undefined;
}
