import {
  type AllowList,
  fitsWithin,
  type Format,
  isFormat,
  parseSize,
  type Size,
  type Spec,
} from "../../functions/variant-key";
import { UserError } from "@image-resizer/lib/user-error";

/** What `--formats` calls a variant whose key names no format. */
const ORIGINAL = "original";

/**
 * The specs that are made of every original: each size in each format.
 * @param sizes undefined for all that the stack lists
 * @param formats undefined for the original's and all that the stack makes
 * @throws UserError for what the stack does not make
 */
export function chooseSpecs(
  allowList: AllowList,
  sizes: readonly string[] | undefined,
  formats: readonly string[] | undefined,
): readonly Spec[] {
  const chosen = (formats ?? [ORIGINAL, ...allowList.formats]).map((name) => readFormat(allowList, name));
  return chooseSizes(allowList, sizes).flatMap((size) =>
    chosen.map((format) => (format === undefined ? { size } : { size, format })),
  );
}

function chooseSizes(allowList: AllowList, sizes: readonly string[] | undefined): Size[] {
  if (sizes === undefined && allowList.sizes === "any") {
    throw new UserError("the stack makes every size: name those to be made with --sizes");
  }
  const names = sizes ?? (allowList.sizes as readonly string[]);
  return names.map((name) => {
    const size = parseSize(name);
    if (size && isListed(allowList, size)) return size;
    throw new UserError(`--sizes: the stack does not make "${name}", but ${sizesOf(allowList)}`);
  });
}

function isListed({ sizes, maxDimension }: AllowList, size: Size): boolean {
  return sizes === "any" ? fitsWithin(size, maxDimension) : sizes.includes(size.text);
}

function sizesOf({ sizes, maxDimension }: AllowList): string {
  return sizes === "any" ? `such as 360x270, 640w and 480h up to ${maxDimension} pixels a side` : sizes.join(", ");
}

/** Undefined for the original's own. */
function readFormat({ formats }: AllowList, name: string): Format | undefined {
  if (name === ORIGINAL) return undefined;
  if (isFormat(name) && formats.includes(name)) return name;
  throw new UserError(`--formats: the stack does not make "${name}", but ${[ORIGINAL, ...formats].join(", ")}`);
}
