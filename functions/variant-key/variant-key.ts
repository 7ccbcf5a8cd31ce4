import { type AllowList, allowsFormat, allowsSize, isOfVariants } from "./allow-list";
import { fitsWithin, formatSpec, parseSpec, type Spec } from "./spec";

/** Longest key that S3 accepts, in bytes of UTF-8 (S3 user guide, "Naming Amazon S3 objects"). */
export const MAX_KEY_BYTES = 1024;

/** Parts of a variant key: `<prefix>/<spec>/<file>` is created from the original `<prefix>/<file>`. */
export interface VariantKey {
  readonly key: string;
  readonly original: string;
  readonly spec: Spec;
}

/** Reason for rejecting a key: its form, or a size or format that the stack does not allow. */
export interface KeyRefusal {
  readonly refused: "malformed-key" | "size-not-allowed" | "format-not-allowed";
  /** One sentence for the client. */
  readonly message: string;
  /** True if an object of this key may exist all the same: an original, whose key names no size. */
  readonly mayBeOriginal: boolean;
}

/**
 * Reads a decoded variant key against the stack's allow-list.
 *
 *     variant-key = [prefix "/"] spec "/" file        spec = size ["." format]
 *
 * The prefix must not hold a spec of the stack itself, be it of now or of once: variants of variants would make the
 * allow-list endless.
 */
export function parseVariantKey(key: string, allowList: AllowList): VariantKey | KeyRefusal {
  const problem = malformation(key);
  if (problem) return malformed(problem);

  const segments = key.split("/");
  const file = segments[segments.length - 1] ?? "";
  const segment = segments[segments.length - 2];
  const spec = segment === undefined ? undefined : parseSpec(segment);
  if (!spec) {
    return refusal("malformed-key", "The key names no size: expected [prefix/]size[.format]/file.", true);
  }
  if (!fitsWithin(spec.size, allowList.maxDimension)) {
    return malformed(`The size is out of range: a side is 1 to ${allowList.maxDimension} pixels.`);
  }

  const prefix = segments.slice(0, -2);
  if (prefix.some((part) => isSpecOf(allowList, part))) {
    return malformed("The key is chained: a variant cannot be made from a variant.");
  }
  if (!allowsSize(allowList, spec)) {
    return refusal("size-not-allowed", `The size ${spec.size.text} is not allowed.`, false);
  }
  if (!allowsFormat(allowList, spec)) {
    return refusal("format-not-allowed", `The format ${String(spec.format)} is not allowed.`, false);
  }
  return { key, original: prefix.concat(file).join("/"), spec };
}

/** HTTP status of each reason, the same at the edge as in the function. */
export const KEY_REFUSAL_STATUS: Readonly<Record<KeyRefusal["refused"], 400 | 404>> = {
  "malformed-key": 400,
  "size-not-allowed": 404,
  "format-not-allowed": 404,
};

/** Returns a key as the path of a URL, without a slash before it. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

/** Returns the key of an original's variant: `variantKey("p_1/a.jpg", 640w)` is `p_1/640w/a.jpg`. */
export function variantKey(original: string, spec: Spec): string {
  const slash = original.lastIndexOf("/") + 1;
  return `${original.slice(0, slash)}${formatSpec(spec)}/${original.slice(slash)}`;
}

function isSpecOf(allowList: AllowList, segment: string): boolean {
  const spec = parseSpec(segment);
  return spec !== undefined && isOfVariants(allowList, spec);
}

function malformed(message: string): KeyRefusal {
  return refusal("malformed-key", message, false);
}

function refusal(refused: KeyRefusal["refused"], message: string, mayBeOriginal: boolean): KeyRefusal {
  return { refused, message, mayBeOriginal };
}

/** Returns the problem with the form of a key, whatever the stack; undefined for none. */
function malformation(key: string): string | undefined {
  if (key === "") return "The key is empty.";
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key)) return "The key contains a control character.";
  const bytes = utf8Length(key);
  if (bytes === undefined) return "The key is not well-formed Unicode.";
  if (bytes > MAX_KEY_BYTES) return `The key is longer than ${MAX_KEY_BYTES} bytes.`;
  const segments = key.split("/");
  if (segments[segments.length - 1] === "") return "The key names no file.";
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "The key contains an empty, . or .. segment.";
  }
  return undefined;
}

/**
 * Returns the bytes of UTF-8; undefined for half of a surrogate pair, which neither a URL nor S3 can carry. CloudFront's
 * runtime has no TextEncoder, and counts a character beyond the first 65,536 as one where JavaScript counts two.
 */
function utf8Length(text: string): number | undefined {
  try {
    return encodeURIComponent(text).replace(/%../g, "x").length;
  } catch {
    return undefined;
  }
}
