import { type AllowList, allows, allowsFormat, allowsSize } from "./allow-list";
import { fitsWithin, formatSpec, parseSpec, type Spec } from "./spec";

/** The longest key that S3 takes, in bytes of UTF-8 (S3 user guide, "Naming Amazon S3 objects"). */
export const MAX_KEY_BYTES = 1024;

/** A variant key taken apart: `<prefix>/<spec>/<file>` is made from the original `<prefix>/<file>`. */
export interface VariantKey {
  readonly key: string;
  readonly original: string;
  readonly spec: Spec;
}

/** Why a key is refused: its form, or a size or format that the stack does not make. */
export interface KeyRefusal {
  readonly refused: "malformed-key" | "size-not-allowed" | "format-not-allowed";
  /** One sentence for the viewer. */
  readonly message: string;
}

/**
 * Reads a decoded variant key against the stack's allow-list.
 *
 *     variant-key = [prefix "/"] spec "/" file        spec = size ["." format]
 *
 * The prefix must not hold a spec of the stack itself: variants of variants would make the allow-list endless.
 */
export function parseVariantKey(key: string, allowList: AllowList): VariantKey | KeyRefusal {
  const problem = malformation(key);
  if (problem) return malformed(problem);

  const segments = key.split("/");
  const file = segments[segments.length - 1] ?? "";
  const segment = segments[segments.length - 2];
  const spec = segment === undefined ? undefined : parseSpec(segment);
  if (!spec) return malformed("The key names no size: expected [prefix/]size[.format]/file.");
  if (!fitsWithin(spec.size, allowList.maxDimension)) {
    return malformed(`The size ${spec.size.text} is out of range: a side is 1 to ${allowList.maxDimension} pixels.`);
  }

  const prefix = segments.slice(0, -2);
  if (prefix.some((part) => isSpecOf(allowList, part))) {
    return malformed("The key is chained: a variant cannot be made from a variant.");
  }
  if (!allowsSize(allowList, spec))
    return { refused: "size-not-allowed", message: `The size ${spec.size.text} is not made here.` };
  if (!allowsFormat(allowList, spec)) {
    return { refused: "format-not-allowed", message: `The format ${String(spec.format)} is not made here.` };
  }
  return { key, original: [...prefix, file].join("/"), spec };
}

/** The key of an original's variant: `variantKey("p_1/a.jpg", 640w)` is `p_1/640w/a.jpg`. */
export function variantKey(original: string, spec: Spec): string {
  const slash = original.lastIndexOf("/") + 1;
  return `${original.slice(0, slash)}${formatSpec(spec)}/${original.slice(slash)}`;
}

function isSpecOf(allowList: AllowList, segment: string): boolean {
  const spec = parseSpec(segment);
  return spec !== undefined && allows(allowList, spec);
}

function malformed(message: string): KeyRefusal {
  return { refused: "malformed-key", message };
}

/** What is wrong with the form of a key, whatever the stack; undefined where nothing is. */
function malformation(key: string): string | undefined {
  if (key === "") return "The key is empty.";
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key)) return "The key contains a control character.";
  // Half of a surrogate pair is no character: neither a URL nor S3 can carry it.
  if (/\p{Surrogate}/u.test(key)) return "The key is not well-formed Unicode.";
  if (utf8Length(key) > MAX_KEY_BYTES) return `The key is longer than ${MAX_KEY_BYTES} bytes.`;
  const segments = key.split("/");
  if (segments[segments.length - 1] === "") return "The key names no file.";
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "The key contains an empty, . or .. segment.";
  }
  return undefined;
}

/** Bytes of UTF-8, counted by hand: CloudFront's JavaScript runtime has no TextEncoder. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
